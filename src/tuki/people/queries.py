"""Who is who."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.utils import timezone

from tuki.lib.questions import Question, Slot
from tuki.people import policy
from tuki.people.models import Domain, Membership, Organization, Package, Person, Role, Seat, Team
from tuki.people.standing import live_seats, own_seat, place

_SYSTEM = "system@tuki.invalid"


_SYSTEM_PERSON = Question(lambda: Person.objects.filter(email=_SYSTEM))


def system() -> Person:
    """The desk itself, as whom rules and timers act."""
    known = _SYSTEM_PERSON.first()
    if known is not None:
        return known
    defaults = {"name": "Tuki", "role": Role.SYSTEM, "password": make_password(None)}
    person, _ = Person.objects.get_or_create(email=_SYSTEM, defaults=defaults)
    return person


_ADDRESS = Slot("address", CharField())
_WRITTEN_TO_AT = Question(lambda: Person.objects.filter(email=_ADDRESS))
_FURTHER = Question(lambda: EmailAddress.objects.filter(email=_ADDRESS, verified=True).select_related("user"))


def by_address(address: str) -> Person | None:
    """Whose address this is: the one we write to, or another that its owner has verified."""
    address = address.strip().lower()
    person = _WRITTEN_TO_AT.first(address=address)
    if person is None:
        further = _FURTHER.first(address=address)
        person = further.user if further else None
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person


def is_proven(person: Person) -> bool:
    """Whether it was shown that mail to the address we write to reaches this person, and that they write from it."""
    return person.is_agent or any(own.verified and own.email == person.email for own in addresses_of(person.pk))


def by_addresses(addresses: Iterable[str]) -> dict[str, Person]:
    """For a list: whose each of these is, of those by which we write to somebody."""
    found = Person.objects.filter(email__in=[address.lower() for address in addresses], merged_into=None)
    return {person.email: person for person in found}


def account(address: str) -> Person | None:
    """Who signs in with this address."""
    person = by_address(address)
    return person if person is not None and policy.may_sign_in(person) else None


def addresses(person: Person) -> QuerySet[EmailAddress]:
    """Every address of a person, the one we write to first."""
    rows: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=person)
    return rows.order_by("-primary", "email")


_ADDRESSES = Question(
    lambda: EmailAddress.objects.filter(user=Slot("person", BigIntegerField())).order_by("-primary", "email")
)
_PLACE = Question(
    lambda: Membership.objects.filter(
        person=Slot("person", BigIntegerField()), organization=Slot("organization", BigIntegerField())
    )
)


def addresses_of(person: int) -> list[EmailAddress]:
    """As `addresses`, for who knows the person's id."""
    return _ADDRESSES.ask(person=person)


def membership_of(person: int, organization: int) -> Membership | None:
    """A person's place in a company, with its seats."""
    found = _PLACE.first(person=person, organization=organization)
    if found is not None:
        prefetch_related_objects([found], "seats")
    return found


def sessions(person: Person) -> QuerySet[UserSession]:
    """Where a person is signed in, the latest seen first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=alive)
    return rows.order_by("-last_seen_at", "-pk")


def members(organization: int) -> list[int]:
    """The persons of a company."""
    return list(Membership.objects.filter(organization=organization).values_list("person_id", flat=True))


def company_for(address: str) -> Organization | None:
    """The company that somebody with this address belongs to, or would: their own, else that of their mail domain."""
    person = by_address(address)
    if person is not None and (places := place(person).organizations):
        return organizations().filter(pk=places[0]).first()
    return organization_of_address(address)


def company_named(words: str) -> Organization | None:
    """The one company with this code, or of this name whichever its case."""
    words = words.strip()
    found = list(organizations().filter(Q(code=words) | Q(folded_name=words.casefold()))[:2]) if words else []
    return found[0] if len(found) == 1 else None


def organization_of_address(address: str) -> Organization | None:
    """The company whose mail domain this address is in."""
    domain = Domain.objects.filter(name=address.rpartition("@")[2].lower()).select_related("organization").first()
    return domain.organization if domain else None


def agents_among(ids: Collection[int | None]) -> set[int]:
    """Those of these persons who are agents."""
    known = [pk for pk in ids if pk is not None]
    if not known:
        return set()
    found = Person.objects.filter(pk__in=known, role__in=[Role.AGENT, Role.ADMINISTRATOR])
    return set(found.values_list("pk", flat=True))


def agents() -> QuerySet[Person]:
    """Who may be given a ticket, by name."""
    return Person.objects.filter(role__in=[Role.AGENT, Role.ADMINISTRATOR], is_active=True, merged_into=None).order_by(
        "name", "pk"
    )


def teams(beside: Iterable[int] = ()) -> QuerySet[Team]:
    """Whose queue a ticket may be put into, in the desk's order. beside: ids of some that a rule names, retired too."""
    return Team.objects.filter(Q(retired=False) | Q(pk__in=list(beside)))


