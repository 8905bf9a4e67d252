"""Making the desk what a blueprint says."""

from django.db import transaction

from tuki.blueprint.reading import Blueprint
from tuki.desk import events
from tuki.desk.models import Desk
from tuki.desk.queries import forget
from tuki.journal.record import record
from tuki.lib.refusal import require
from tuki.people import policy
from tuki.people.actor import Actor


def apply(blueprint: Blueprint, *, by: Actor) -> list[str]:
    """Make the tables like the files, and tell what that changed, a line each; none where nothing did.

    What vanished from the files is retired where tickets may go on naming it, else deleted. One transaction, however
    long: a desk is never half of one and half of another. Raises Refused where the data is another desk's.
    """
    require(policy.may_give_roles(by))
    changes: list[str] = []
    with transaction.atomic():
        for part in blueprint.parts:
            part.apply(changes)
        if changes:
            record(events.BlueprintApplied(changes), on=Desk.objects.get(), by=by)
    forget()
    return changes
