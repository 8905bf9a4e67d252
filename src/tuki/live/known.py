"""What was found out once and holds until somebody changes something: counts, and parts of pages already drawn.

It is kept in the process that found it, for as long as that process hears of every change (hub.py): where it does not,
nothing is kept and everything is asked anew. What is kept for one viewer says so in its key; whether the viewer may
still see the thing itself is asked of the database every time, by whoever asks here.
"""

import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 8 * 1024 * 1024  # bytes of what is drawn; the rest is small
LONGEST = 60.0  # seconds, for what moves by itself: "3 minutes ago"
_EACH = 2000  # what an entry counts for besides its own length
_TOPICS = 20_000  # remembered one by one; beyond that everything counts as changed


@dataclass(frozen=True)
class _Found:
    value: Any
    about: tuple[str, ...]
    heard: int  # changes that had been heard of before it was looked for
    until: float

    @property
    def weight(self) -> int:
        return _EACH + (sys.getsizeof(self.value) if isinstance(self.value, str | bytes) else 0)


class Known:
    """One for each process. Threads find things out, the loop says what has changed. most: bytes that it may keep."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._hears = False
        self._era = 0
        self._found: OrderedDict[Hashable, _Found] = OrderedDict()
        self._weight = 0
        self._heard = 0
        self._changed: dict[str, int] = {}  # the last change of a topic
        self._all_changed = 0

    def get(
        self,
        key: Hashable,
        about: Iterable[str],
        find: Callable[[], T],
        *,
        anew: bool = False,
        seconds: float = LONGEST,
    ) -> T:
        """What `find` found before, unless one of the topics has changed since; else what it finds now.

        key: all that the answer depends on besides those topics, and the viewer where it is theirs alone. anew: look
        again in any case, for a page that asks because another process has heard of a change already.
        """
        if not self._hears:
            return find()
        now = time.monotonic()
        with self._lock:
            found = None if anew else self._found.get(key)
            if found is not None and found.until > now and self._holds(found):
                self._found.move_to_end(key)
                value: T = found.value
                return value
            heard = self._heard  # what changes while we look makes the answer old at once
        value = find()
        self._keep(key, _Found(value, tuple(about), heard, now + seconds))
        return value

    def _holds(self, found: _Found) -> bool:
        return self._all_changed <= found.heard and all(
            self._changed.get(topic, 0) <= found.heard for topic in found.about
        )

    def _keep(self, key: Hashable, found: _Found) -> None:
        with self._lock:
            if not self._hears:
                return
            self._drop(key)
            self._found[key] = found
            self._weight += found.weight
            while self._weight > self._most:
                self._drop(next(iter(self._found)))

    def _drop(self, key: Hashable) -> None:
        found = self._found.pop(key, None)
        if found is not None:
            self._weight -= found.weight

    def changed(self, topics: Iterable[str]) -> None:
        """Forget what was about these."""
        with self._lock:
            self._heard += 1
            for topic in topics:
                self._changed[topic] = self._heard
            if len(self._changed) > _TOPICS:
                self._changed.clear()
                self._all_changed = self._heard

    @property
    def era(self) -> int | None:
        """Another one each time that changes may have been missed; None while they are not heard of."""
        return self._era if self._hears else None

    def hears(self, hears: bool) -> None:
        """Say that every change is heard of from now on, or no longer. What was known before may be old by now."""
        with self._lock:
            self._hears = hears
            self._era += 1
            self._heard += 1
            self._all_changed = self._heard
            self._found.clear()
            self._weight = 0


KNOWN = Known()
