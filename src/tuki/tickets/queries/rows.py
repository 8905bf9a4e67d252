"""The workspace's lists as agents look at them all day: by questions that keep their SQL, as rows of plain values.

A row is all that is shown of a ticket, so that whoever has drawn the same values before need not draw them again.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from tuki.lib import paging
from tuki.lib.questions import HowMany, Question, Slot
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets.models import Message, ReadMark, Ticket
from tuki.tickets.policy import seen_by_agent
from tuki.tickets.queries.lists import VIEWS, teams_of
from tuki.tickets.queries.ticket import Glance

COUNTED = ("unassigned", "mine", "teams", "open", "waiting")
_INSIDE, _CONFIDENTIAL, _UNREAD = "i", "c", "u"


class Row(NamedTuple):
    """What a list shows of a ticket, as the database writes it: read only where a row is drawn that was not before.

    status, team: their labels as JSON. moment: what the list is sorted by. flags, last: see `rows_of`.
    """

    pk: int
    number: int
    subject: str
    priority: int | None
    moment: str
    state: str
    status: str
    requester: str
    organization: str | None
    assignee: str | None
    team: str | None
    flags: str
    last: str | None

    @property
    def at(self) -> datetime:
        at = datetime.fromisoformat(self.moment)
        return at if at.tzinfo else at.replace(tzinfo=UTC)  # SQLite keeps UTC without saying so

    @property
    def confidential(self) -> bool:
        return _CONFIDENTIAL in self.flags

    @property
    def unread(self) -> bool:
        return _UNREAD in self.flags

    @property
    def last_words(self) -> str:
        """What was said last."""
        return (self.last or "")[1:]

    @property
    def last_internal(self) -> bool:
        """Whether that was among agents only."""
        return (self.last or "")[:1] == _INSIDE


def rows_of(tickets: QuerySet[Ticket], moment: str, reader: int | Slot) -> QuerySet[Ticket, tuple[Any, ...]]:
    """Tickets (some, in their order) as the values of a Row. For agents: notes are among the words."""
    newest = Message.objects.filter(ticket=OuterRef("pk")).order_by("-sent_at", "-pk")
    inside = Case(When(internal=True, then=Value(_INSIDE)), default=Value("-"))
    read = ReadMark.objects.filter(person=reader, ticket=OuterRef("pk"), at__gte=OuterRef("updated_at"))
    confidential = Case(When(confidential=True, then=Value(_CONFIDENTIAL)), default=Value(""))
    unread = Case(When(Exists(read), then=Value("")), default=Value(_UNREAD))
    return paging.whole(tickets).values_list(
        "pk",
        "number",
        "subject",
        "priority",
        Cast(moment, TextField()),
        "state",
        Cast("status__labels", TextField()),
        _named("requester"),
        "organization__name",
        _named("assignee"),
        Cast("team__labels", TextField()),
        Concat(confidential, unread, output_field=CharField()),
        # Both in one, so that the newest message is looked for once.
        Subquery(newest.values(last=Concat(inside, "excerpt", output_field=TextField()))[:1]),
    )


def _named(person: str) -> Coalesce:
    return Coalesce(NullIf(F(f"{person}__name"), Value("")), F(f"{person}__email"), output_field=CharField())


def page_of_view(viewer: Actor, key: str, cursor: str, size: int) -> paging.Page[Row]:
    """A page of one of the VIEWS, for an agent."""
    assert viewer.is_agent
    assert viewer.person_id is not None
    teams = teams_of(viewer.person_id) if key == "teams" else []
    given = {"person": viewer.person_id, **_given(teams)}

    def found(direction: str, at: datetime | None, pk: int) -> list[Row]:
        asked = _page_of_view(key, len(teams), direction, size + 1)
        return [Row(*values) for values in asked.ask(**given, at=at, pk=pk)]

    return paging.page_of(found, "at", cursor, size)


def page_of_found(viewer: Actor, tickets: QuerySet[Ticket], cursor: str, size: int) -> paging.Page[Row]:
    """A page of tickets that were looked for, the latest touched first."""
    assert viewer.person_id is not None
    reader = viewer.person_id

    def found(direction: str, at: datetime | None, pk: int) -> list[Row]:
        rows = paging.beyond(tickets, "updated_at", direction, at, pk)
        return [Row(*values) for values in rows_of(rows[: size + 1], "updated_at", reader)]

    return paging.page_of(found, "at", cursor, size)


@cache
def _page_of_view(key: str, teams: int, direction: str, size: int) -> Question[tuple[Any, ...]]:
    person = Slot("person", BigIntegerField())
    return Question(lambda: rows_of(_beyond(key, teams, direction)[:size], VIEWS[key].moment, person))


class Neighbour(NamedTuple):
    """The ticket above or below one in a list."""

    number: int
    subject: str


def neighbours(viewer: Actor, key: str, ticket: Ticket | Glance) -> tuple[Neighbour | None, Neighbour | None]:
    """The tickets above and below this one in one of the VIEWS, for an agent; below, the one to go on with."""
    assert viewer.person_id is not None
    at = getattr(ticket, VIEWS[key].moment)
    if at is None:
        return None, None
    teams = teams_of(viewer.person_id) if key == "teams" else []
    given = {"person": viewer.person_id, **_given(teams), "at": at, "pk": ticket.pk}
    newer, older = (_neighbour(key, len(teams), direction).first(**given) for direction in ("newer", "older"))
    return Neighbour(*newer) if newer else None, Neighbour(*older) if older else None


@cache
def _neighbour(key: str, teams: int, direction: str) -> Question[tuple[Any, ...]]:
    return Question(lambda: _beyond(key, teams, direction).values_list("number", "subject")[:1])


def _beyond(key: str, teams: int, direction: str) -> QuerySet[Ticket]:
    """One of the VIEWS from a place on, with slots for the agent, their teams and the place."""
    person, view = Slot("person", BigIntegerField()), VIEWS[key]
    tickets = seen_by_agent(person).filter(view.rule(person, _slots(teams)))
    at, pk = Slot("at", DateTimeField()), Slot("pk", BigIntegerField())
    return paging.beyond(tickets, view.moment, direction, at, pk)


def counts(viewer: Actor) -> dict[str, str]:
    """How many tickets wait in each view, as people read it: at most "999+"."""
    assert viewer.person_id is not None
    teams = teams_of(viewer.person_id)
    [found] = _counts(len(teams)).ask(person=viewer.person_id, **_given(teams))
    return {key: paging.capped(count or 0) for key, count in zip(COUNTED, found, strict=True)}


@cache
def _counts(teams: int) -> Question[tuple[int | None, ...]]:
    def make() -> QuerySet[Person, tuple[int | None, ...]]:
        person = Slot("person", BigIntegerField())
        seen = seen_by_agent(person).order_by().values("pk")
        of_views = (seen.filter(VIEWS[key].rule(person, _slots(teams))) for key in COUNTED)
        return Person.objects.filter(pk=person).values_list(*(HowMany(rows[: paging.CAP + 1]) for rows in of_views))

    return Question(make)


def _slots(teams: int) -> list[Slot]:
    return [Slot(f"team_{place}", BigIntegerField()) for place in range(teams)]


def _given(teams: list[int]) -> dict[str, int]:
    return {f"team_{place}": pk for place, pk in enumerate(teams)}
