"""Asking for work, and for moments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from tuki.jobs.models import Job, State, Timer
from tuki.jobs.queue import clear_timer, enqueue, job, run_again, set_timer

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@job("test.queue", priority=20)
def work(*, ending, **args):
    pass


@pytest.mark.django_db
def test_work_is_asked_for_if_and_only_if_its_change_commits():
    with transaction.atomic():
        enqueue(work, delivery=1)
        transaction.set_rollback(True)
    with transaction.atomic():
        enqueue(work, delivery=2)

    assert [asked.args for asked in Job.objects.all()] == [{"delivery": 2}]


@pytest.mark.django_db
def test_while_a_job_with_the_same_key_waits_another_changes_nothing():
    enqueue(work, dedupe="ticket 1")
    enqueue(work, dedupe="ticket 1")
    enqueue(work, dedupe="ticket 2")

    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_once_a_job_runs_another_with_its_key_may_wait():
    enqueue(work, dedupe="ticket 1")
    Job.objects.update(state=State.RUNNING)
    enqueue(work, dedupe="ticket 1")

    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_wait_that_is_set_again_moves():
    set_timer("test.queue", 7, NOON)
    Timer.objects.update(queued=True)
    set_timer("test.queue", 7, NOON + timedelta(days=1))

    assert [(timer.due_at, timer.queued) for timer in Timer.objects.all()] == [(NOON + timedelta(days=1), False)]


@pytest.mark.django_db
def test_only_the_one_who_ends_a_wait_is_told_that_there_was_one():
    set_timer("test.queue", 7, NOON)

    assert clear_timer("test.queue", 7)
    assert not clear_timer("test.queue", 7)


@pytest.mark.django_db
def test_a_job_that_failed_for_good_gets_a_new_set_of_tries():
    enqueue(work)
    Job.objects.update(state=State.FAILED, attempts=12)

    run_again(Job.objects.get())

    assert Job.objects.values_list("state", "attempts").get() == (State.READY, 0)


def test_two_jobs_cannot_have_one_name():
    with pytest.raises(ValueError, match=r"test\.queue"):
        job("test.queue")(_of_another_module())


def _of_another_module():
    def other(*, ending):
        pass

    other.__module__ = "another"
    return other
