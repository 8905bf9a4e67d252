"""Who has a ticket open, and who is typing. A browser says so every quarter of a minute."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField
from django.utils import timezone

from tuki.lib.questions import Question, Slot
from tuki.live import topics
from tuki.live.models import Presence
from tuki.live.signals import tell
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets.policy import visible_tickets

FRESH = timedelta(seconds=40)
REWRITE = timedelta(seconds=15)  # what did not change is written no more often than this


def seen(viewer: Actor, ticket_id: int, typing: bool = False) -> None:
    """An agent has the ticket open. Nothing happens for who is no agent, or may not see it."""
    mine = Presence.objects.filter(person_id=viewer.person_id or 0)
    known = mine.filter(ticket_id=ticket_id).first()
    now = timezone.now()
    if known and known.typing == typing and now - known.seen_at < REWRITE:
        return
    number = _number(viewer, ticket_id)
    if number is None:
        return
    with transaction.atomic():
        if known is None:
            # Those that nobody took leave of. Only ours: nobody waits for another's row.
            mine.filter(seen_at__lt=now - FRESH).delete()
        mine.update_or_create(person=viewer.person, ticket_id=ticket_id, defaults={"typing": typing, "seen_at": now})
        if known is None or known.typing != typing or now - known.seen_at > FRESH:
            tell(topics.desk_ticket(number))


def left(viewer: Actor, ticket_id: int) -> None:
    """The agent closed the ticket."""
    number = _number(viewer, ticket_id)
    with transaction.atomic():
        gone, _ = Presence.objects.filter(person_id=viewer.person_id or 0, ticket_id=ticket_id).delete()
        if gone and number is not None:
            tell(topics.desk_ticket(number))


def who_else(viewer: Actor, ticket_id: int) -> list[Presence]:
    """The other agents who have the ticket open, whoever has had it longest first; each with its `person`."""
    if _number(viewer, ticket_id) is None:
        return []
    return who_has_open(viewer, [ticket_id]).get(ticket_id, [])


def who_has_open(viewer: Actor, ticket_ids: Iterable[int]) -> dict[int, list[Presence]]:
    """For a list: who else has which of these tickets open. ticket_ids: of tickets that the viewer is being shown."""
    if not viewer.is_agent:
        return {}
    shown = set(ticket_ids)
    others = [row for row in _others(viewer) if row.ticket_id in shown]
    # Apart and not joined: mostly there is nobody, and SQLite would begin with all the persons.
    agents = people.agents().in_bulk({row.person_id for row in others}) if others else {}
    found: dict[int, list[Presence]] = {}
    for row in others:
        if row.person_id in agents:
            row.person = agents[row.person_id]
            found.setdefault(row.ticket_id, []).append(row)
    return found


_FRESH = Question(
    lambda: (
        Presence.objects.filter(seen_at__gte=Slot("since", DateTimeField()))
        .exclude(person_id=Slot("viewer", BigIntegerField()))
        .order_by("pk")
    )
)


def _others(viewer: Actor) -> list[Presence]:
    """What is fresh, of everybody else."""
    return _FRESH.ask(since=timezone.now() - FRESH, viewer=viewer.person_id or 0)


def _number(viewer: Actor, ticket_id: int) -> int | None:
    """The number of a ticket that this agent may see."""
    if not viewer.is_agent:
        return None
    return visible_tickets(viewer).filter(pk=ticket_id).values_list("number", flat=True).first()
