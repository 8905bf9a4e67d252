"""How work is named, asked for and ended.

A job is a function registered by `@job(kind)`. It does what is slow first (parsing, talking to a mail server), then
enters `ending()`: the transaction in which its database work is done and its own row is deleted. A job that returns
without having entered it is ended by the worker.

    @job("mail.send")
    def send(delivery: int, *, ending: Ending) -> None:
        answer = ...  # the slow part, outside any transaction
        with ending():
            ...  # commits together with the end of the job

Its commit is on disk before anything else is done, unless it says `waits_for_disk=False`. That may be said of work that
nobody outside has seen anything of by then: should the power fail, its row stands there again and it is done once more.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField
from django.utils import timezone

from tuki.jobs.models import Job, State, Timer
from tuki.lib.changes import Removal, Rows
from tuki.lib.questions import Slot

Ending = Callable[[], AbstractContextManager[None]]


class Later(Exception):
    """A job's own word that it must be tried again, at a moment it knows better than the backoff does."""

    def __init__(self, wait: timedelta, why: str) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Kind:
    """A registered function. Call `enqueue(kind, ...)` with it; only the worker runs it."""

    name: str
    run: Callable[..., None]
    priority: int
    attempts: int  # tries before it fails for good
    backoff: timedelta  # before the second try; doubled each time, at most an hour
    waits_for_disk: bool


# A job's priority: of what there may be much at a time, and nobody waits for. From it on, each gives way to others.
BULK = 60

KINDS: dict[str, Kind] = {}
_JOBS = Rows(Job)
_TIMERS = Rows(Timer, one_by=("kind", "subject"))


def job(
    name: str,
    *,
    priority: int = 50,
    attempts: int = 12,
    backoff: timedelta = timedelta(seconds=1),
    waits_for_disk: bool = True,
) -> Callable[[Callable[..., None]], Kind]:
    """Register a function as the work of one kind of job."""

    def register(run: Callable[..., None]) -> Kind:
        if name in KINDS and KINDS[name].run.__module__ != run.__module__:
            raise ValueError(f"two jobs are called {name}")
        KINDS[name] = Kind(name, run, priority, attempts, backoff, waits_for_disk)
        return KINDS[name]

    return register


def enqueue(
    kind: Kind | str,
    *,
    dedupe: str | None = None,
    delay: timedelta = timedelta(),
    priority: int | None = None,
    **args: Any,
) -> None:
    """Ask for work in the current transaction: it is done if, and only if, that commits.

    kind: a registered job, or its name where whoever asks stands below it. dedupe: while a job with this key waits,
    nothing is added. priority: instead of its kind's; low goes first. args: what JSON can hold.
    """
    kind = KINDS[kind] if isinstance(kind, str) else kind
    wanted = Job(
        kind=kind.name,
        args=args,
        priority=kind.priority if priority is None else priority,
        run_at=timezone.now() + delay,
        dedupe_key=dedupe,
    )
    if dedupe is None:
        _JOBS.add(wanted)
    else:
        Job.objects.bulk_create([wanted], ignore_conflicts=True)


def set_timer(kind: str, subject: int, due_at: datetime) -> None:
    """Start or move the one wait of this kind for this subject.

    kind: the name of the job that gets `subject` and `at`; a name, since whoever waits stands below its jobs.
    """
    _TIMERS.add(Timer(kind=kind, subject=subject, due_at=due_at))


def clear_timer(kind: str, subject: int) -> bool:
    """End a wait. True if there was one: whoever cleared it is the one to act on it."""
    return _CLEAR.make(kind=kind, subject=subject) > 0


_CLEAR = Removal(
    lambda: Timer.objects.filter(kind=Slot("kind", CharField()), subject=Slot("subject", BigIntegerField()))
)


def run_again(failed: Job) -> None:
    """Give a job that failed for good a new set of tries."""
    with transaction.atomic():
        Job.objects.filter(pk=failed.pk, state=State.FAILED).update(
            state=State.READY, attempts=0, run_at=timezone.now(), dedupe_key=None
        )
