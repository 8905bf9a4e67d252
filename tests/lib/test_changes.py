from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BigIntegerField, CharField, DateTimeField, F
from django.utils import timezone

from tuki.jobs.models import Job, State, Timer
from tuki.lib.changes import Change, Removal, Rows
from tuki.lib.questions import Slot
from tuki.mail.models import RawBytes, RawMail

pytestmark = pytest.mark.django_db

NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def test_what_is_added_is_what_was_given_and_knows_its_id():
    added = Rows(Job).add(Job(kind="test", args={"ticket": 12, "ä": ["ö"]}, run_at=NOON))

    assert Job.objects.get() == added
    kept = Job.objects.get(pk=added.pk)
    assert (kept.kind, kept.args, kept.state, kept.run_at) == ("test", {"ticket": 12, "ä": ["ö"]}, State.READY, NOON)
    assert kept.lease_until is None


def test_several_are_added_at_once_each_with_its_own_id(django_assert_num_queries):
    jobs = [Job(kind=kind) for kind in ("first", "second", "third")]

    with django_assert_num_queries(1):
        Rows(Job).add_all(jobs)

    assert [Job.objects.get(pk=job.pk).kind for job in jobs] == ["first", "second", "third"]


def test_of_no_rows_nothing_is_written(django_assert_num_queries):
    with django_assert_num_queries(0):
        Rows(Job).add_all([])


def test_a_row_that_is_known_by_anothers_id_is_added_too():
    mail = RawMail.objects.create(received_at=NOON, size=3)

    Rows(RawBytes).add(RawBytes(raw_mail=mail, content=b"\x00hi"))

    assert bytes(RawBytes.objects.get(pk=mail.pk).content) == b"\x00hi"


def test_what_is_saved_is_all_that_the_row_holds():
    rows = Rows(Job)
    job, other = rows.add(Job(kind="test")), rows.add(Job(kind="other"))

    job.args, job.lease_until = {"done": True}, NOON
    rows.save(job)

    assert Job.objects.values_list("args", "lease_until").get(pk=job.pk) == ({"done": True}, NOON)
    assert Job.objects.values_list("args", "lease_until").get(pk=other.pk) == ({}, None)


def test_what_is_no_longer_there_cannot_be_saved():
    rows = Rows(Job)
    job = rows.add(Job(kind="test"))
    Job.objects.all().delete()

    with pytest.raises(ObjectDoesNotExist):
        rows.save(job)
    assert not Job.objects.exists()


def test_of_rows_that_are_one_by_some_fields_the_last_stays():
    timers = Rows(Timer, one_by=("kind", "subject"))
    first = timers.add(Timer(kind="test", subject=1, due_at=NOON, queued=True))
    timers.add(Timer(kind="test", subject=2, due_at=NOON))

    again = timers.add(Timer(kind="test", subject=1, due_at=NOON + timedelta(days=1)))

    assert again.pk == first.pk
    assert list(Timer.objects.order_by("subject").values_list("subject", "due_at", "queued")) == [
        (1, NOON + timedelta(days=1), False),
        (2, NOON, False),
    ]


def test_a_change_meets_the_rows_it_is_about_and_no_others():
    Rows(Job).add_all([Job(kind="a", attempts=1), Job(kind="b", attempts=1), Job(kind="b", attempts=5)])
    change = Change(
        lambda: Job.objects.filter(kind=Slot("kind", CharField())).order_by("pk"),
        attempts=F("attempts") + 1,
        lease_until=Slot("until", DateTimeField()),
        last_error="",
    )

    assert change.make(kind="b", until=NOON) == 2
    assert change.make(kind="c", until=NOON) == 0
    found = list(Job.objects.order_by("pk").values_list("attempts", "lease_until"))
    assert found == [(1, None), (2, NOON), (6, NOON)]


def test_a_removal_takes_the_rows_it_is_about_and_no_others():
    kept, gone = Rows(Job).add(Job(kind="test")), Rows(Job).add(Job(kind="test"))
    removal = Removal(lambda: Job.objects.filter(pk=Slot("job", BigIntegerField()), state=State.READY))

    assert removal.make(job=gone.pk) == 1
    assert removal.make(job=gone.pk) == 0
    assert list(Job.objects.all()) == [kept]


def test_sql_is_made_once(django_assert_num_queries):
    made = []
    change = Change(lambda: made.append(1) or Job.objects.filter(pk=Slot("job", BigIntegerField())), attempts=0)

    with django_assert_num_queries(3):
        for job in range(3):
            change.make(job=job)
    assert made == [1]
