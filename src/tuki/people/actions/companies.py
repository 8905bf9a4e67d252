"""Customer companies: their people, their seats, what they share."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, policy, queries
from tuki.people.actions._joining import joined
from tuki.people.actor import Actor
from tuki.people.models import Domain, Membership, MembershipRole, Organization, Package, Person, Seat


def add_organization(
    name: str,
    *,
    code: str = "",
    domains: Iterable[str] = (),
    shares_tickets: bool = False,
    package: Package | None = None,
    by: Actor,
) -> Organization:
    """Make a customer company. New people whose address is in one of its mail domains will belong to it."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        if code and Organization.objects.filter(code=code).exists():
            raise Refused(_("Another company has this code."), field="code")
        organization = Organization.objects.create(
            name=name.strip()[:200], code=code, shares_tickets=shares_tickets, package=package
        )
        Domain.objects.bulk_create(Domain(name=domain.lower(), organization=organization) for domain in domains)
        record(events.OrganizationAdded(), on=organization, by=by)
    return organization


def join(person: Person, organization: Organization, *, role: str = MembershipRole.MEMBER, by: Actor) -> Membership:
    """Make a person part of a company."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        return joined(person, organization, role, by=by)


def give_seat(membership: Membership, *, by: Actor) -> Seat:
    """Let a person use support (H6). Raises Refused where the package has no seat left."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        # The company is what two givers at once must queue for.
        organization = Organization.objects.select_for_update().get(pk=membership.organization_id)
        seat = Seat.objects.filter(membership=membership).first()
        if seat is not None:
            return seat
        taken = Seat.objects.filter(membership__organization=organization).count()
        if organization.package and organization.package.seats is not None and taken >= organization.package.seats:
            raise Refused(_("All seats of the company's package are in use."))
        seat = Seat.objects.create(membership=membership, given_by=_giver(by), given_at=by.at)
        record(events.SeatGiven(membership.person_id), on=organization, by=by)
        membership.person.__dict__.pop("_place", None)
    return seat


def _giver(by: Actor) -> Person:
    return by.person or queries.system()


def take_seat(membership: Membership, *, by: Actor) -> None:
    """End a person's right to use support. What they wrote stays theirs to read."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        organization = Organization.objects.select_for_update().get(pk=membership.organization_id)
        if Seat.objects.filter(membership=membership).delete()[0]:
            record(events.SeatTaken(membership.person_id), on=organization, by=by)
            membership.person.__dict__.pop("_place", None)


def share_tickets(organization: Organization, shares: bool, *, by: Actor) -> None:
    """Let all of a company's people with a seat see all its tickets, or cease to (H11)."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        organization = Organization.objects.select_for_update().get(pk=organization.pk)
        if organization.shares_tickets != shares:
            organization.shares_tickets = shares
            organization.save(update_fields=["shares_tickets"])
            record(events.SharingChanged(shares), on=organization, by=by)


def merge_organizations(kept: Organization, duplicate: Organization, *, by: Actor) -> Organization:
    """Make two rows one company: domains, people and, through those who hear of it, tickets move."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        # As in merge_persons.
        both = Organization.objects.select_for_update(no_key=True).filter(pk__in=[kept.pk, duplicate.pk]).order_by("pk")
        rows = {row.pk: row for row in both}
        if len(rows) != 2:
            raise Refused(_("A company can't be merged with itself."))
        kept, duplicate = rows[kept.pk], rows[duplicate.pk]
        if kept.merged_into_id or duplicate.merged_into_id:
            raise Refused(_("This company was merged already."))
        Domain.objects.filter(organization=duplicate).update(organization=kept)
        for membership in Membership.objects.filter(organization=duplicate).select_related("person"):
            mine = joined(membership.person, kept, membership.role, by=by)
            if hasattr(membership, "seat") and not hasattr(mine, "seat"):
                Seat.objects.filter(membership=membership).update(membership=mine)
        Membership.objects.filter(organization=duplicate).delete()
        duplicate.merged_into = kept
        duplicate.save(update_fields=["merged_into"])
        record(events.OrganizationsMerged(duplicate.pk), on=kept, by=by)
    return kept
