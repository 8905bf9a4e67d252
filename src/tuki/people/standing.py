"""Where a customer stands: in which companies, with which rights. What policies ask before anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, QuerySet
from django.utils import timezone

from tuki.lib.questions import Question, Slot
from tuki.people.models import Membership, MembershipRole, Person, Seat


@dataclass(frozen=True)
class Place:
    """Where a customer stands: ids of their companies, and which of those with what right.

    shut_out: companies in which they are suspended. wishes: what their companies asked for instead of the desk's rules,
    as who sees colleagues' tickets (empty: as the desk has it), and whether these may answer (None: likewise).
    packages: ids of what their companies have bought. invited: companies that ask them to join.
    """

    organizations: tuple[int, ...]
    seated: frozenset[int]
    managed: frozenset[int]
    shut_out: frozenset[int]
    wishes: Mapping[int, tuple[str, bool | None]]
    packages: frozenset[int]
    invited: tuple[int, ...]


def live_seats(at: datetime | Slot | None = None) -> QuerySet[Seat]:
    """The seats that are held at a moment, unset: now. What has run out is none, whether or not a timer came by."""
    return Seat.objects.filter(ended_at=None).exclude(until__lte=at or timezone.now())


def own_seat(at: datetime | Slot | None = None) -> QuerySet[Seat]:
    """The one that a membership holds, for a query about memberships."""
    return live_seats(at).filter(membership=OuterRef("pk"))


_PLACES = Question(
    lambda: Membership.objects.filter(person=Slot("person", BigIntegerField())).values_list(
        "organization_id",
        "role",
        "suspended_at",
        Exists(own_seat(Slot("now", DateTimeField()))),
        "organization__who_sees",
        "organization__colleagues_take_part",
        "organization__package_id",
        "pending",
    )
)


def place(person: Person) -> Place:
    """A person's companies and rights in them. Read once for each Person object: one request, one answer."""
    known: Place | None = person.__dict__.get("_place")
    if known is None:
        found = _PLACES.ask(person=person.pk, now=timezone.now())
        rows = [row for row in found if not row[7]]
        live = [row for row in rows if row[2] is None]
        known = Place(
            organizations=tuple(row[0] for row in live),
            seated=frozenset(row[0] for row in live if row[3]),
            managed=frozenset(row[0] for row in live if row[1] == MembershipRole.MANAGER),
            shut_out=frozenset(row[0] for row in rows if row[2] is not None),
            wishes={row[0]: (row[4], row[5]) for row in live},
            packages=frozenset(row[6] for row in live if row[6] is not None),
            invited=tuple(row[0] for row in found if row[7]),
        )
        person.__dict__["_place"] = known
    return known
