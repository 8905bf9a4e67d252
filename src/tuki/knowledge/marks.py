"""The names of the help center's timers, and how often articles are read: no entry is written of that."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock

from django.db import DatabaseError, transaction
from django.db.models import F

from tuki.knowledge.models import Article, Offered, Views
from tuki.people.models import Person

PUBLISH = "knowledge.publish"
UNPUBLISH = "knowledge.unpublish"

_Read = tuple[int, str, date]  # an article, a language, a day


def answered_offer(person: Person, at: datetime) -> None:
    """Somebody who was offered to follow service releases said what they want: they are not asked again."""
    Offered.objects.get_or_create(person=person, defaults={"at": at})


class Tally:
    """What was read and is not written down yet. A process that dies loses what it read since it last wrote.

    most, seconds: it is written down once so much was read, or so much time has gone by, by whoever reads next.
    """

    def __init__(self, most: int = 200, seconds: float = 20.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = Lock()
        self._counts: Counter[_Read] = Counter()
        self._since = clock()

    def add(self, article: int, language: str, day: date) -> None:
        """Count that an article was read, and write it down where it is time to."""
        if self.count(article, language, day):
            self.write()

    def count(self, article: int, language: str, day: date) -> bool:
        """Count that an article was read. Whether it is time to write it down, which nobody does on a server's loop."""
        with self._lock:
            self._counts[article, language, day] += 1
            return self._counts.total() >= self._most or self._clock() - self._since >= self._seconds

    def write(self) -> None:
        """Write down what was counted. Where the database has no time for that, it is kept for the next time."""
        with self._lock:
            counts, self._counts, self._since = self._counts, Counter(), self._clock()
        if not counts:
            return
        try:
            _write(counts)
        except DatabaseError:
            with self._lock:
                self._counts.update(counts)


def _write(counts: "Counter[_Read]") -> None:
    with transaction.atomic():
        there = set(Article.objects.filter(pk__in={read[0] for read in counts}).values_list("pk", flat=True))
        # One order for all: two that write at once wait for each other, and not each for the other.
        for (article, language, day), count in sorted(counts.items()):
            if article in there:
                _add(article, language, day, count)


def _add(article: int, language: str, day: date, count: int) -> None:
    rows = Views.objects.filter(article=article, language=language, day=day)
    if not rows.update(count=F("count") + count):
        Views.objects.bulk_create([Views(article_id=article, language=language, day=day)], ignore_conflicts=True)
        rows.update(count=F("count") + count)


TALLY = Tally()
