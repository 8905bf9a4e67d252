"""Handing mails over: each once, and every end of it written down."""

import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import nodes
from tests.mail.conftest import forget_the_last_server
from tuki.config.environment import Smtp
from tuki.jobs.models import Job
from tuki.jobs.queue import enqueue
from tuki.jobs.worker import LEASE, reap, run_ready
from tuki.journal.models import Entry
from tuki.lib.refusal import Denied, Refused
from tuki.mail import actions, jobs, queries
from tuki.mail.addresses import read_return_address, without_tag
from tuki.mail.models import SEND, Delivery, Lane, State
from tuki.mail.sending import smtp


def due(delivery: Delivery) -> None:
    """Let the next try's moment come, and the worker do it."""
    Delivery.objects.filter(lane_at__isnull=False).update(lane_at=timezone.now())
    Lane.objects.update(rests_until=None)
    Job.objects.update(run_at=timezone.now())
    run_ready()
    delivery.refresh_from_db()


def test_a_mail_is_handed_over_and_the_servers_words_are_kept(mail_server, sent):
    delivery = sent("ada@acme.example")

    assert (delivery.state, delivery.tries) == (State.SENT, 1)
    assert "taken as 17" in delivery.last_answer
    [(sender, recipient, _content)] = mail_server.taken
    assert recipient == "ada@acme.example"
    assert read_return_address(sender) == delivery.pk  # a report on it leads back to it
    assert without_tag(sender) == "support@festum.example"
    assert not Job.objects.exists()


def test_an_address_the_server_refuses_fails_at_once_with_its_words(mail_server, sent):
    mail_server.says["gone@acme.example"] = "550 5.1.1 No such user"

    delivery = sent("gone@acme.example")

    assert (delivery.state, delivery.last_answer) == (State.FAILED, "550 5.1.1 No such user")
    assert not Job.objects.exists()


def test_a_mail_the_server_refuses_after_reading_it_fails(mail_server, sent):
    mail_server.says["ada@acme.example"] = "after data 554 5.7.1 Looks like spam"

    assert sent("ada@acme.example").state == State.FAILED


def test_a_mail_that_trips_us_up_is_delayed_and_keeps_no_other_waiting(mail_server, post, settings, monkeypatch):
    settings.MAIL_PACE = (1, 300)
    whole = jobs.compose

    def trips(delivery: Delivery) -> bytes:
        if delivery.address == "ada@acme.example":
            raise TypeError("a fault of ours")
        return whole(delivery)

    monkeypatch.setattr(jobs, "compose", trips)
    odd, second = post("ada@acme.example"), post("bert@acme.example")
    run_ready()

    odd.refresh_from_db()
    second.refresh_from_db()
    assert (odd.state, second.state) == (State.DELAYED, State.SENT)
    assert "a fault of ours" in odd.last_answer


def test_a_server_that_says_later_is_tried_later_with_the_same_message_id(mail_server, sent):
    mail_server.says["ada@acme.example"] = "451 4.7.1 Greylisted"
    delivery = sent("ada@acme.example")
    assert (delivery.state, delivery.last_answer) == (State.DELAYED, "451 4.7.1 Greylisted")

    mail_server.says.clear()
    due(delivery)

    assert (delivery.state, delivery.tries) == (State.SENT, 2)
    assert mail_server.counted() == {delivery.message_id: 1}


def test_tries_come_slower_up_to_an_hour_and_end_after_three_days(mail_server, sent):
    mail_server.says["ada@acme.example"] = "452 4.2.2 Mailbox full"
    delivery = sent("ada@acme.example")
    waits = []
    for _ in range(9):
        waits.append(round((Job.objects.get().run_at - timezone.now()) / timedelta(minutes=1)))
        due(delivery)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    Delivery.objects.update(first_tried_at=timezone.now() - timedelta(days=3))
    due(delivery)

    assert (delivery.state, delivery.last_answer) == (State.FAILED, "452 4.2.2 Mailbox full")
    assert not Job.objects.exists()


def test_a_server_that_hangs_up_once_it_has_the_mail_is_tried_again(mail_server, sent):
    mail_server.says["ada@acme.example"] = "hang up"
    delivery = sent("ada@acme.example")
    assert delivery.state == State.DELAYED

    mail_server.says.clear()
    forget_the_last_server()
    due(delivery)

    assert delivery.state == State.SENT
    assert mail_server.counted() == {delivery.message_id: 1}


