"""Becoming part of a company: done when somebody is met, added, or merged."""

from tuki.journal.record import record
from tuki.people import events
from tuki.people.actions._seating import held
from tuki.people.actor import Actor
from tuki.people.models import Membership, MembershipRole, Organization, Person


def joined(person: Person, organization: Organization, role: str, *, by: Actor) -> Membership:
    """The person's place in the company, made if need be. Checks nothing: its callers have."""
    membership, new = Membership.objects.get_or_create(
        person=person, organization=organization, defaults={"role": role}
    )
    if new:
        record(events.MembershipAdded(person.pk, role), on=organization, by=by)
        person.__dict__.pop("_place", None)
    return membership


def taken_over(membership: Membership, person: Person, organization: Organization, *, by: Actor) -> None:
    """Make a place another person's or company's, which turned out to be the same; two that meet become one.

    Seats go along, old and held; whoever may more keeps it. Checks nothing: its callers have.
    """
    mine = Membership.objects.filter(person=person, organization=organization).first()
    if mine is None:
        membership.person, membership.organization = person, organization
        membership.save(update_fields=["person", "organization"])
        record(events.MembershipAdded(person.pk, membership.role), on=organization, by=by)
        return
    if held(mine, by=by) and held(membership, by=by):
        membership.seats.filter(ended_at=None).update(ended_at=by.at, ended_by=by.person)
    membership.seats.update(membership=mine)
    if MembershipRole.MANAGER in {membership.role, mine.role}:
        mine.role = MembershipRole.MANAGER
    mine.suspended_at = mine.suspended_at and membership.suspended_at
    mine.pending = mine.pending and membership.pending
    mine.save(update_fields=["role", "suspended_at", "pending"])
    membership.delete()
