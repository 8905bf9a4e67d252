"""What happens to the desk itself."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event


@dataclass(frozen=True)
class BlueprintApplied(Event):
    """The desk's rules, statuses, teams, products or texts were made what a blueprint says.

    changes: a line each, such as "+ status waiting".
    """

    changes: list[str]

    name = "desk.blueprint_applied"
    line = _("changed how the desk is set up")
    forgets = "Names rows and fields of the desk; nothing of a person."
