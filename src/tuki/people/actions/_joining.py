"""Becoming part of a company: done when somebody is met, added, or merged."""

from tuki.journal.record import record
from tuki.people import events
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Person


def joined(person: Person, organization: Organization, role: str, *, by: Actor) -> Membership:
    """The person's place in the company, made if need be. Checks nothing: its callers have."""
    membership, new = Membership.objects.get_or_create(
        person=person, organization=organization, defaults={"role": role}
    )
    if new:
        record(events.MembershipAdded(person.pk, role), on=organization, by=by)
        person.__dict__.pop("_place", None)
    return membership
