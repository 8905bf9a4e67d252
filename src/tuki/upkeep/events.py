"""What is done to the desk's own work."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event


@dataclass(frozen=True)
class JobRunAgain(Event):
    """Work that had failed for good was given a new set of tries."""

    kind: str  # which work it is, such as "mail.decide"

    name = "job.run_again"
    line = _("had the work done again")
    forgets = "Nothing of a person: the name of a kind of work."
