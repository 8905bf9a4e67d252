"""The worker: takes what is ready, does it, and survives whatever it does.

Any number of workers may run, in any number of processes and on any number of nodes. A claim is a lease that the
claiming process renews while it works; the lease of a worker that died runs out and its jobs are taken again. A worker
that was only slow finds its fence (worker, attempts) broken when it wants to end the job, and its work is rolled back.

A claim is on disk before the work begins, and with it all that the work is based on: so nothing leaves the house that
the house could have forgotten after a power cut, though most jobs don't wait for the disk when they end.
"""

import json
import logging
import os
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, IntegerField, SmallIntegerField
from django.utils import timezone

from tuki.jobs.daily import arm
from tuki.jobs.models import Beat, Job, State, Timer
from tuki.jobs.queue import BULK, KINDS, Later
from tuki.lib.changes import Removal
from tuki.lib.disk import not_waited_for
from tuki.lib.questions import Question, Slot

log = logging.getLogger("tuki.jobs")

LEASE = timedelta(seconds=30)
POLL = 0.1  # seconds between looks at an empty queue
BATCH = 10  # jobs claimed at once
SLOW = 1.0  # seconds; those claimed with a job that takes longer are given back
FORGOTTEN = timedelta(days=1)  # after which nobody asks for a dead worker's last beat


class LeaseLost(Exception):
    """The job was taken for abandoned and given to another worker."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker."""

    id: int
    kind: str
    args: dict[str, Any]
    attempts: int
    worker: str
    priority: int

    def row(self) -> Any:
        return Job.objects.filter(pk=self.id, worker=self.worker, attempts=self.attempts, state=State.RUNNING)


_READY = Question(
    lambda: Job.objects.filter(state=State.READY, run_at__lte=Slot("now", DateTimeField())).values_list("pk")[:1]
)
_MORE_URGENT = Question(
    lambda: Job.objects.filter(
        state=State.READY,
        priority__lt=Slot("priority", SmallIntegerField()),
        run_at__lte=Slot("now", DateTimeField()),
    ).values_list("pk")[:1]
)
_ENDED = Removal(
    lambda: Job.objects.filter(
        pk=Slot("job", BigIntegerField()),
        worker=Slot("worker", CharField()),
        attempts=Slot("attempts", IntegerField()),
        state=State.RUNNING,
    )
)
_DUE = Question(
    lambda: Timer.objects.filter(queued=False, due_at__lte=Slot("now", DateTimeField())).values_list("pk")[:1]
)


