"""People, companies, packages and teams as setup lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tuki.desk.models import WhoSees
from tuki.desk.queries import the_desk
from tuki.lib.paging import capped_count
from tuki.people import queries
from tuki.people.models import (
    Import,
    ImportLine,
    Membership,
    Organization,
    Package,
    Person,
    Role,
    Team,
)
from tuki.people.sight import let_in, sight
from tuki.people.standing import live_seats

CLOSED = "closed"  # in place of a role: those whose account is closed


def persons(role: str = "", words: str = "") -> QuerySet[Person]:
    """Everybody but the desk itself and duplicates, to be paged by name.

    role: one of Role, or CLOSED; unset, all. words: what a name or an address holds.
    """
    rows = Person.objects.filter(merged_into=None).exclude(role=Role.SYSTEM)
    if role == CLOSED:
        rows = rows.filter(is_active=False)
    elif role:
        rows = rows.filter(role=role, is_active=True)
    if words:
        further = EmailAddress.objects.filter(user=OuterRef("pk"), email=words.lower())
        rows = rows.filter(
            Q(folded_name__contains=words.casefold()) | Q(email__contains=words.lower()) | Exists(further)
        )
    return rows.prefetch_related("memberships__organization")


def roles() -> list[tuple[str, str]]:
    """The roles that people can have, each in words."""
    return [(role.value, str(role.label)) for role in Role if role != Role.SYSTEM]


def companies(package: int | None = None, words: str = "") -> QuerySet[Organization]:
    """Customer companies, to be paged by name. package: the id of what they bought."""
    rows = queries.find_organizations(words) if words else queries.organizations()
    return (rows.filter(package=package) if package else rows).select_related("package", "account_manager")


def seats_used(companies: Iterable[int]) -> dict[int, int]:
    """How many seats each of some companies uses now."""
    held = live_seats().filter(membership__organization__in=list(companies))
    return dict(held.values_list("membership__organization").annotate(Count("pk")).order_by())


@dataclass(frozen=True)
class PackageRow:
    """A package, and how much of it is in use, as people read it."""

    package: Package
    companies: str
    seats: str


def packages() -> list[PackageRow]:
    """What companies can buy or still have, in the desk's order."""
    rows = Package.objects.filter(Q(retired=False) | Exists(Organization.objects.filter(package=OuterRef("pk"))))
    return [package_row(package) for package in rows]


def package_row(package: Package) -> PackageRow:
    held = live_seats().filter(membership__organization__package=package)
    companies = queries.organizations().filter(package=package)
    return PackageRow(package, capped_count(companies), capped_count(held))


def all_packages() -> QuerySet[Package]:
    return Package.objects.all()


def teams() -> QuerySet[Team]:
    """The desk's teams with their members, those that take no tickets any more last."""
    return Team.objects.prefetch_related("members").order_by("retired", "position", "key")


def teams_of(person: Person) -> QuerySet[Team]:
    return Team.objects.filter(members=person)


def places(person: Person) -> QuerySet[Membership]:
    """A person's companies, with their seats, the ended ones among them."""
    rows = Membership.objects.filter(person=person).select_related("organization", "person")
    return rows.prefetch_related("seats__given_by", "seats__ended_by")


def imports() -> QuerySet[Import]:
    """Tables that were given us, for lists that go by id."""
    return Import.objects.select_related("by")


@dataclass(frozen=True)
class Progress:
    """How far a table has come: lines in all, those worked on at the present stage, and those that can't be done."""

    lines: int
    worked_on: int
    wrong: int


def progress(batch: Import) -> Progress:
    """Counted whole: a table has at most ten thousand lines."""
    stage = ImportLine.State.DONE if batch.state in {"running", "done"} else ImportLine.State.TRIED
    counted = batch.lines.aggregate(
        lines=Count("pk"), worked_on=Count("pk", filter=Q(state=stage)), wrong=Count("pk", filter=~Q(words=""))
    )
    return Progress(**counted)


def wrong_lines(batch: Import) -> QuerySet[ImportLine]:
    """The lines that can't be done, in the table's order."""
    return batch.lines.exclude(words="").order_by("number")


def all_lines(batch: Import) -> QuerySet[ImportLine]:
    return batch.lines.order_by("number")


def ways_to_see() -> list[tuple[str, str]]:
    """The rules by which a company's people can see each other's tickets, each in words."""
    return [(rule.value, str(rule.label)) for rule in WhoSees if rule != WhoSees.SEATS or the_desk().has_seats]


def who_sees(organization: Organization) -> QuerySet[Membership]:
    """Which of a company's people see each other's tickets now, by name."""
    places = Membership.objects.filter(let_in(sight(organization.who_sees).rule), organization=organization)
    return places.filter(person__is_active=True).select_related("person").order_by("person__name", "pk")
