"""An agent whose words did not arrive hears of it, sends them again or lets them be."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.mail import actions as mails
from tuki.mail.models import Delivery, State
from tuki.tickets import actions

PATH = "/workspace/undelivered"


@pytest.fixture
def lost(ticket, eva):
    """The mail with Eva's answer, refused for good."""
    message = actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    run_ready()
    mail = Delivery.objects.get(message=message.pk)
    Delivery.objects.filter(pk=mail.pk).update(
        state=State.FAILED, last_answer="550 5.1.1 No such user", parked=False, in_hand=False, lane_at=None
    )
    Job.objects.all().delete()
    return mail


def words(browser, path: str = "/workspace/views/open/") -> str:
    return browser.get(path).content.decode()


def test_who_wrote_it_is_told_on_every_page_and_nobody_else(lost, browser_of, eva, otto):
    assert "1 mail of yours could not be delivered" in words(browser_of(eva))
    assert "could not be delivered" not in words(browser_of(otto))


def test_an_open_page_that_hears_of_it_finds_the_notice_where_it_asks(lost, browser_of, eva):
    page = words(browser_of(eva), "/workspace/views/open/")
    asked = re.search(r'id="undelivered"[^>]*hx-get="([^"]+)"[^>]*hx-trigger="([^" ]+) from:body"', page)
    assert asked[2] == f"person-{eva.person_id}"  # of which live/handlers.py tells
    assert f"person-{eva.person_id}" in re.search(r'data-topics="([^"]*)"', page)[1].split()

    part = re.search(r'<div class="undelivered".*?</div>', words(browser_of(eva, htmx=True), asked[1]), re.DOTALL)[0]
    assert "1 mail of yours could not be delivered" in part
    assert 'banner" hidden' not in part


def test_the_list_says_why(lost, browser_of, eva, ticket):
    page = words(browser_of(eva), PATH)

    assert "550 5.1.1 No such user" in page
    assert f"/workspace/tickets/{ticket.number}#message-{lost.message}" in page


def test_it_is_sent_again_to_the_address_that_is_right(lost, browser_of, eva):
    answer = browser_of(eva).post(f"{PATH}/{lost.pk}", {"to": "ada.aalto@acme.example"})

    assert answer.status_code == 302
    lost.refresh_from_db()
    assert (lost.state, lost.address, lost.domain) == (State.WAITING, "ada.aalto@acme.example", "acme.example")
    assert "could not be delivered" not in words(browser_of(eva))


@pytest.mark.parametrize("address", ["no address", "support@festum.example"])
def test_an_address_that_can_t_be_is_refused_beside_it(address, lost, browser_of, eva):
    answer = browser_of(eva).post(f"{PATH}/{lost.pk}", {"to": address})

    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    lost.refresh_from_db()
    assert lost.state == State.FAILED


def test_it_is_let_be_once_seen_to(lost, browser_of, eva):
    browser_of(eva).post(f"{PATH}/{lost.pk}", {"seen": "yes"})

    assert "could not be delivered" not in words(browser_of(eva))
    lost.refresh_from_db()
    assert lost.state == State.FAILED  # and the message goes on saying so


def test_what_was_removed_meanwhile_is_not_sent(lost, browser_of, ticket, eva):
    actions.redact_message(ticket.messages.get(pk=lost.message), by=eva)
    page = words(browser_of(eva), PATH)
    answer = browser_of(eva).post(f"{PATH}/{lost.pk}", {"to": lost.address})

    assert "so it can’t be sent again" in page
    assert answer.status_code == 409
    lost.refresh_from_db()
    assert lost.state == State.FAILED


def test_another_agent_does_nothing_with_it(lost, browser_of, otto):
    assert browser_of(otto).post(f"{PATH}/{lost.pk}", {"seen": "yes"}).status_code == 404


def test_a_ticket_that_the_agent_no_longer_sees_is_not_named(lost, browser_of, ticket, eva, otto, hanna, teams):
    actions.hand_over(ticket, teams["payroll"], by=eva)
    page = words(browser_of(eva), PATH)

    assert ticket.subject not in page
    assert "A request that you no longer see" in page


def test_the_page_of_a_message_says_when_its_mail_is_late(ticket, eva, browser_of):
    message = actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    run_ready()
    tried = timezone.now() - timedelta(hours=2)
    Delivery.objects.filter(message=message.pk).update(
        state=State.DELAYED, parked=False, lane_at=timezone.now(), last_answer="451 4.7.1 Try later", due_at=tried
    )
    page = words(browser_of(eva), f"/workspace/tickets/{ticket.number}")

    assert "Not delivered yet" in page
    assert "451 4.7.1 Try later" in page
    assert "next try" in page
    assert "A mail did not arrive" not in page


def test_the_number_of_queries_does_not_grow_with_the_list(lost, browser_of, queries_of, eva, ticket):
    browser = browser_of(eva)
    browser.get(PATH)
    few = queries_of(browser, PATH)
    for number in range(20):
        more = mails.post(
            kind="message",
            address=f"person{number}@acme.example",
            subject="s",
            text="t",
            thread=ticket.pk,
            author_id=eva.person_id,
            by=eva,
        )
        Delivery.objects.filter(pk=more.pk).update(state=State.FAILED)

    assert queries_of(browser, PATH) == few
