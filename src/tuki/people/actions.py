"""What is done to people, companies and their rights."""

from collections.abc import Iterable
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, policy, queries
from tuki.people.actor import Actor
from tuki.people.models import (
    Domain,
    Membership,
    MembershipRole,
    Organization,
    Package,
    Person,
    Role,
    Seat,
    Team,
)


def meet(address: str, *, name: str = "", language: str = "", by: Actor) -> Person:
    """The person behind an address; a new one, without account, where nobody is known by it.

    A new person whose mail domain belongs to a company becomes a member of it. Raises Refused where it is no address.
    Asks for no right: whoever writes to us, or is put in copy, becomes known.
    """
    address = address.strip().lower()
    known = queries.by_address(address)
    if known is not None:
        return known
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("“%(address)s” is not an e-mail address.") % {"address": address[:100]}) from None
    with transaction.atomic():
        person, new = Person.objects.get_or_create(
            email=address,
            defaults={
                "name": name.strip()[:120],
                "language": language if language in the_desk().languages else the_desk().language,
                "time_zone": the_desk().time_zone,
                "made_at": by.at,
            },
        )
        if new:
            EmailAddress.objects.create(user=person, email=address, primary=True, verified=False)
            record(events.PersonAdded(), on=person, by=by if by.person_id else _themselves(person, by))
            organization = queries.organization_of_address(address)
            if organization is not None:
                _join(person, organization, MembershipRole.MEMBER, by=_themselves(person, by))
    return person


def _themselves(person: Person, by: Actor) -> Actor:
    """Somebody who came in by a door without being signed in acts as who they turn out to be."""
    return by if by.person_id else Actor(person, by.via, by.at)


def add_person(
    address: str,
    *,
    name: str,
    role: Role = Role.CUSTOMER,
    language: str = "",
    time_zone: str = "",
    display_name: str = "",
    phones: Iterable[str] = (),
    by: Actor,
) -> Person:
    """Make a person by hand. Raises Refused where the address is taken or none."""
    require(policy.may_run_people(by))
    require(role == Role.CUSTOMER or policy.may_give_roles(by))
    if queries.by_address(address) is not None:
        raise Refused(_("There is already a person with this address."), field="email")
    with transaction.atomic():
        person = meet(address, name=name, language=language, by=by)
        person.role = role
        person.display_name = display_name
        person.time_zone = time_zone or person.time_zone
        person.phones = [phone for phone in phones if phone]
        person.save()
    return person


def change_profile(
    person: Person,
    *,
    name: str | None = None,
    display_name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    phones: list[str] | None = None,
    hears_of_assignments: bool | None = None,
    hears_of_replies: bool | None = None,
    by: Actor,
) -> Person:
    """Change what is given, leave the rest. Raises Refused, naming the field, where a value can't be."""
    require(policy.may_change_profile(by, person))
    if language is not None and language not in the_desk().languages:
        raise Refused(_("This desk does not speak that language."), field="language")
    if time_zone is not None and time_zone not in available_timezones():
        raise Refused(_("There is no such time zone."), field="time_zone")
    wanted = {
        "name": name,
        "display_name": display_name,
        "language": language,
        "time_zone": time_zone,
        "phones": phones,
        "hears_of_assignments": hears_of_assignments,
        "hears_of_replies": hears_of_replies,
    }
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        changed = [key for key, value in wanted.items() if value is not None and getattr(person, key) != value]
        for key in changed:
            setattr(person, key, wanted[key])
        if changed:
            person.save(update_fields=changed)
            record(events.ProfileChanged(changed), on=person, by=by)
    return person


def change_role(person: Person, role: Role, *, by: Actor) -> Person:
    """Make somebody a customer, an agent or an administrator."""
    require(policy.may_give_roles(by))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.role != role:
            record(events.RoleChanged(person.role, role), on=person, by=by)
            person.role = role
            person.save(update_fields=["role"])
    return person


