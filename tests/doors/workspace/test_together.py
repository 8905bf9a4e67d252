"""Two agents, and a customer, at once."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from tests.conftest import later
from tuki.journal.record import record
from tuki.mail import actions as mails
from tuki.mail.events import DeliveryFailed
from tuki.mail.models import Delivery, State
from tuki.people.actor import Actor
from tuki.tickets import actions
from tuki.tickets.models import Message


@pytest.fixture
def open_ticket(live_desk, ticket):
    return ticket


def test_two_agents_who_answer_at_once_hear_of_each_other_before_anything_is_sent(open_ticket, page_of, eva, otto, axe):
    path = f"/workspace/tickets/{open_ticket.number}"
    evas, ottos = page_of(eva), page_of(otto)
    evas.goto(path)
    ottos.goto(path)
    expect(evas.locator("#presence")).to_contain_text("Otto Ojala is looking")
    expect(ottos.locator("#presence")).to_contain_text("Eva Eskola is looking")

    evas.keyboard.press("r")
    expect(evas.get_by_role("textbox", name="Public reply")).to_be_focused()
    evas.keyboard.type("Please wait")
    expect(ottos.locator("#presence")).to_contain_text("Eva Eskola is typing")

    ottos.keyboard.press("n")
    expect(ottos.get_by_role("textbox", name="Internal note")).to_be_focused()
    ottos.keyboard.type("I have fixed it already")
    ottos.keyboard.press("Control+Enter")

    expect(evas.locator("#thread .internal")).to_contain_text("I have fixed it already")
    expect(evas.locator("#arrived")).to_contain_text("Otto Ojala wrote while you were writing.")
    expect(evas.get_by_role("textbox", name="Public reply")).to_have_text("Please wait")
    axe(evas)

    evas.get_by_role("textbox", name="Public reply").focus()
    evas.keyboard.press("Control+Enter")
    expect(evas.locator("#overtaken")).to_contain_text("I have fixed it already")
    axe(evas, status=409)
    assert not Message.objects.filter(by_support=True, internal=False).exists()

    evas.get_by_role("button", name="Send anyway").click()
    expect(evas.locator("#thread .leaving")).to_contain_text("Please wait")


def test_whoever_has_read_what_came_sends_without_being_asked(open_ticket, page_of, eva, ada):
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{open_ticket.number}")
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Public reply")).to_be_focused()
    page.keyboard.type("Please wait")

    actions.reply(open_ticket, "Any news?", by=later(ada, seconds=1))
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("textbox", name="Public reply").focus()
    page.keyboard.press("Control+Enter")

    expect(page.locator("#thread .leaving")).to_contain_text("Please wait")


def test_a_reply_leaves_by_itself_and_the_page_shows_it_said(open_ticket, page_of, eva):
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{open_ticket.number}")
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Public reply")).to_be_focused()
    page.keyboard.type("Try again")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .leaving")).to_be_visible()

    expect(page.locator("#thread .support:not(.leaving)")).to_contain_text("Try again", timeout=20_000)
    expect(page.locator("#thread .leaving")).to_have_count(0)
    expect(page.locator("#head .pill")).to_have_text("Waiting for information")


def test_a_new_ticket_appears_by_itself_where_nobody_is_at_the_rows(open_ticket, page_of, eva, ada, submitted):
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")
    expect(page.locator("#place-unassigned .count")).to_have_text("1")

    submitted("Something new", by=Actor(ada.person))

    expect(page.locator("#rows tbody tr").first).to_contain_text("Something new")
    expect(page.locator("#place-unassigned .count")).to_have_text("2")


def test_rows_stay_where_they_are_while_one_is_at_them(open_ticket, page_of, eva, ada, submitted):
    submitted("Second", by=Actor(ada.person))
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")
    page.keyboard.press("j")
    page.keyboard.press("x")

    submitted("Something new", by=Actor(ada.person))
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(page.locator("#rows tbody tr").first).to_contain_text("Second")
    expect(page.get_by_role("link", name="Second")).to_be_focused()
    expect(page.get_by_text("1 chosen")).to_be_visible()

    page.get_by_role("button", name="1 new").click()
    expect(page.locator("#rows tbody tr").first).to_contain_text("Something new")
    expect(page.get_by_text("1 chosen")).to_be_visible()


def test_who_wrote_hears_at_once_that_it_did_not_arrive(open_ticket, page_of, eva, root, axe):
    message = actions.reply(open_ticket, "Try it now.", by=eva)
    page = page_of(eva)
    page.goto("/workspace/views/mine/")
    expect(page.locator("#undelivered")).to_be_attached()
    mail = mails.post(
        kind="message",
        address="ada@acme.example",
        subject="s",
        text="t",
        thread=open_ticket.pk,
        message=message.pk,
        author_id=eva.person_id,
        by=eva,
    )
    mails.cancel(mail, by=root)
    with transaction.atomic():
        Delivery.objects.filter(pk=mail.pk).update(state=State.FAILED, last_answer="550 No such user")
        record(DeliveryFailed(), on=mail, by=eva)
    notice = page.get_by_role("link", name="1 mail of yours could not be delivered")
    expect(notice).to_be_visible()
    axe(page)

    notice.click()
    expect(page.get_by_text("550 No such user")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Seen to").click()
    expect(page.get_by_role("heading", name="Everything arrived")).to_be_visible()