def private_teams_of_nobody_else(agent: Person) -> QuerySet[Team]:
    """Private teams whose tickets only this agent sees."""
    others = Team.members.through.objects.filter(team=OuterRef("pk"), person__is_active=True).exclude(person=agent)
    return Team.objects.filter(private=True, retired=False, members=agent).exclude(Exists(others))


def find_persons(words: str) -> QuerySet[Person]:
    """People whose name or address begins with, or holds, these words; for agents choosing a requester."""
    words = words.strip()
    return (
        Person.objects.filter(Q(folded_name__contains=words.casefold()) | Q(email__contains=words.lower()))
        .filter(merged_into=None, is_active=True)
        .exclude(role=Role.SYSTEM)
        .order_by("name", "pk")
    )


def persons() -> QuerySet[Person]:
    """Everybody but the desk itself, with their companies and addresses: for agents."""
    return Person.objects.exclude(role=Role.SYSTEM).prefetch_related(
        "memberships__organization", "memberships__seats", "emailaddress_set"
    )


def organizations() -> QuerySet[Organization]:
    """The customer companies there are; those that were merged into another are no more."""
    return Organization.objects.filter(merged_into=None).order_by("name", "pk")


def find_organizations(words: str) -> QuerySet[Organization]:
    """Companies whose name holds these words, or whose code they are."""
    words = words.strip()
    return organizations().filter(Q(folded_name__contains=words.casefold()) | Q(code=words))


def memberships(organization: Organization | int) -> QuerySet[Membership]:
    """A company's people by name, suspended and invited ones too, each with their seats, the ended ones among them."""
    return (
        Membership.objects.filter(organization=organization)
        .select_related("person", "organization")
        .prefetch_related(Prefetch("seats", Seat.objects.select_related("given_by", "ended_by")))
        .order_by("person__name", "pk")
    )


def managed(person: Person) -> QuerySet[Organization]:
    """The companies whose people this person runs."""
    return organizations().filter(pk__in=place(person).managed).select_related("package", "main_contact")


def inviting(person: Person) -> QuerySet[Membership]:
    """The places that this person was asked to take, the oldest first."""
    return Membership.objects.filter(person=person, pending=True).select_related("organization").order_by("pk")


def without_seat(organization: Organization | int) -> QuerySet[Membership]:
    """Who of a company could be given a seat, by name."""
    places = memberships(organization).prefetch_related(None).filter(suspended_at=None)
    return places.filter(~Exists(own_seat()))


def membership(pk: int) -> Membership | None:
    return Membership.objects.select_related("person", "organization").filter(pk=pk).first()


def seats_in_use(organization: Organization | int, at: datetime | None = None) -> QuerySet[Seat]:
    """The seats that a company's people hold, those of whoever is invited among them, the oldest first.

    at: when; unset, now. What has run out by then leaves room for another, though nobody has ended it yet.
    """
    held = live_seats(at).filter(membership__organization=organization)
    return held.select_related("membership__person").order_by("pk")


def companies_managed_by(agent: Person) -> QuerySet[Organization]:
    """The companies for which this agent is the account manager."""
    return organizations().filter(account_manager=agent)


def packages(beside: Iterable[int] = ()) -> QuerySet[Package]:
    """What companies can buy, in the desk's order. beside: ids of some that a rule names, retired too."""
    return Package.objects.filter(Q(retired=False) | Q(pk__in=list(beside)))


def overfull(package: str, seats: int | None, at: datetime | None = None) -> Iterator[tuple[Organization, int]]:
    """The companies that use more than so many seats of a package, each with how many it uses. at: as above."""
    if seats is None:
        return
    used = Count("memberships__seats", filter=Q(memberships__seats__in=live_seats(at)))
    having = organizations().filter(package__key=package).annotate(used=used).filter(used__gt=seats)
    yield from ((company, company.used) for company in having)


_PERSON = Question(lambda: Person.objects.filter(pk=Slot("pk", BigIntegerField())))


def person(pk: int) -> Person | None:
    return _PERSON.first(pk=pk)
