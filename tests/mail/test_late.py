"""What is written down of a mail that does not leave, so that whoever wrote it hears of it."""

from datetime import timedelta

from django.utils import timezone

from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.mail.models import Delivery, Lane, State


def told(mail: Delivery) -> list[str]:
    entries = Entry.objects.filter(on_kind="delivery", on_id=mail.pk).order_by("pk")
    return list(entries.values_list("event", flat=True))


def an_hour_passes(mail: Delivery) -> None:
    mail.refresh_from_db()
    due = mail.due_at - timedelta(hours=1, minutes=1)
    Delivery.objects.filter(pk=mail.pk).update(due_at=due, lane_at=timezone.now())
    Lane.objects.update(rests_until=None)
    Job.objects.update(run_at=timezone.now())
    run_ready()
    mail.refresh_from_db()


def test_within_the_first_hour_nobody_is_troubled(mail_server, sent):
    mail_server.says["ada@acme.example"] = "451 4.7.1 Greylisted"
    delivery = sent()

    assert not delivery.is_late
    assert told(delivery) == []


def test_after_an_hour_it_is_told_once_that_a_mail_is_late(mail_server, sent):
    mail_server.says["ada@acme.example"] = "451 4.7.1 Greylisted"
    delivery = sent()
    an_hour_passes(delivery)
    an_hour_passes(delivery)

    assert delivery.is_late
    assert told(delivery) == ["mail.late"]


def test_a_late_mail_that_leaves_after_all_is_told_too(mail_server, sent):
    mail_server.says["ada@acme.example"] = "451 4.7.1 Greylisted"
    delivery = sent()
    an_hour_passes(delivery)
    mail_server.says.clear()
    an_hour_passes(delivery)

    assert delivery.state == State.SENT
    assert told(delivery) == ["mail.late", "mail.left"]


def test_what_is_refused_for_good_is_told_at_once(mail_server, sent):
    mail_server.says["ada@acme.example"] = "550 5.1.1 No such user"
    delivery = sent()

    assert told(delivery) == ["mail.failed"]
