"""Housekeeping: what any worker does once a day, in small helpings."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from tuki.jobs.models import Timer
from tuki.jobs.queue import Ending, Kind, job, set_timer

_DAY = timedelta(days=1)
_NAMES: list[str] = []


def daily(name: str) -> Callable[[Callable[[datetime], bool]], Kind]:
    """Register a function that tidies up one helping, as of a moment, and says whether there is more."""

    def register(tidy: Callable[[datetime], bool]) -> Kind:
        def run(subject: int, at: str, *, ending: Ending) -> None:
            now = timezone.now()
            with ending():
                more = tidy(now)
                set_timer(name, subject, now if more else now + _DAY)

        run.__module__ = tidy.__module__
        _NAMES.append(name)
        return job(name, priority=90)(run)

    return register


def arm() -> None:
    """Start the waits that never began, and those whose work failed for good days ago."""
    for name in _NAMES:
        Timer.objects.get_or_create(kind=name, subject=0, defaults={"due_at": timezone.now() + timedelta(minutes=1)})
    stuck = Timer.objects.filter(kind__in=_NAMES, queued=True, due_at__lt=timezone.now() - 2 * _DAY)
    stuck.update(queued=False, due_at=timezone.now())
