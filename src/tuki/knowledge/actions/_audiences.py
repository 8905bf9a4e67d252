"""The row that holds an audience."""

from tuki.conditions.tree import Condition
from tuki.knowledge.audience import EVERYONE
from tuki.knowledge.models import Audience
from tuki.knowledge.models.audience import digest


def audience_of(condition: Condition) -> Audience | None:
    """The one row for this condition, made where it is new; none where a thing is for everyone."""
    if condition == EVERYONE:
        return None
    rule = condition.data()
    row, _new = Audience.objects.get_or_create(digest=digest(rule), defaults={"rule": rule})
    return row
