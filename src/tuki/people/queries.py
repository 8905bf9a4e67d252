"""Who is who."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import BigIntegerField, Q, QuerySet
from django.utils import timezone

from tuki.lib.questions import Question, Slot
from tuki.people import policy
from tuki.people.models import Domain, Membership, MembershipRole, Organization, Person, Role, Team

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


def by_address(address: str) -> Person | None:
    """Whose address this is: the one we write to, or another that its owner has verified."""
    address = address.strip().lower()
    person = Person.objects.filter(email=address).first()
    if person is None:
        further = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
        person = further.user if further else None
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person


def is_proven(person: Person) -> bool:
    """Whether it was shown that mail to the address we write to reaches this person, and that they write from it."""
    own = EmailAddress.objects.filter(user=person, email=person.email, verified=True)
    return person.is_agent or bool(own.exists())


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
    ).select_related("seat")
)


def addresses_of(person: int) -> list[EmailAddress]:
    """As `addresses`, for who knows the person's id."""
    return _ADDRESSES.ask(person=person)


def membership_of(person: int, organization: int) -> Membership | None:
    """A person's place in a company, with its seat."""
    return _PLACE.first(person=person, organization=organization)


def sessions(person: Person) -> QuerySet[UserSession]:
    """Where a person is signed in, the latest seen first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=alive)
    return rows.order_by("-last_seen_at", "-pk")


def company_for(address: str) -> Organization | None:
    """The company that somebody with this address belongs to, or would: their own, else that of their mail domain."""
    person = by_address(address)
    if person is not None and (places := place(person).organizations):
        return organizations().filter(pk=places[0]).first()
    return organization_of_address(address)


def company_named(words: str) -> Organization | None:
    """The one company with this code, or of this name whichever its case."""
    words = words.strip()
    found = list(organizations().filter(Q(code=words) | Q(name__iexact=words))[:2]) if words else []
    return found[0] if len(found) == 1 else None


def organization_of_address(address: str) -> Organization | None:
    """The company whose mail domain this address is in."""
    domain = Domain.objects.filter(name=address.rpartition("@")[2].lower()).select_related("organization").first()
    return domain.organization if domain else None


def agents() -> QuerySet[Person]:
    """Who may be given a ticket, by name."""
    return Person.objects.filter(role__in=[Role.AGENT, Role.ADMINISTRATOR], is_active=True, merged_into=None).order_by(
        "name", "pk"
    )


def teams() -> QuerySet[Team]:
    """Whose queue a ticket may be put into, in the desk's order."""
    return Team.objects.filter(retired=False)


def find_persons(words: str) -> QuerySet[Person]:
    """People whose name or address begins with, or holds, these words; for agents choosing a requester."""
    words = words.strip()
    return (
        Person.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
        .filter(merged_into=None, is_active=True)
        .exclude(role=Role.SYSTEM)
        .order_by("name", "pk")
    )


def persons() -> QuerySet[Person]:
    """Everybody but the desk itself, with their companies and addresses: for agents."""
    return Person.objects.exclude(role=Role.SYSTEM).prefetch_related(
        "memberships__organization", "memberships__seat", "emailaddress_set"
    )


def organizations() -> QuerySet[Organization]:
    """The customer companies there are; those that were merged into another are no more."""
    return Organization.objects.filter(merged_into=None).order_by("name", "pk")


def find_organizations(words: str) -> QuerySet[Organization]:
    """Companies whose name holds these words, or whose code they are."""
    words = words.strip()
    return organizations().filter(Q(name__icontains=words) | Q(code=words))


@dataclass(frozen=True)
class Place:
    """Where a customer stands: ids of their companies, and which of those with what right."""

    organizations: tuple[int, ...]
    seated: frozenset[int]
    managed: frozenset[int]
    sharing: frozenset[int]  # those that asked that people with a seat see all tickets


_PLACES = Question(
    lambda: Membership.objects.filter(person=Slot("person", BigIntegerField())).values_list(
        "organization_id", "role", "seat__pk", "organization__shares_tickets"
    )
)


def place(person: Person) -> Place:
    """A person's companies and rights in them. Read once for each Person object: one request, one answer."""
    known: Place | None = person.__dict__.get("_place")
    if known is None:
        rows = _PLACES.ask(person=person.pk)
        known = Place(
            organizations=tuple(row[0] for row in rows),
            seated=frozenset(row[0] for row in rows if row[2] is not None),
            managed=frozenset(row[0] for row in rows if row[1] == MembershipRole.MANAGER),
            sharing=frozenset(row[0] for row in rows if row[3]),
        )
        person.__dict__["_place"] = known
    return known


def colleagues(organization_id: int, *, seated: bool = False) -> QuerySet[Person]:
    """The people of a company, or only those with a seat."""
    places = Membership.objects.filter(organization=organization_id)
    if seated:
        places = places.filter(seat__isnull=False)
    return Person.objects.filter(pk__in=places.values("person")).filter(is_active=True).order_by("name", "pk")


_PERSON = Question(lambda: Person.objects.filter(pk=Slot("pk", BigIntegerField())))


def person(pk: int) -> Person | None:
    return _PERSON.first(pk=pk)
