"""The row that holds an audience, and whom it may not keep out."""

from django.utils.translation import gettext as _

from tuki.conditions.tree import Condition
from tuki.knowledge import policy
from tuki.knowledge.audience import EVERYONE
from tuki.knowledge.models import Audience
from tuki.knowledge.models.audience import digest
from tuki.lib.refusal import Refused
from tuki.people.actor import Actor


def audience_of(condition: Condition) -> Audience | None:
    """The one row for this condition, made where it is new; none where a thing is for everyone."""
    if condition == EVERYONE:
        return None
    rule = condition.data()
    row, _new = Audience.objects.get_or_create(digest=digest(rule), defaults={"rule": rule})
    return row


def require_in_reach(condition: Condition, *, by: Actor) -> None:
    """Nobody hides a thing from themselves: they could not bring it back."""
    if not by.is_system and not policy.lets_in(condition, policy.facts_of(by, None)):
        raise Refused(_("You would no longer see it yourself."), field="teams")
