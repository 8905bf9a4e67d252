"""How fast mail goes to each domain, and that none waits for another's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tuki.jobs.models import Job
from tuki.jobs.queue import BULK, enqueue
from tuki.jobs.worker import claim, run_ready
from tuki.mail import actions, queries
from tuki.mail.models import DECIDE, LANE, SEND, Delivery, Lane, State


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


def news(post, number: int, domain: str = "slow.example") -> list[Delivery]:
    """What so many followers at one domain are told."""
    return [post(f"reader{n}@{domain}", kind="published", bulk=True) for n in range(number)]


def stand_in_line_with(mail: Delivery, number: int) -> None:
    """As if so many had been made with one that stands in its lane."""
    mail.refresh_from_db()
    assert mail.lane_at is not None
    fields = {field.attname: getattr(mail, field.attname) for field in mail._meta.fields if not field.primary_key}
    Delivery.objects.bulk_create(Delivery(**{**fields, "message_id": f"<{n}@festum.example>"}) for n in range(number))


def test_an_answer_leaves_before_two_thousand_news_that_wait_for_its_domain(pace, post, mail_server):
    pace(5, 20)
    stand_in_line_with(news(post, 20)[-1], 1980)
    post("ada@slow.example")
    run_ready(limit=1)

    assert recipients(mail_server)[0] == "ada@slow.example"


def test_an_answer_leaves_though_news_took_what_they_may_of_this_minute(pace, post, mail_server):
    pace(5, 10)
    news(post, 30)
    run_ready()
    assert len(mail_server.taken) == 8
    post("ada@slow.example")
    run_ready()

    assert recipients(mail_server)[8:] == ["ada@slow.example"]
    time_passes(minutes=1)
    run_ready()
    assert len(mail_server.taken) == 9 + 8


def test_of_what_waits_for_the_next_minute_answers_leave_first(pace, post, mail_server):
    pace(2, 2)
    news(post, 10)
    for name in ("ada", "bert", "carol"):
        post(f"{name}@slow.example")
    run_ready()
    time_passes(minutes=1)
    run_ready()

    assert recipients(mail_server)[:3] == ["ada@slow.example", "bert@slow.example", "carol@slow.example"]


def test_where_one_leaves_at_a_time_an_answer_is_the_next(pace, post, mail_server):
    pace(1, 300)
    made = [mail.address for mail in news(post, 10)]
    run_ready(limit=1)
    post("ada@slow.example")
    run_ready()

    assert recipients(mail_server) == [*made[:2], "ada@slow.example", *made[2:]]  # the second was in hand already


def test_a_slow_domain_takes_an_answer_next(pace, post, mail_server):
    pace(5, 300)
    Lane.objects.create(domain="slow.example", is_slow=True)
    news(post, 10)
    post("ada@slow.example")
    run_ready()

    assert recipients(mail_server)[0] == "ada@slow.example"
    assert len(mail_server.taken) == 11


def test_news_to_many_domains_keep_no_mail_that_came_in_waiting(post):
    for n in range(12):
        news(post, 12, f"company{n}.example")
    enqueue(DECIDE, raw_mail=0)
    post("ada@acme.example")

    assert [claimed.kind for claimed in claim("here", 3)] == [DECIDE, SEND, SEND]
    assert {job.priority for job in Job.objects.filter(kind=LANE)} == {BULK}


def test_a_lane_that_is_to_be_looked_at_for_news_is_looked_at_as_soon_for_an_answer(pace, post):
    pace(1, 300)
    news(post, 3)
    post("ada@slow.example")

    assert Job.objects.get(kind=LANE).priority < BULK


def test_news_are_worked_off_to_their_end_each_once(pace, post, mail_server):
    pace(4, 300)
    made = news(post, 40)
    answer = post("ada@slow.example")
    run_ready()

    assert mail_server.counted() == {delivery.message_id: 1 for delivery in [*made, answer]}
    assert not Job.objects.exists()


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
        "delivery_lane": Delivery.objects.filter(domain="acme.example", bulk=False, lane_at__lte=timezone.now()),
        "delivery_in_hand": Delivery.objects.filter(domain="acme.example", in_hand=True),
    }

    assert {index for index, rows in asked.items() if index not in rows.explain()} == set()
