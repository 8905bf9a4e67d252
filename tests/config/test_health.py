"""What a monitor is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tuki.jobs.models import Beat, Job, State
from tuki.mail.models import Delivery, RawMail
from tuki.mail.standing import standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return Beat.objects.create(worker="one", at=timezone.now())


def test_all_is_well_while_the_database_answers_and_a_worker_lives(client, worker):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["well"]) == (200, True)


def test_without_a_worker_s_sign_of_life_it_is_not(client, worker):
    Beat.objects.update(at=timezone.now() - timedelta(seconds=31))
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["worker"]) == (503, False)


def test_what_waits_too_long_or_has_failed_is_told(client, worker):
    Job.objects.create(kind="test", run_at=timezone.now() - timedelta(minutes=5))
    Job.objects.create(kind="test", state=State.FAILED)
    told = client.get("/healthz").json()["jobs"]

    assert told["failed"] == 1
    assert 300 <= told["oldest_waiting_seconds"] < 400


def test_what_is_for_later_does_not_wait(client, worker):
    Job.objects.create(kind="test", run_at=timezone.now() + timedelta(minutes=5))

    assert client.get("/healthz").json()["jobs"]["oldest_waiting_seconds"] == 0


def test_probes_ask_nobody_who_they_are(client, worker, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get("/healthz", headers={"Cookie": "sessionid=whatever"})


def test_prometheus_is_told_of_routes_and_jobs_and_of_nobody(client, worker, ada_person):
    Job.objects.create(kind="mail.send", args={"address": "ada@acme.example"})
    client.force_login(ada_person)
    client.get("/healthz")
    told = client.get("/metrics").content.decode()

    assert 'tuki_jobs{kind="mail.send",state="ready"} 1.0' in told
    assert 'tuki_request_seconds_count{route="healthz"' in told
    assert "ada" not in told.replace("tuki_database", "")


def test_how_busy_the_desk_is_concerns_nobody_outside(client, worker):
    outside = {"REMOTE_ADDR": "8.8.8.8"}

    assert client.get("/healthz", **outside).json() == {"well": True}
    assert client.get("/metrics", **outside).status_code == 403


def test_mail_that_waits_is_told(client, worker, desk):
    received = timezone.now() - timedelta(minutes=6)
    RawMail.objects.create(received_at=received, size=1, sha256="x")
    Delivery.objects.create(kind="answer", address="a@b.example", message_id="<1>", due_at=received)
    told = client.get("/healthz").json()["mail"]

    assert 360 <= told["in_waiting_seconds"] < 400
    assert 360 <= told["out_waiting_seconds"] < 400
    assert 'tuki_mail_waiting_seconds{way="in"} 36' in client.get("/metrics").content.decode()


def test_news_to_many_that_still_wait_are_no_alarm(client, worker, desk):
    hours_ago = timezone.now() - timedelta(hours=2)
    Delivery.objects.create(kind="news", bulk=True, address="a@b.example", message_id="<1>", due_at=hours_ago)

    assert client.get("/healthz").json()["mail"]["out_waiting_seconds"] == 0
    assert not standing().is_late
