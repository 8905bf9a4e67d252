"""Housekeeping is done once a day, by whichever worker comes first, until nothing is left."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tuki.jobs import daily
from tuki.jobs.models import Timer
from tuki.jobs.worker import run_ready
from tuki.mail.models import Delivery


@pytest.fixture
def armed(db):
    daily.arm()
    Timer.objects.update(due_at=timezone.now())


def test_ended_sessions_go_in_helpings_until_none_is_left_and_living_ones_stay(armed):
    now = timezone.now()
    Session.objects.bulk_create(
        Session(session_key=f"{number:032}", session_data="", expire_date=now + timedelta(hours=-1 if number else 1))
        for number in range(1201)
    )
    run_ready()

    assert Session.objects.count() == 1


def test_it_is_done_again_a_day_later(armed):
    run_ready()

    assert all(timer.due_at > timezone.now() + timedelta(hours=23) for timer in Timer.objects.all())
    assert not any(timer.queued for timer in Timer.objects.all())


def test_starting_again_moves_no_wait(armed):
    run_ready()
    before = list(Timer.objects.values_list("kind", "due_at"))
    daily.arm()

    assert list(Timer.objects.values_list("kind", "due_at")) == before


def test_codes_and_links_to_sign_in_are_blanked_when_none_works_any_more(armed, desk):
    for days in (1, 4):
        Delivery.objects.create(
            kind="code",
            address="ada@acme.example",
            message_id=f"<{days}@tuki>",
            from_address="support@festum.example",
            subject="Your code",
            text="123456",
            automatic=True,
            made_at=timezone.now() - timedelta(days=days),
            due_at=timezone.now(),
        )
    run_ready()

    assert list(Delivery.objects.order_by("pk").values_list("text", flat=True)) == ["123456", ""]
