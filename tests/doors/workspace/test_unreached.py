"""An agent sees, before and after writing, whom no mail reaches, and can try again."""

import pytest
from django.utils import timezone

from tuki.jobs.worker import run_ready
from tuki.mail import actions as mails
from tuki.mail.harm import Harm
from tuki.mail.models import Delivery, State, Suppression, Why
from tuki.people.actor import Actor
from tuki.tickets import actions

WORDS = "550 5.1.1 No such user here"


@pytest.fixture
def lost(ticket, eva) -> Delivery:
    """Eva's answer to ada, which came back."""
    actions.reply(ticket, "<p>Try again.</p>", by=eva)
    run_ready()
    mail = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=mail.pk).update(state=State.SENT)
    mails.bounced(mail, WORDS, harm=Harm.ADDRESS, by=Actor(None))
    return mail


def test_the_message_says_what_the_server_said(desk_of, ticket, lost):
    page = desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()

    assert "A mail did not arrive" in page
    assert page.count(WORDS) == 2  # on the message, and beside the requester


def test_whoever_writes_next_is_warned(desk_of, ticket, lost):
    page = desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()

    assert "Your reply will not reach ada@acme.example" in page


def test_who_is_in_copy_is_looked_at_too(desk_of, ticket, bert, eva):
    actions.add_copy(ticket, "bert@acme.example", by=eva)
    mails.suppress("bert@acme.example", by=eva)

    page = desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert "Your reply will not be mailed to bert@acme.example" in page


def test_a_complaint_warns_of_nothing_since_answers_are_sent(desk_of, ticket, eva):
    Suppression.objects.create(address="ada@acme.example", why=Why.COMPLAINED, since=timezone.now())

    page = desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert "Your reply will not" not in page
    assert "gets no automatic mail" in page


def test_a_reply_that_was_not_mailed_says_so_and_why(desk_of, ticket, eva, lost):
    actions.reply(ticket, "<p>Hello?</p>", by=eva)
    run_ready()

    page = desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert "not sent: mail to this address comes back" in page


def test_try_this_address_again(desk_of, ticket, ada, lost):
    answer = desk_of.post(
        f"/workspace/people/{ada.person_id}/suppression",
        {"address": "ada@acme.example", "value": "no", "ticket": ticket.number},
    )

    assert answer.url == f"/workspace/tickets/{ticket.number}"
    assert Suppression.objects.get().lifted_at is not None
    assert "Your reply will not reach" not in desk_of.get(answer.url).content.decode()


def test_an_address_is_given_up_by_hand_on_its_persons_page(desk_of, ada):
    page = f"/workspace/people/{ada.person_id}"

    desk_of.post(f"{page}/suppression", {"address": "ada@acme.example", "value": "yes"})

    assert Suppression.objects.get().why == Why.BY_HAND
    assert "ada@acme.example is not written to" in desk_of.get(page).content.decode()


def test_only_an_address_of_that_person_is(desk_of, ada, bert):
    answer = desk_of.post(
        f"/workspace/people/{ada.person_id}/suppression", {"address": "bert@acme.example", "value": "yes"}
    )

    assert answer.status_code == 404
    assert not Suppression.objects.exists()