def invite(person: Person, *, by: Actor) -> None:
    """Have a one-time link sent with which the person sets a password (F7, F12)."""
    require(policy.may_run_people(by) or by.person == person)
    if not person.is_active or person.is_system:
        raise Refused(_("This person can't sign in."))
    with transaction.atomic():
        record(events.Invited(), on=person, by=by)


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
        return _join(person, organization, role, by=by)


def _join(person: Person, organization: Organization, role: str, *, by: Actor) -> Membership:
    """Checks nothing: its callers have."""
    membership, new = Membership.objects.get_or_create(
        person=person, organization=organization, defaults={"role": role}
    )
    if new:
        record(events.MembershipAdded(person.pk, role), on=organization, by=by)
        person.__dict__.pop("_place", None)
    return membership


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


def merge_persons(kept: Person, duplicate: Person, *, by: Actor) -> Person:
    """Make two rows one person: addresses, memberships and, through those who hear of it, tickets move.

    Raises Refused for oneself, for a person already merged, and for people of different roles.
    """
    require(policy.may_run_people(by))
    with transaction.atomic():
        rows = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[kept.pk, duplicate.pk])}
        if len(rows) != 2:
            raise Refused(_("A person can't be merged with themselves."))
        kept, duplicate = rows[kept.pk], rows[duplicate.pk]
        if kept.merged_into_id or duplicate.merged_into_id:
            raise Refused(_("This person was merged already."))
        if kept.role != Role.CUSTOMER or duplicate.role != Role.CUSTOMER:
            raise Refused(_("Only customers can be merged."))
        for membership in Membership.objects.filter(person=duplicate).select_related("organization"):
            mine = _join(kept, membership.organization, membership.role, by=by)
            if hasattr(membership, "seat") and not hasattr(mine, "seat"):
                Seat.objects.filter(membership=membership).update(membership=mine)
        Membership.objects.filter(person=duplicate).delete()
        EmailAddress.objects.filter(user=duplicate).update(user=kept, primary=False)
        duplicate.merged_into = kept
        duplicate.is_active = False
        duplicate.set_unusable_password()
        duplicate.save(update_fields=["merged_into", "is_active", "password"])
        record(events.PersonsMerged(duplicate.pk), on=kept, by=by)
    return kept


def merge_organizations(kept: Organization, duplicate: Organization, *, by: Actor) -> Organization:
    """Make two rows one company: domains, people and, through those who hear of it, tickets move."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        rows = {row.pk: row for row in Organization.objects.select_for_update().filter(pk__in=[kept.pk, duplicate.pk])}
        if len(rows) != 2:
            raise Refused(_("A company can't be merged with itself."))
        kept, duplicate = rows[kept.pk], rows[duplicate.pk]
        if kept.merged_into_id or duplicate.merged_into_id:
            raise Refused(_("This company was merged already."))
        Domain.objects.filter(organization=duplicate).update(organization=kept)
        for membership in Membership.objects.filter(organization=duplicate).select_related("person"):
            mine = _join(membership.person, kept, membership.role, by=by)
            if hasattr(membership, "seat") and not hasattr(mine, "seat"):
                Seat.objects.filter(membership=membership).update(membership=mine)
        Membership.objects.filter(organization=duplicate).delete()
        duplicate.merged_into = kept
        duplicate.save(update_fields=["merged_into"])
        record(events.OrganizationsMerged(duplicate.pk), on=kept, by=by)
    return kept


def set_teams(person: Person, teams: Iterable[Team], *, by: Actor) -> None:
    """Choose the queues an agent works in."""
    require(policy.may_give_roles(by))
    with transaction.atomic():
        person.teams.set(teams)
        record(events.ProfileChanged(["teams"]), on=person, by=by)


def accept_invitation(person: Person, password: str, *, by: Actor) -> None:
    """Set the password that an invitation asked for; whoever holds the link has shown that the address is theirs."""
    require(by.person == person)
    person.set_password(password)  # slow on purpose, so before the transaction
    with transaction.atomic():
        person.save(update_fields=["password"])
        EmailAddress.objects.filter(user=person, email=person.email).update(verified=True)
        record(events.ProfileChanged(["password"]), on=person, by=by)
