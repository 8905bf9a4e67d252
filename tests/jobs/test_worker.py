"""Doing work: at least once, in order, by one at a time, whoever dies."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests import nodes
from tuki.jobs.models import Beat, Job, State, Timer
from tuki.jobs.queue import BULK, Later, enqueue, job, set_timer
from tuki.jobs.worker import LEASE, Worker, claim, reap, ring, run, run_ready

done = []


@pytest.fixture(autouse=True)
def _nothing_done(db):
    done.clear()


@job("test.work")
def work(name="", *, ending):
    done.append(name)


@job("test.urgent", priority=10)
def urgent(name="", *, ending):
    done.append(name)


@job("test.bulk", priority=BULK)
def bulk(name="", asks=False, *, ending):
    """May ask for something that is more urgent."""
    done.append(name)
    if asks:
        enqueue(work, name="asked for")


@job("test.marking")
def marking(subject, *, ending):
    """Leaves a mark in the database that can be counted."""
    with ending():
        Timer.objects.create(kind="mark", subject=subject, due_at=timezone.now() + timedelta(days=1))


def marks():
    return Timer.objects.filter(kind="mark").count()


@pytest.fixture
def started():
    """Start a worker; it stops with the test, also with one that fails."""
    workers = []

    def start(threads):
        workers.append(Worker(threads=threads))
        workers[-1].start()
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()


@job("test.broken", attempts=3)
def broken(*, ending):
    raise LookupError("no such thing")


@job("test.half")
def half(*, ending):
    with ending():
        Timer.objects.create(kind="mark", subject=1, due_at=timezone.now())
        raise LookupError


@job("test.later", attempts=1)
def later(*, ending):
    raise Later(timedelta(hours=3), "the server asked for it")


@job("test.due")
def due(subject, at, *, ending):
    done.append((subject, at))


def only_job():
    return Job.objects.get()


def test_the_urgent_goes_first_and_then_the_oldest():
    enqueue(work, name="first")
    enqueue(work, name="second")
    enqueue(urgent, name="urgent")

    run_ready()

    assert done == ["urgent", "first", "second"]


def test_what_is_for_later_waits():
    enqueue(work, delay=timedelta(minutes=1), name="later")

    assert run_ready() == 0
    assert only_job().state == State.READY


def test_a_job_that_is_done_is_gone():
    enqueue(work)
    run_ready()

    assert not Job.objects.exists()


def test_a_job_s_work_and_its_end_are_one():
    enqueue(half)
    run(claim("me")[0])

    assert only_job().state == State.READY
    assert not Timer.objects.exists()


def test_what_fails_is_tried_again_after_a_wait_that_doubles():
    enqueue(broken)
    waits = []
    for _ in range(2):
        Job.objects.update(run_at=timezone.now())
        run(claim("me")[0])
        waits.append(only_job().run_at - timezone.now())

    assert only_job().last_error == "LookupError: no such thing"
    assert timedelta(seconds=0.5) < waits[0] < timedelta(seconds=1) < waits[1] < timedelta(seconds=2)


def test_what_fails_at_every_try_is_kept_as_failed():
    enqueue(broken)
    for _ in range(3):
        Job.objects.update(run_at=timezone.now())
        run(claim("me")[0])

    assert (only_job().state, only_job().attempts) == (State.FAILED, 3)
    assert claim("me") == []


def test_a_job_of_an_unknown_kind_is_kept_as_failed():
    Job.objects.create(kind="from.another.version")
    run_ready()

    assert only_job().state == State.FAILED


def test_a_job_may_choose_its_own_next_moment_and_that_is_no_failure():
    enqueue(later)
    run_ready()

    assert only_job().state == State.READY
    assert only_job().run_at - timezone.now() > timedelta(hours=2)
    assert only_job().last_error == "the server asked for it"


@job("test.waits", attempts=3)
def waits(*, ending):
    if Job.objects.get().last_error != "the server asked for it, long enough":
        raise Later(timedelta(), "the server asked for it")
    raise LookupError("no such thing")


def test_to_ask_for_another_moment_uses_up_no_try():
    enqueue(waits)
    for _ in range(5):
        run(claim("me")[0])
    assert (only_job().state, only_job().attempts) == (State.READY, 0)

    Job.objects.update(last_error="the server asked for it, long enough")
    run(claim("me")[0])

    assert (only_job().state, only_job().attempts) == (State.READY, 1)


def test_two_jobs_with_one_key_survive_when_the_first_is_tried_again():
    enqueue(broken, dedupe="same")
    claimed = claim("me")[0]
    enqueue(broken, dedupe="same")

    run(claimed)

    assert Job.objects.filter(state=State.READY).count() == 2


def test_whoever_was_taken_for_dead_leaves_no_trace():
    enqueue(marking, subject=1)
    slow = claim("slow")[0]
    reap(timezone.now() + LEASE * 2)
    quick = claim("quick")[0]

    run(slow)
    assert not Timer.objects.exists()
    run(quick)
    assert Timer.objects.count() == 1
    run(slow)
    assert Timer.objects.count() == 1


def test_a_worker_taken_for_dead_cannot_send_back_what_another_has():
    enqueue(broken)
    slow = claim("slow")[0]
    reap(timezone.now() + LEASE * 2)
    claim("quick")

    run(slow)

    assert (only_job().state, only_job().worker) == (State.RUNNING, "quick")


def test_whoever_keeps_their_lease_keeps_the_job():
    enqueue(work)
    claim("me")

    assert reap() == 0


def test_a_job_that_goes_on_killing_its_workers_is_kept_as_failed():
    enqueue(broken)
    for _ in range(3):
        claim("victim")
        reap(timezone.now() + LEASE * 2)

    assert only_job().state == State.FAILED


def test_a_moment_that_has_come_becomes_a_job_once_and_its_row_stays():
    moment = timezone.now()
    set_timer("test.due", 7, moment)
    set_timer("test.due", 8, moment + timedelta(hours=1))

    assert ring() == 1
    assert ring() == 0
    run_ready()

    assert done == [(7, moment.isoformat())]
    assert Timer.objects.count() == 2


def test_a_moment_of_an_unknown_kind_does_not_keep_others_from_coming():
    set_timer("from.another.version", 1, timezone.now())
    set_timer("test.due", 7, timezone.now())
    run_ready()

    assert [subject for subject, _ in done] == [7]


@pytest.mark.django_db(transaction=True)
def test_no_job_is_claimed_by_two():
    for number in range(60):
        enqueue(work, name=number)
    claimed = []

    def take(worker):
        while mine := claim(worker, 3):
            claimed.extend(one.id for one in mine)
        connection.close()

    threads = [threading.Thread(target=take, args=(f"worker {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == len(set(claimed)) == 60


@pytest.mark.django_db(transaction=True)
def test_no_more_is_claimed_than_was_asked_for():
    for number in range(20):
        enqueue(work, name=number)

    assert len(claim("me", 3)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_waits_gives_a_sign_of_life_and_stops(started):
    for number in range(30):
        enqueue(marking, subject=number)
    worker = started(threads=2)
    until(lambda: marks() == 30 and Beat.objects.exists())
    worker.stop()

    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_slow_job_does_not_hold_up_what_was_claimed_with_it(started):
    hold = threading.Event()

    @job("test.slow")
    def slow(*, ending):
        hold.wait(20)

    enqueue(slow)
    for number in range(3):
        enqueue(marking, subject=number)
    worker = started(threads=1)
    until(lambda: Job.objects.filter(state=State.RUNNING).count() == 4)
    threading.Timer(1.5, hold.set).start()
    until(lambda: not Job.objects.exists())
    worker.stop()

    assert marks() == 3


@pytest.mark.django_db(transaction=True)
def test_what_somebody_waits_for_comes_before_the_rest_of_what_nobody_does(started):
    for number in range(8):
        enqueue(bulk, name=number, asks=number == 2)
    started(threads=1)
    until(lambda: len(done) == 9)

    assert done == [0, 1, 2, "asked for", 3, 4, 5, 6, 7]


@pytest.mark.django_db(transaction=True)
def test_what_was_claimed_with_a_job_that_hangs_is_done_by_another_thread_meanwhile(started):
    hold = threading.Event()

    @job("test.hangs")
    def hangs(*, ending):
        hold.wait(20)

    enqueue(hangs)
    for number in range(5):
        enqueue(marking, subject=number)
    worker = started(threads=2)
    until(lambda: marks() == 5)
    assert Job.objects.get().state == State.RUNNING  # and it still hangs
    hold.set()
    until(lambda: not Job.objects.exists())
    worker.stop()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_gives_back_what_it_has_not_begun(started):
    hold = threading.Event()

    @job("test.held")
    def held(*, ending):
        hold.wait(20)

    enqueue(held)
    enqueue(work, dedupe="key")
    worker = started(threads=1)
    until(lambda: Job.objects.filter(state=State.RUNNING).count() == 2)
    enqueue(work, dedupe="key")  # meanwhile another with the same key waits
    threading.Timer(0.2, hold.set).start()
    worker.stop()

    assert Job.objects.filter(state=State.READY, attempts=0).count() == 2
    assert done == []


KILLED = """
import sys, time
from tuki.jobs.models import Timer
from tuki.jobs.queue import job
from tuki.jobs.worker import Worker
from django.utils import timezone

@job("test.marking")
def marking(subject, *, ending):
    if sys.argv[1] == "before":
        print("begun", flush=True)
        time.sleep(60)
    with ending():
        Timer.objects.create(kind="mark", subject=subject, due_at=timezone.now())
        print("begun", flush=True)
        time.sleep(60)

Worker(threads=1).start()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before", "inside"])
def test_a_job_whose_worker_is_killed_is_done_by_another_exactly_once(tmp_path, moment):
    with transaction.atomic():
        enqueue(marking, subject=1)
    with nodes.running(KILLED, tmp_path, moment) as worker:
        nodes.wait_for("begun", worker)
        worker.kill()
        worker.wait()

    assert marks() == 0
    assert run_ready() == 0  # nobody knows yet that it died
    reap(timezone.now() + LEASE * 2)
    run_ready()

    assert marks() == 1
    assert not Job.objects.exists()


def until(holds):
    """Wait for what other threads bring about; they have half a minute."""
    patience = threading.Event()
    for _ in range(600):
        if holds():
            return
        patience.wait(0.05)
    raise AssertionError("it did not come about")
