"""What goes out, and what became of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Min, Q, QuerySet
from django.utils import timezone

from tuki.lib.questions import OneOf, Question, Slot
from tuki.mail.models import LATE_AFTER, LOST, OPEN, Delivery, State


def deliveries_of(messages: Iterable[int]) -> dict[int, list[Delivery]]:
    """The mails by which each of these messages was told, without their texts."""
    found: dict[int, list[Delivery]] = {}
    rows = Delivery.objects.filter(message__in=list(messages)).defer("text", "html").order_by("pk")
    for delivery in rows:
        found.setdefault(delivery.message or 0, []).append(delivery)
    return found


_OF_THREAD = Question(
    lambda: (
        Delivery.objects.filter(thread=Slot("thread", BigIntegerField()), message__isnull=False)
        .defer("text", "html")
        .order_by("pk")
    )
)


def deliveries_of_thread(thread: int) -> dict[int, list[Delivery]]:
    """As `deliveries_of`, for all messages of a thread."""
    found: dict[int, list[Delivery]] = {}
    for delivery in _OF_THREAD.ask(thread=thread):
        found.setdefault(delivery.message or 0, []).append(delivery)
    return found


_STATES = Question(
    lambda: (
        Delivery.objects.filter(thread=Slot("thread", BigIntegerField()))
        .order_by("pk")
        .values_list("pk", "state", "tries", "came_back_at")
    )
)


def states_of_deliveries(thread: int) -> tuple[tuple[Any, ...], ...]:
    """How far each mail of a thread has come: the same as before, where nothing has become of any."""
    return tuple(_STATES.ask(thread=thread))


_KINDS, _SINCE = OneOf("kind", "kinds", CharField()), Slot("since", DateTimeField())
_TOLD = Question(
    lambda: (
        Delivery.objects.filter(_KINDS, address=Slot("address", CharField()), made_at__gte=_SINCE)
        .order_by("-pk")
        .values_list("thread", "subject")[:100]
    )
)


def told_lately(kinds: Iterable[str], address: str, *, since: datetime) -> list[tuple[int | None, str]]:
    """What this address was told of by mails of these kinds, each as thread and subject; of at most a hundred."""
    return _TOLD.ask(address=address.lower(), kinds=list(kinds), since=since)


def how_many_told(kinds: Iterable[str], *, since: datetime, at_most: int) -> int:
    """How many mails of these kinds were made lately, to whomever; counted up to a number."""
    told = Delivery.objects.filter(kind__in=list(kinds), made_at__gte=since)
    return told.values("pk")[:at_most].count()


@dataclass(frozen=True)
class Outstanding:
    """Of mails that all tell of one entry: how many have waited too long to leave, the oldest since when, and how many
    did not arrive."""

    late: int
    since: datetime | None
    lost: int


def outstanding(kind: str, entries: Collection[int]) -> dict[int, Outstanding]:
    """What has not come of the mails of a kind that tell of these entries; nothing of an entry whose mails all went."""
    late = Q(state__in=OPEN, made_at__lt=timezone.now() - LATE_AFTER)
    rows = Delivery.objects.filter(late | Q(state__in=LOST), kind=kind, entry__in=entries).order_by()
    counted = rows.values_list("entry").annotate(
        late=Count("pk", filter=late), since=Min("made_at", filter=late), lost=Count("pk", filter=Q(state__in=LOST))
    )
    return {entry: Outstanding(late, since, lost) for entry, late, since, lost in counted}


def was_posted(kind: str, address: str, *, since: datetime) -> bool:
    """Whether this address got such a mail lately."""
    return Delivery.objects.filter(address=address.lower(), kind=kind, made_at__gte=since).exists()


def delivery_named(message_id: str) -> Delivery | None:
    """The mail of ours with this Message-ID."""
    return Delivery.objects.filter(message_id=message_id).first() if message_id else None


def outbox() -> QuerySet[Delivery]:
    """All mail made for others, the newest first."""
    return Delivery.objects.order_by("-pk")


def undelivered(author: int) -> QuerySet[Delivery]:
    """What this agent wrote and did not arrive, the newest first, until somebody has seen to it."""
    lost = Delivery.objects.filter(author=author, seen_to_at=None, state__in=LOST)
    return lost.defer("html").order_by("-pk")


_DELIVERY = Question(lambda: Delivery.objects.filter(pk=Slot("delivery", BigIntegerField())))


def delivery(pk: int) -> Delivery | None:
    return _DELIVERY.first(delivery=pk)


_MADE_TO_PERSON = Question(
    lambda: Delivery.objects.filter(
        entry=Slot("entry", BigIntegerField()),
        person=Slot("person", BigIntegerField()),
        kind=Slot("kind", CharField()),
    ).values_list("pk")
)
_MADE_TO_ADDRESS = Question(
    lambda: Delivery.objects.filter(
        entry=Slot("entry", BigIntegerField()),
        address=Slot("address", CharField()),
        kind=Slot("kind", CharField()),
    ).values_list("pk")
)


def is_made(entry: int, person: int | None, address: str, kind: str) -> bool:
    """Whether an entry's mail of this kind is made already, to this person or, where there is none, this address."""
    if person is not None:
        return bool(_MADE_TO_PERSON.ask(entry=entry, person=person, kind=kind))
    return bool(_MADE_TO_ADDRESS.ask(entry=entry, address=address, kind=kind))


def news_wait_since() -> datetime | None:
    """When the oldest mail to followers was to leave that has not, where that is too long ago."""
    waiting = Delivery.objects.filter(state=State.WAITING, bulk=True, due_at__lt=timezone.now() - LATE_AFTER)
    return waiting.order_by("pk").values_list("due_at", flat=True).first()
