"""Becoming part of a company: done when somebody is met, added, or merged."""

from tuki.journal.record import record
from tuki.people import events
from tuki.people.actions._seating import ended, held
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

    Seats go along, old and held; whoever may more keeps it. A place that nobody has accepted gives nothing to one that
    counts, and its seat ends. Checks nothing, and its callers hold the companies.
    """
    places = Membership.objects.select_related("person", "organization")
    kept = places.filter(person=person, organization=organization).first()
    if kept is not None and kept.pending and not membership.pending:
        ended(kept, by=by)
        kept.seats.update(membership=membership)
        kept.delete()
        kept = None
    if kept is None:
        membership.person, membership.organization = person, organization
        membership.save(update_fields=["person", "organization"])
        record(events.MembershipAdded(person.pk, membership.role), on=organization, by=by)
    else:
        _made_one(kept, membership, by=by)
    person.__dict__.pop("_place", None)


def _made_one(kept: Membership, other: Membership, *, by: Actor) -> None:
    """Let one place have what the other has beyond it; the other is no more. kept: one that counts if either does."""
    counts = other.pending == kept.pending
    if not counts or held(kept, by=by):
        ended(other, by=by)
    other.seats.update(membership=kept)
    if counts and other.role == MembershipRole.MANAGER and kept.role != MembershipRole.MANAGER:
        kept.role = MembershipRole.MANAGER
        record(events.MembershipRoleChanged(kept.person_id, kept.role), on=kept.organization, by=by)
    if counts and kept.suspended_at is not None and other.suspended_at is None:
        kept.suspended_at = None
        record(events.MembershipRestored(kept.person_id), on=kept.organization, by=by)
    kept.save(update_fields=["role", "suspended_at"])
    other.delete()