def test_a_dead_server_delays_all_and_is_not_asked_for_each(settings, dead_port, post):
    settings.SMTP = Smtp("127.0.0.1", dead_port)
    forget_the_last_server()
    first, second = post("ada@acme.example"), post("bert@acme.example")
    run_ready()

    for delivery in (first, second):
        delivery.refresh_from_db()
        assert delivery.state == State.DELAYED
        assert "ConnectionRefusedError" in delivery.last_answer
    forget_the_last_server()


def test_a_wrong_password_is_our_fault_and_delays(mail_server, settings, sent):
    settings.SMTP = Smtp("127.0.0.1", mail_server.port, "tuki", "wrong")

    delivery = sent("ada@acme.example")

    assert delivery.state == State.DELAYED


def test_many_mails_go_over_one_connection(mail_server, post):
    for number in range(20):
        post(f"person{number}@acme.example")
    run_ready()

    assert len(mail_server.taken) == 20
    assert mail_server.connections == 1


def test_a_connection_that_died_meanwhile_costs_no_mail(mail_server, sent):
    sent("ada@acme.example")
    mail_server.stop()
    mail_server.start()

    delivery = sent("bert@acme.example")

    assert (delivery.state, delivery.tries) == (State.SENT, 1)


def test_after_a_refusal_the_connection_serves_the_next_mail(mail_server, post):
    mail_server.says["gone@acme.example"] = "550 5.1.1 No such user"
    post("gone@acme.example")
    second = post("ada@acme.example")
    run_ready()

    second.refresh_from_db()
    assert second.state == State.SENT
    assert mail_server.connections == 1


def test_without_a_mail_server_mail_waits_and_leaves_once_there_is_one(settings, post, mail_server):
    server, settings.SMTP = settings.SMTP, None
    made = [post(f"person{number}@acme.example") for number in range(3)]
    run_ready()

    assert queries.outbox().filter(state=State.WAITING, parked=True).count() == 3
    assert Job.objects.count() == 1  # one looks for a server, however many mails wait
    assert Delivery.objects.filter(tries=0).count() == 3

    Job.objects.update(run_at=timezone.now())
    run_ready()
    assert Job.objects.count() == 1

    settings.SMTP = server
    Job.objects.update(run_at=timezone.now())
    run_ready()

    assert mail_server.counted() == {delivery.message_id: 1 for delivery in made}
    assert not Job.objects.exists()


def test_in_the_demo_mail_is_kept_in_the_outbox_and_leaves_nowhere(settings, mail_server, sent):
    settings.DEMO = True

    delivery = sent("ada@acme.example")

    assert (delivery.state, delivery.last_answer) == (State.SENT, "kept in the outbox")
    assert list(queries.outbox()) == [delivery]
    assert mail_server.taken == []


def test_the_work_done_twice_makes_no_second_mail(mail_server, submitted, ada, post):
    entry = Entry.objects.filter(on_id=submitted().pk, event="ticket.submitted").get()
    Delivery.objects.all().delete()
    again = {"kind": "receipt", "subject": "s", "text": "t", "by": ada, "entry_id": entry.pk}

    first = actions.post(address="ada@acme.example", person_id=ada.person_id, **again)
    assert first is not None
    assert actions.post(address="other@acme.example", person_id=ada.person_id, **again) is None
    assert actions.post(address="bert@acme.example", **again) is not None  # nobody we know
    assert actions.post(address="Bert@Acme.example", **again) is None


@pytest.mark.django_db
def test_a_job_for_a_mail_that_was_sent_sends_nothing(mail_server, sent):
    delivery = sent("ada@acme.example")
    enqueue(SEND, delivery=delivery.pk)
    run_ready()

    assert len(mail_server.taken) == 1


def test_a_mail_can_be_stopped_until_it_leaves(mail_server, post, root):
    delivery = post("ada@acme.example")
    actions.cancel(delivery, by=root)
    run_ready()

    delivery.refresh_from_db()
    assert delivery.state == State.CANCELLED
    assert mail_server.taken == []
    with pytest.raises(Refused):
        actions.cancel(delivery, by=root)


def test_a_mail_that_failed_can_be_sent_again_and_goes_once(mail_server, sent, root):
    mail_server.says["ada@acme.example"] = "550 5.1.1 No such user"
    delivery = sent("ada@acme.example")
    mail_server.says.clear()

    actions.send_again(delivery, by=root)
    with pytest.raises(Refused):
        actions.send_again(delivery, by=root)
    run_ready()

    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert mail_server.counted() == {delivery.message_id: 1}


