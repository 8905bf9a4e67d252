"""How fast mail goes to each domain, and that none waits for another's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.mail import actions, queries
from tuki.mail.models import LANE, SEND, Delivery, Lane, State


@pytest.fixture
def pace(settings):
    def set_to(at_once: int, a_minute: int) -> None:
        settings.MAIL_PACE = (at_once, a_minute)

    return set_to


def time_passes(**wait: float) -> None:
    """Everything that waits for a moment waits that much less."""
    gone = timedelta(**wait)
    for job in Job.objects.all():
        Job.objects.filter(pk=job.pk).update(run_at=job.run_at - gone)
    for mail in Delivery.objects.filter(lane_at__isnull=False):
        Delivery.objects.filter(pk=mail.pk).update(lane_at=mail.lane_at - gone)
    for lane in Lane.objects.all():
        lane.minute = lane.minute - gone if lane.minute else None
        lane.rests_until = lane.rests_until - gone if lane.rests_until else None
        lane.save()


def recipients(mail_server) -> list[str]:
    return [recipient for _sender, recipient, _content in mail_server.taken]


def test_however_many_mails_wait_for_a_domain_few_of_them_have_a_job(pace, post):
    pace(5, 300)
    for number in range(50):
        post(f"person{number}@slow.example")

    assert Job.objects.filter(kind=SEND).count() == 5
    assert Job.objects.filter(kind=LANE).count() == 1


def test_one_mail_to_another_domain_is_not_kept_waiting_by_a_long_lane(pace, post, mail_server):
    pace(5, 300)
    for number in range(50):
        post(f"person{number}@slow.example")
    post("ada@acme.example")
    run_ready(limit=7)  # those of the long lane that have a job, and the lane's own

    assert "ada@acme.example" in recipients(mail_server)


def test_a_lane_is_worked_off_to_its_end_each_mail_once(pace, post, mail_server):
    pace(5, 300)
    made = [post(f"person{number}@slow.example") for number in range(40)]
    run_ready()

    assert mail_server.counted() == {delivery.message_id: 1 for delivery in made}
    assert not Job.objects.exists()
    assert not Delivery.objects.filter(in_hand=True).exists()


def test_mails_leave_in_the_order_in_which_they_were_made(pace, post, mail_server):
    pace(2, 300)
    made = [post(f"person{number}@slow.example").address for number in range(9)]
    run_ready()

    assert recipients(mail_server) == made


def test_no_more_leave_in_a_minute_than_the_pace_allows(pace, post, mail_server):
    pace(2, 10)
    for number in range(25):
        post(f"person{number}@slow.example")
    post("ada@acme.example")
    run_ready()
    assert len([one for one in recipients(mail_server) if one.endswith("@slow.example")]) == 10
    assert "ada@acme.example" in recipients(mail_server)

    time_passes(minutes=1)
    run_ready()
    assert len(mail_server.taken) == 21

    time_passes(minutes=1)
    run_ready()
    assert len(mail_server.taken) == 26
    assert not Job.objects.exists()


@pytest.mark.parametrize("words", ["451 4.7.1 Greylisted", "421 4.7.0 Too many connections from you"])
def test_a_domain_that_says_later_rests_and_is_then_tried_with_one_mail(words, pace, post, mail_server):
    pace(5, 300)
    for number in range(20):
        mail_server.says[f"person{number}@slow.example"] = words
        post(f"person{number}@slow.example")
    run_ready()
    assert Delivery.objects.filter(tries__gt=0).count() == 1  # the others need not ask
    lined_up = Delivery.objects.filter(tries=0)
    assert set(lined_up.values_list("last_answer", flat=True)) <= {words, ""}
    assert lined_up.filter(last_answer=words, first_tried_at__isnull=False).count() >= 15  # and say why they wait
    post("ada@acme.example")
    run_ready()
    assert recipients(mail_server) == ["ada@acme.example"]

    time_passes(seconds=6)
    run_ready()
    assert Delivery.objects.filter(domain="slow.example", tries__gt=0).count() == 2
    assert Lane.objects.get(pk="slow.example").rests == 2  # and rests longer

    mail_server.says.clear()
    time_passes(minutes=5)
    run_ready()
    assert Delivery.objects.exclude(state=State.SENT).count() == 0
    assert Lane.objects.get(pk="slow.example").rests == 0


def test_a_full_mailbox_is_no_fault_of_its_domain(post, mail_server):
    mail_server.says["full@acme.example"] = "452 4.2.2 Mailbox full"
    post("full@acme.example")
    post("ada@acme.example")
    run_ready()

    assert recipients(mail_server) == ["ada@acme.example"]


def test_a_domain_that_refuses_for_good_need_not_rest(post, mail_server):
    mail_server.says["gone@acme.example"] = "550 5.1.1 No such user"
    post("gone@acme.example")
    post("ada@acme.example")
    run_ready()

    assert recipients(mail_server) == ["ada@acme.example"]


def test_somebody_who_asks_for_it_has_a_resting_domain_tried_now(post, mail_server, root):
    mail_server.says["ada@slow.example"] = "451 4.7.1 Later"
    delivery = post("ada@slow.example")
    run_ready()
    mail_server.says.clear()
    actions.send_again(delivery, by=root)
    run_ready()

    assert recipients(mail_server) == ["ada@slow.example"]


def test_a_mail_for_later_waits_in_its_lane(post, mail_server):
    post("ada@acme.example", due_at=timezone.now() + timedelta(hours=2))
    run_ready()
    assert mail_server.taken == []

    time_passes(hours=2)
    run_ready()
    assert recipients(mail_server) == ["ada@acme.example"]


def test_a_mail_that_is_stopped_in_its_lane_never_leaves(pace, post, root, mail_server):
    pace(1, 300)
    post("first@slow.example")
    second = post("second@slow.example")
    actions.cancel(second, by=root)
    run_ready()

    assert recipients(mail_server) == ["first@slow.example"]
    assert not Job.objects.exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at how many rows there are")
def test_what_is_asked_at_each_mail_and_page_costs_no_more_where_more_was_sent(post, eva):
    post(author_id=eva.person_id)
    asked = {
        "delivery_to_see_to": queries.undelivered(eva.person_id)[:100],
        "delivery_lane": Delivery.objects.filter(domain="acme.example", lane_at__lte=timezone.now()),
        "delivery_in_hand": Delivery.objects.filter(domain="acme.example", in_hand=True),
    }

    assert {index for index, rows in asked.items() if index not in rows.explain()} == set()
