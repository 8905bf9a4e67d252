"""Reading the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, QuerySet

from tuki.journal.events import Event, read
from tuki.journal.models import Entry
from tuki.lib.questions import Question, Slot


@dataclass(frozen=True)
class Line:
    """One thing that was done. text continues the name: "Root" + "had the mail read again". who: empty for nobody."""

    entry: int
    at: datetime
    who: str
    text: str


_ENTRY = Question(lambda: Entry.objects.filter(pk=Slot("pk", BigIntegerField())).select_related("person"))


def entry(pk: int) -> Entry | None:
    return _ENTRY.first(pk=pk)


def lines(on_kind: str, on_id: int) -> list[Line]:
    """What was done to a thing whose events hold only plain words, oldest first."""
    entries = Entry.objects.filter(on_kind=on_kind, on_id=on_id).select_related("person").order_by("pk")[:200]
    return [
        Line(one.pk, one.at, str(one.person or ""), str(read(one.event, one.data).line) % one.data) for one in entries
    ]


def entries_of(kind: str, pk: int, events: Iterable[type[Event]]) -> QuerySet[Entry]:
    """When these happened to a thing, the newest first."""
    return Entry.objects.filter(on_kind=kind, on_id=pk, event__in=[event.name for event in events]).order_by("-pk")
