"""What the disk must have before anything else is done, and what it may have a moment later."""

import pytest
from django.db import connection, transaction

from tuki.jobs import worker
from tuki.jobs.queue import KINDS, enqueue, job

pytestmark = pytest.mark.django_db(transaction=True)

seen = []


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


def waits():
    """Whether a commit of this thread would wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return cursor.fetchone()[0] in {2, "on"}


def look(*, ending):
    seen.append(waits())
    with ending():
        seen.append(waits())


job("test.patient")(look)
job("test.impatient", waits_for_disk=False)(look)


@job("test.stumbling", waits_for_disk=False)
def stumbling(*, ending):
    with ending():
        raise LookupError


@job("test.cut_off", waits_for_disk=False)
def cut_off(*, ending):
    connection.close()
    seen.append(waits())


def test_work_waits_for_the_disk_unless_it_says_that_it_need_not():
    enqueue("test.patient")
    enqueue("test.impatient")
    worker.run_ready()

    assert seen == [True, True, False, False]


@pytest.mark.parametrize("kind", ["test.impatient", "test.stumbling", "test.cut_off"])
def test_whoever_comes_after_it_waits_again_however_it_ended(kind):
    enqueue(kind)
    worker.run_ready()

    assert waits()


def test_work_done_within_somebody_s_change_waits_as_that_does():
    with transaction.atomic():
        enqueue("test.impatient")
        worker.run_ready()

    assert seen == [True, True]


def test_a_claim_waits_for_the_disk_so_that_nothing_leaves_which_could_be_forgotten():
    enqueue("test.impatient")
    enqueue("test.patient")
    for claimed in worker.claim("me"):
        worker.run(claimed)
        seen.append(waits())

    assert seen == [False, False, True, True, True, True]


def test_only_work_that_nobody_outside_has_seen_anything_of_ends_before_the_disk_has_it():
    ours = {name for name, kind in KINDS.items() if kind.run.__module__.startswith("tuki.")}

    assert {name for name in ours if not KINDS[name].waits_for_disk} == {
        "mail.decide",
        "mail.lane",
        "notifications.tell",
        "tickets.send_draft",
    }
