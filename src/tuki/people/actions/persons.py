"""Getting to know people, and saying who they are."""

from collections.abc import Iterable
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.lib.refusal import Refused, require
from tuki.people import events, policy, queries
from tuki.people.actions._addresses import require_address
from tuki.people.actions._joining import joined, taken_over
from tuki.people.actions._remaining import require_another_administrator
from tuki.people.actions.teams import set_teams
from tuki.people.actor import Actor
from tuki.people.duties import has_work, require_another_in_private_teams
from tuki.people.models import Membership, MembershipRole, Organization, Person, Role


def meet(address: str, *, name: str = "", language: str = "", by: Actor) -> Person:
    """The person behind an address; a new one, without account, where nobody is known by it.

    A new person whose mail domain belongs to a company becomes a member of it. Raises Refused where it is no address.
    Asks for no right: whoever writes to us, or is put in copy, becomes known.
    """
    address = address.strip().lower()
    known = queries.by_address(address)
    if known is not None:
        return known
    require_address(address)
    with transaction.atomic():
        person, new = _made(address, name, language, by=by)
        organization = queries.organization_of_address(address) if new else None
        if organization is not None:
            # By the desk's rule: whoever names somebody of another company has added nobody to it.
            joined(person, organization, MembershipRole.MEMBER, by=Actor(queries.system(), Via.RULE, by.at))
    return person


def sign_up(address: str, *, language: str, by: Actor) -> Person:
    """Ask for an account at an address, to follow and to read with: it makes nobody a company's, and gives no right.

    A mail tells its owner how to go on, whoever they are to us. It repeats nothing that was typed, and a password is
    chosen by its link alone: who typed the address need not be who reads there. Raises Refused where it is none.
    """
    require(the_desk().readers_sign_up)
    address = address.strip().lower()
    require_address(address)
    with transaction.atomic():
        person = queries.by_address(address) or _made(address, "", language, by=by)[0]
        record(events.SignedUp(), on=person, by=_themselves(person, by))
    return person


def _made(address: str, name: str, language: str, *, by: Actor) -> tuple[Person, bool]:
    """The person whom we write to at an address, and whether they are new. Checks nothing: its callers have."""
    person, new = Person.objects.get_or_create(
        email=address,
        defaults={
            "name": name.strip()[:120],
            "folded_name": name.strip()[:120].casefold()[:240],
            "language": language if language in the_desk().languages else the_desk().language,
            "time_zone": the_desk().time_zone,
            "made_at": by.at,
            "password": make_password(None),  # an empty one would pass for a password
        },
    )
    if new:
        EmailAddress.objects.create(user=person, email=address, primary=True, verified=False)
        record(events.PersonAdded(), on=person, by=by if by.person_id else _themselves(person, by))
    return person, new


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
            person.folded_name = person.name.casefold()[:240]
            person.save(update_fields=[*changed, "folded_name"])
            record(events.ProfileChanged(changed), on=person, by=by)
    return person


def change_role(person: Person, role: Role, *, by: Actor) -> Person:
    """Make somebody a customer, an agent or an administrator. Who is no agent any more works in no team.

    Raises Refused where there would be no administrator left; for the desk itself; and for an agent who has work in
    hand, or is all that a private team has: what they have is handed over first, as for whoever leaves.
    """
    require(policy.may_give_roles(by))
    with transaction.atomic():
        if role != Role.ADMINISTRATOR:
            require_another_administrator(person)
        person = Person.objects.select_for_update().get(pk=person.pk)
        if Role.SYSTEM in {person.role, role}:
            raise Refused(_("The desk itself is nobody's role."))
        if person.role != role:
            if role == Role.CUSTOMER:
                _require_no_duties(person)
                set_teams(person, [], by=by)
            record(events.RoleChanged(person.role, role), on=person, by=by)
            person.role = role
            person.save(update_fields=["role"])
    return person


def _require_no_duties(agent: Person) -> None:
    require_another_in_private_teams(agent)
    if has_work(agent):
        words = _("Requests that are not solved are assigned to %(person)s. Hand them over first.")
        raise Refused(words % {"person": agent})


def merge_persons(kept: Person, duplicate: Person, *, by: Actor) -> Person:
    """Make two rows one person: addresses, memberships and, through those who hear of it, tickets move.

    Raises Refused for oneself, for a person already merged, and for people of different roles.
    """
    require(policy.may_run_people(by))
    with transaction.atomic():
        # Companies before people, as everybody who gives a seat holds them; each in one order, and without keeping out
        # those who write a message of theirs: these hold a ticket that we want.
        companies = Membership.objects.filter(person__in=[kept, duplicate]).values("organization")
        list(Organization.objects.select_for_update(no_key=True).filter(pk__in=companies).order_by("pk"))
        both = Person.objects.select_for_update(no_key=True).filter(pk__in=[kept.pk, duplicate.pk]).order_by("pk")
        rows = {row.pk: row for row in both}
        if len(rows) != 2:
            raise Refused(_("A person can't be merged with themselves."))
        kept, duplicate = rows[kept.pk], rows[duplicate.pk]
        if kept.merged_into_id or duplicate.merged_into_id:
            raise Refused(_("This person was merged already."))
        if kept.role != Role.CUSTOMER or duplicate.role != Role.CUSTOMER:
            raise Refused(_("Only customers can be merged."))
        for membership in Membership.objects.filter(person=duplicate).select_related("person", "organization"):
            taken_over(membership, kept, membership.organization, by=by)
        Organization.objects.filter(main_contact=duplicate).update(main_contact=kept)
        _take_addresses(kept, duplicate)
        # One step leads to who is kept, however often somebody was found to be the same.
        Person.objects.filter(merged_into=duplicate).update(merged_into=kept)
        duplicate.merged_into = kept
        duplicate.is_active = False
        duplicate.set_unusable_password()
        duplicate.save(update_fields=["merged_into", "is_active", "password"])
        record(events.PersonsMerged(duplicate.pk), on=kept, by=by)
    return kept


def _take_addresses(kept: Person, duplicate: Person) -> None:
    """The duplicate's addresses become further ones of who is kept."""
    mine = {address.email: address for address in EmailAddress.objects.filter(user=kept)}
    for address in EmailAddress.objects.filter(user=duplicate):
        same = mine.get(address.email)
        if same is not None:
            same.delete()
            address.primary = same.primary
            address.verified = address.verified or same.verified
        else:
            address.primary = False
        address.user = kept
        address.save()
