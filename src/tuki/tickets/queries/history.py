"""What was done to a ticket, as lines people read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BigIntegerField
from django.utils.translation import gettext as _

from tuki.desk.models import Module, Product
from tuki.desk.queries import the_desk
from tuki.journal.events import Event, read
from tuki.journal.models import Entry
from tuki.lib.questions import OneOf, Question, Slot
from tuki.mail.models import Sign
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.tickets import events
from tuki.tickets.models import FormerText, Status, Ticket


@dataclass(frozen=True)
class Line:
    """One thing that was done. text continues the name: "Aino Laine" + "changed the status from New to Open"."""

    entry: int
    at: datetime
    who: str
    text: str
    via: str
    internal: bool
    event: str


# What an event's field points to, where it holds an id.
_POINTS_TO: dict[type[Event], type] = {
    events.Assigned: Person,
    events.TakenOver: Person,
    events.RequesterChanged: Person,
    events.CopyAdded: Person,
    events.CopyRemoved: Person,
    events.HandedOver: Team,
    events.StatusChanged: Status,
    events.Solved: Status,
    events.Reopened: Status,
    events.SubjectChanged: FormerText,
}
# Messages stand in the thread themselves.
_SAID = ("ticket.replied", "ticket.noted")
_ENTRIES = Question(
    lambda: (
        Entry.objects.filter(on_kind="ticket", on_id=Slot("ticket", BigIntegerField()))
        .exclude(event__in=_SAID)
        .select_related("person")
        .order_by("at", "pk")
    )
)


def history(viewer: Actor, ticket: Ticket) -> list[Line]:
    """The lines of a ticket that this viewer may read, oldest first, without the messages themselves."""
    told = [(entry, read(entry.event, entry.data)) for entry in _ENTRIES.ask(ticket=ticket.pk)]
    for_agent = viewer.is_agent or viewer.is_system
    told = [(entry, event) for entry, event in told if for_agent or not getattr(event, "internal", False)]
    names = _names((event for _entry, event in told), for_agent)
    return [
        Line(
            entry=entry.pk,
            at=entry.at,
            who=_called(entry.person, for_agent),
            text=str(event.line) % _shown(event, names, for_agent),
            via=entry.get_via_display(),
            internal=bool(getattr(event, "internal", False)),
            event=entry.event,
        )
        for entry, event in told
        if for_agent or not _reads_alike(event, names)
    ]


def _reads_alike(event: Event, names: dict[tuple[type, Any], str]) -> bool:
    """Whether a status became another that customers read by the same name: to them nothing has changed."""
    if not isinstance(event, events.StatusChanged):
        return False
    old, new = (names.get((Status, pk)) for pk in (event.old, event.new))
    return old == new


def _called(person: Person | None, for_agent: bool) -> str:
    if person is None or person.is_system:
        return the_desk().name
    return str(person) if for_agent else person.shown_name


def _names(told: Iterable[Event], for_agent: bool) -> dict[tuple[type, Any], str]:
    """What all the ids in these events are called, one query for each kind of thing."""
    wanted: dict[type, set[Any]] = defaultdict(set)
    for event in told:
        if isinstance(event, events.ProductChanged):
            for product, module in (event.old, event.new):
                wanted[Product].add(product)
                wanted[Module].add(module)
        elif type(event) in _POINTS_TO:
            wanted[_POINTS_TO[type(event)]].update(
                getattr(event, field.name) for field in fields(event) if field.name in {"old", "new", "person"}
            )
    names: dict[tuple[type, Any], str] = {}
    for model, ids in wanted.items():
        for row in _those(model).ask(ids=ids - {None}):
            names[model, row.pk] = _name(row, for_agent)
    return names


@cache
def _those(model: Any) -> Question[Any]:
    return Question(lambda: model.objects.filter(OneOf("pk", "ids", BigIntegerField())))


def _name(row: Any, for_agent: bool) -> str:
    if isinstance(row, Person):
        return _called(row, for_agent)
    if isinstance(row, Status):
        return str(row) if for_agent else row.for_customers
    return (row.text or "…") if isinstance(row, FormerText) else str(row)


def _shown(event: Event, names: dict[tuple[type, Any], str], for_agent: bool) -> dict[str, str]:
    """An event's fields in words."""
    if isinstance(event, events.ProductChanged):
        parts = [names.get((Product, event.new[0]), ""), names.get((Module, event.new[1]), "")]
        return {"new": " – ".join(filter(None, parts)) or _("none")}
    if isinstance(event, events.SeverityChanged):
        return {key: the_desk().severity_label(value) or _("none") for key, value in event.data().items()}
    if isinstance(event, events.PriorityChanged):
        return {key: the_desk().priority_label(value) or _("none") for key, value in event.data().items()}
    if isinstance(event, events.CaughtAsSpam):
        return {"rule": str(Sign(event.rule).label if event.rule else _("it answers a request that is spam"))}
    if isinstance(event, events.Tagged):
        return {
            "added": " ".join(f"+{name}" for name in event.added),
            "removed": " ".join(f"−{name}" for name in event.removed),
        }
    model = _POINTS_TO.get(type(event))
    if model is None:
        return {key: str(value) for key, value in event.data().items()}
    nobody = _("nobody") if model is Person else _("no team") if model is Team else ""
    return {key: names.get((model, value), nobody) for key, value in event.data().items()}