def test_a_delayed_mail_can_be_tried_now_and_goes_once(mail_server, sent, root):
    mail_server.says["ada@acme.example"] = "451 later"
    delivery = sent("ada@acme.example")
    mail_server.says.clear()

    actions.send_again(delivery, by=root)
    assert Job.objects.count() == 1  # a second, done at the same moment, would send it twice
    run_ready()

    assert mail_server.counted() == {delivery.message_id: 1}
    assert not Job.objects.exists()


def test_a_stopped_mail_can_be_sent_after_all(mail_server, post, root):
    delivery = post("ada@acme.example")
    actions.cancel(delivery, by=root)
    actions.send_again(delivery, by=root)
    run_ready()

    assert mail_server.counted() == {delivery.message_id: 1}


@pytest.mark.parametrize("verb", [actions.cancel, actions.send_again])
def test_only_administrators_handle_single_mails(verb, post, ada, eva):
    delivery = post("ada@acme.example")

    for nobody in (ada, eva):
        with pytest.raises(Denied):
            verb(delivery, by=nobody)


KILLED = """
import sys, time
from contextlib import contextmanager
from tuki.config.environment import Smtp
from django.conf import settings
from tuki.jobs import worker
from tuki.mail import actions
from tuki.mail.sending import smtp
moment, settings.SMTP = sys.argv[1], Smtp("127.0.0.1", int(sys.argv[2]))

def here():
    print("here", flush=True)
    time.sleep(600)

hand_over = smtp.hand_over
def handing(*args):
    if moment == "before the server has it":
        here()
    answer = hand_over(*args)
    if moment == "before the commit":
        here()
    return answer
smtp.hand_over = handing

tried = actions.tried
def writing(*args, **by):
    tried(*args, **by)
    if moment == "inside the commit":
        here()
actions.tried = writing
worker.run_ready()
here()  # after the commit
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("moment", "copies"),
    [("before the server has it", 1), ("before the commit", 2), ("inside the commit", 2), ("after the commit", 1)],
)
def test_a_sender_that_is_killed_loses_no_mail_and_repeats_one_only_by_its_message_id(
    moment, copies, mail_server, post, tmp_path
):
    delivery = post("ada@acme.example")
    with nodes.running(KILLED, tmp_path, moment, str(mail_server.port)) as sender:
        nodes.wait_for("here", sender)
        sender.kill()
        sender.wait()

    reap(timezone.now() + LEASE * 2)
    run_ready()

    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    # Twice only where it died between the server's word and our commit: nobody can know then.
    assert mail_server.counted() == {delivery.message_id: copies}
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "words", [b"", b"hello?\r\n", b"554 Go away\r\n", b"220 hi\r\n250 hi\r\n\xff\xff\r\n", b"220 hi\r\n421 bye\r\n"]
)
def test_whatever_a_server_says_is_an_answer(words, settings):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.SMTP = Smtp(*listening.getsockname())
        forget_the_last_server()

        def speak() -> None:
            caller, _ = listening.accept()
            with caller:
                caller.sendall(words)

        speaker = threading.Thread(target=speak)
        speaker.start()
        answer = smtp.hand_over("a@desk.example", "b@acme.example", b"x")
        speaker.join()
        forget_the_last_server()

    assert answer.verdict == smtp.Verdict.LATER


def test_domains_with_letters_of_their_own_are_told_to_servers_as_the_dns_writes_them(mail_server, sent):
    delivery = sent("ada@säätiö.example", from_address="tuki@säätiö.example")

    assert delivery.state == State.SENT
    [(sender, recipient, _content)] = mail_server.taken
    assert recipient == "ada@xn--sti-qlaa4i.example"
    assert sender.endswith("@xn--sti-qlaa4i.example")
    assert read_return_address(sender) == delivery.pk


@pytest.mark.parametrize("address", ["ada\udcff@acme.example", "ada@\udcff.example"])
def test_an_address_that_no_server_can_be_told_is_given_up_in_words(mail_server, address):
    answer = smtp.hand_over("support@festum.example", address, b"Subject: x\r\n\r\nx\r\n")

    assert answer.verdict == smtp.Verdict.NEVER
    assert "address" in answer.words
    assert smtp.hand_over("support@festum.example", "ada@acme.example", b"x\r\n").verdict == smtp.Verdict.TAKEN
