"""Writing it down, and letting others hear of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models

from tuki.journal.events import Event
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.lib.changes import Rows


class By(Protocol):
    """Who did it, through which door, and when that counts from."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def via(self) -> Via: ...
    @property
    def at(self) -> datetime: ...


_ENTRIES = Rows(Entry)

Hearer = Callable[[Any, Entry], None]
_HEARERS: dict[type[Event], list[Hearer]] = {}


def hears(*kinds: type[Event]) -> Callable[[Hearer], Hearer]:
    """Call this function with (event, entry) whenever one of these is recorded, inside the same transaction.

    It may write its own app's tables or enqueue a job. It never calls an action.
    """

    def register(hearer: Hearer) -> Hearer:
        for kind in kinds:
            _HEARERS.setdefault(kind, []).append(hearer)
        return hearer

    return register


def record(event: Event, *, on: models.Model, by: By) -> Entry:
    """Write down what was done, in the transaction that does it, and tell those who hear of it."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event.name} was recorded outside the transaction of its change")
    entry = _ENTRIES.add(
        Entry(
            event=event.name,
            data=event.data(),
            on_kind=on._meta.model_name or "",
            on_id=on.pk,
            person_id=by.person_id,
            via=by.via,
            at=by.at,
        )
    )
    for hearer in _HEARERS.get(type(event), ()):
        hearer(event, entry)
    return entry