def claim(worker: str, limit: int = BATCH) -> list[Claim]:
    """Take up to `limit` ready jobs, the most urgent first. The same statement serves both databases."""
    if not _READY.ask(now=timezone.now()):
        return []  # a look costs SQLite no write lock
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    now = timezone.now()
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH urgent AS MATERIALIZED (  -- else PostgreSQL may ask it more than once, and take more than `limit`
                SELECT id FROM jobs_job WHERE state = 'ready' AND run_at <= %s
                ORDER BY priority, run_at, id LIMIT %s {skip}
            )
            UPDATE jobs_job SET state = 'running', attempts = attempts + 1, worker = %s, lease_until = %s
            WHERE id IN (SELECT id FROM urgent)
            RETURNING id, kind, args, attempts, priority
            """,
            [moment(now), limit, worker, moment(now + LEASE)],
        )
        rows = cursor.fetchall()
    rows.sort(key=lambda row: (row[4], row[0]))
    return [
        Claim(pk, kind, json.loads(args) if isinstance(args, str) else args, attempts, worker, priority)
        for pk, kind, args, attempts, priority in rows
    ]


def run(claimed: Claim) -> None:
    """Do one job. Whatever it raises is written on its row, and it is tried again later."""
    kind = KINDS.get(claimed.kind)
    ended = False

    @contextmanager
    def ending() -> Iterator[None]:
        nonlocal ended
        with transaction.atomic():
            # First, so that on PostgreSQL a reaper waits for us, and we for nobody.
            if not _ENDED.make(job=claimed.id, worker=claimed.worker, attempts=claimed.attempts):
                raise LeaseLost
            yield
        ended = True

    try:
        if kind is None:
            raise LookupError(f"no job is called {claimed.kind}")
        with nullcontext() if kind.waits_for_disk else not_waited_for():
            kind.run(**claimed.args, ending=ending)
            if not ended:
                with ending():
                    pass
    except LeaseLost:
        log.warning("job %s %s was taken over by another worker", claimed.kind, claimed.id)
    except Later as later:
        _try_again(claimed, str(later), later.wait, used_up=claimed.attempts - 1)  # to wait is no try
    except Exception as error:
        log.exception("job %s %s failed", claimed.kind, claimed.id, extra={"attempt": claimed.attempts})
        if kind is None or claimed.attempts >= kind.attempts:
            claimed.row().update(state=State.FAILED, last_error=_said(error), lease_until=None)
        else:
            wait = min(kind.backoff * 2 ** (claimed.attempts - 1), timedelta(hours=1))
            _try_again(claimed, _said(error), wait, used_up=claimed.attempts)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def _try_again(claimed: Claim, why: str, wait: timedelta, *, used_up: int) -> None:
    """Back to the queue. Its dedupe key is given up: a job with the same key may wait already.

    used_up: the tries that count.
    """
    run_at = timezone.now() + wait
    claimed.row().update(
        state=State.READY, run_at=run_at, attempts=used_up, last_error=why, lease_until=None, dedupe_key=None
    )


def reap(now: datetime | None = None) -> int:
    """Give back the jobs of workers that died. A job that goes on killing its workers fails for good."""
    lapsed = Job.objects.filter(state=State.RUNNING, lease_until__lt=now or timezone.now())
    given_back = 0
    for job in lapsed:
        kind = KINDS.get(job.kind)
        tries_left = kind is not None and job.attempts < kind.attempts
        given_back += lapsed.filter(pk=job.pk, attempts=job.attempts).update(
            state=State.READY if tries_left else State.FAILED,
            lease_until=None,
            dedupe_key=None,
            last_error="the worker that had it died",
        )
    return given_back


def ring(now: datetime | None = None) -> int:
    """Make jobs of the timers that are due."""
    now = now or timezone.now()
    if not _DUE.ask(now=now):
        return 0
    with transaction.atomic():
        due = list(Timer.objects.select_for_update().filter(queued=False, due_at__lte=now).order_by("due_at")[:200])
        Job.objects.bulk_create(
            Job(
                kind=timer.kind,
                args={"subject": timer.subject, "at": timer.due_at.isoformat()},
                priority=KINDS[timer.kind].priority if timer.kind in KINDS else 50,
            )
            for timer in due
        )
        Timer.objects.filter(pk__in=[timer.pk for timer in due]).update(queued=True)
    return len(due)


def run_ready(limit: int = 1000) -> int:
    """Do what is ready now, in this thread, until nothing is (for tests, the demo and imports)."""
    done = 0
    while done < limit:
        ring()
        claims = claim("here", 50)
        if not claims:
            break
        for claimed in claims:
            run(claimed)
            done += 1
    return done


class _Hand:
    """What one thread has claimed. What it has not begun is taken once: by the thread, or to be given back."""

    def __init__(self, claims: list[Claim]) -> None:
        self.held = {claimed.id for claimed in claims}  # whose leases are kept
        self._waiting = deque(claims)
        self._began = time.monotonic()

    @property
    def is_slow(self) -> bool:
        return time.monotonic() - self._began > SLOW

    def take(self) -> Claim | None:
        self._began = time.monotonic()
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def gives_way(self, done: Claim) -> bool:
        """Whether what is left comes behind something that has become ready since. The most urgent is done first."""
        if done.priority < BULK or not self._waiting:
            return False
        return bool(_MORE_URGENT.ask(priority=BULK, now=timezone.now()))

    def let_go(self) -> list[Claim]:
        taken = []
        with suppress(IndexError):
            while True:
                taken.append(self._waiting.pop())
        self.held = self.held.difference(claimed.id for claimed in taken)
        return taken


class Worker:
    """Threads that work until told to stop, and one that keeps their leases, rings timers and reaps.

    threads: how many jobs are done at once.
    """

    def __init__(self, threads: int = 2) -> None:
        self._hands: dict[str, _Hand] = {}  # of each thread: what an error lets fall is taken again by somebody
        self.name = f"{os.uname().nodename[:30]}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._looking = threading.Lock()  # while one of us finds nothing, the others need not look
        self._stop = threading.Event()
        self._has_worked = threading.Event()  # since the disk was last waited for
        self._threads = [
            threading.Thread(target=self._work, args=(f"{self.name}:{i}",), name=f"worker-{i}") for i in range(threads)
        ]
        self._threads.append(threading.Thread(target=self._keep, name="worker-keeper"))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 20) -> None:
        """Finish what is in hand, take nothing new."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout)

    def _work(self, name: str) -> None:
        while not self._stop.is_set():
            try:
                with self._looking:
                    claims = claim(name)
                    if not claims:
                        self._stop.wait(POLL)
                self._do(name, claims)
            except Exception:  # the database is locked, was restarted, is gone: it comes back
                log.exception("the worker let jobs fall")
                close_old_connections()
                self._stop.wait(1)
            finally:
                self._hands.pop(name, None)
        connection.close()

    def _do(self, name: str, claims: list[Claim]) -> None:
        """One after the other. While one is slow, the keeper leaves the rest to whoever is free."""
        hand = self._hands[name] = _Hand(claims)
        while claimed := hand.take():
            run(claimed)
            self._has_worked.set()
            if self._stop.is_set() or hand.gives_way(claimed):
                _give_back(hand.let_go())

    def _let_go(self) -> None:
        for hand in list(self._hands.values()):
            if hand.is_slow:
                _give_back(hand.let_go())

    def _settle(self) -> None:
        """See that what was done a moment ago is on disk too, where nobody has claimed anything since."""
        if self._has_worked.is_set():
            self._has_worked.clear()
            Beat.objects.filter(worker=self.name).update(at=timezone.now())

    def _keep(self) -> None:
        armed = False
        while not self._stop.is_set():
            try:
                if not armed:
                    arm()
                    armed = True
                now = timezone.now()
                held = set[int]().union(*(hand.held for hand in list(self._hands.values())))
                mine = Job.objects.filter(pk__in=held, state=State.RUNNING, worker__startswith=self.name)
                mine.update(lease_until=now + LEASE)
                reap(now)
                Beat.objects.update_or_create(worker=self.name, defaults={"at": now})
                Beat.objects.filter(at__lt=now - FORGOTTEN).delete()
                for _ in range(20):
                    ring()
                    self._let_go()
                    self._settle()
                    if self._stop.wait(LEASE.total_seconds() / 100):
                        break
            except Exception:
                log.exception("the worker's keeper stumbled")
                close_old_connections()
                self._stop.wait(1)
        connection.close()


def _give_back(claims: list[Claim]) -> None:
    """As if they had never been taken. Their keys are given up: jobs with the same may wait by now."""
    for claimed in claims:
        claimed.row().update(state=State.READY, lease_until=None, attempts=claimed.attempts - 1, dedupe_key=None)
