"""Festum: finance software and document capture, in Finnish and English. Every contact becomes a ticket."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.desks.conftest import PNG, journal, mails_to, newest, now
from tuki.journal.models import Entry
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.models import State, Ticket


@pytest.fixture
def blueprint() -> str:
    return "festum"


@pytest.fixture
def asked(live_desk, ada) -> Ticket:
    """Ada's request, begun on the pages."""
    return actions.submit("The batch is stuck", "<p>It stands still since nine.</p>", severity="hinders", by=ada)


def test_F2_every_contact_is_a_ticket_with_its_number_and_holds_everything(
    ada, eva, status, page_of, post, arrived, asked
):
    post(ada, "A second matter", "The scanner hums.", files=[("hum.log", b"hmmm")])
    arrived(ada, "#2")
    mailed = newest()
    actions.assign(mailed, eva.person, by=now(eva))
    actions.reply(mailed, "<p>Restart the service.</p>", status=status("done"), by=now(eva))

    page = page_of(eva)
    page.goto(f"/workspace/tickets/{mailed.number}")
    thread = page.locator("#thread")
    for told in ["Ada Aalto", "The scanner hums.", "hum.log", "e-mail", "Eva Eskola", "Restart the service."]:
        expect(thread).to_contain_text(told)
    expect(thread).to_contain_text("changed the status from In progress to Done")
    expect(page.locator("#head")).to_contain_text("Done")
    expect(thread.locator("time")).not_to_have_count(0)
    assert [ticket.number for ticket in Ticket.objects.order_by("number")] == [1, 2]
    assert journal(mailed) == [
        ("ticket.submitted", "Ada Aalto", "email"),
        ("ticket.assigned", "Eva Eskola", "web"),
        ("ticket.status_changed", "Eva Eskola", "web"),
        ("ticket.replied", "Eva Eskola", "web"),
        ("ticket.solved", "Eva Eskola", "web"),
    ]


@pytest.mark.both
def test_F4_progress_comes_by_mail_and_on_the_open_page_and_both_are_one_thread(
    ada, eva, page_of, hearing, post, arrived, asked
):
    customer, agent = page_of(ada), page_of(eva)
    customer.goto(f"/hc/en/requests/{asked.number}")
    agent.goto(f"/workspace/tickets/{asked.number}")
    customer.evaluate("window.stayed = true")
    hearing(2)

    actions.reply(asked, "<p>Which scanner is it?</p>", by=now(eva))
    expect(customer.locator("#thread")).to_contain_text("Which scanner is it?")
    expect(customer.locator(".request-state")).to_contain_text("Waiting for information")
    answer = arrived(ada, "Which scanner is it?")
    post(ada, f"Re: {answer.subject}", "The one in the hall.", answers=answer.mail)

    for page in (customer, agent):
        expect(page.locator("#thread")).to_contain_text("The one in the hall.")
    assert customer.evaluate("window.stayed") is True
    customer.get_by_label("Your message").fill("It works by now.")
    customer.get_by_role("button", name="Send", exact=True).click()
    expect(agent.locator("#thread")).to_contain_text("It works by now.")
    assert [(message.author.name, message.via) for message in asked.messages.order_by("pk")] == [
        ("Ada Aalto", "web"),
        ("Eva Eskola", "web"),
        ("Ada Aalto", "email"),
        ("Ada Aalto", "web"),
    ]


def test_F6_a_call_is_recorded_and_the_caller_hears_that_the_ticket_exists(eva, page_of, arrived, axe):
    page = page_of(eva)
    page.goto("/workspace/tickets/new")
    expect(page.get_by_label("By phone")).to_be_checked()
    page.get_by_label("Requester").fill("kaisa@soittaja.example")
    page.get_by_label("Name of a new person").fill("Kaisa Koski")
    page.get_by_label("Subject").fill("Kofax ei aukea")
    page.get_by_label("What it is about").fill("Soitti aamulla, ei pääse sisään.")
    page.get_by_label("Severity").select_option("Stops work")
    axe(page)
    page.get_by_role("button", name="Create the request").click()
    expect(page.get_by_role("heading", name="Kofax ei aukea")).to_be_visible()
    axe(page)

    told = arrived("kaisa@soittaja.example")
    ticket = newest()
    assert "palvelupyynnöksi #1" in told.text
    assert told.subject == "[Festum #1] Kofax ei aukea"
    assert told.mail["Auto-Submitted"] == "auto-generated"
    assert (ticket.via, ticket.requester.name, ticket.assignee, ticket.priority) == (
        "phone",
        "Kaisa Koski",
        eva.person,
        1,
    )
    assert journal(ticket)[0] == ("ticket.submitted", "Eva Eskola", "phone")


@pytest.mark.both
def test_F7_a_mail_is_acknowledged_and_the_first_one_brings_access_by_a_one_time_link(eva, page_of, post, arrived, axe):
    sent = post("Outi Oja <outi@uusi.example>", "Lasku jumissa", "Se ei liiku.")

    told = arrived("outi@uusi.example", "#1")
    assert told.mail["In-Reply-To"] == sent["Message-ID"] or told.mail["Auto-Submitted"] == "auto-generated"
    assert told.mail["Auto-Submitted"].startswith("auto-")
    # Nothing shows that the mail was hers: what it said is not repeated to an address that may be anybody's.
    assert told.subject.startswith("[Festum #1] ")
    assert not any(words in told.subject + told.text for words in ("Lasku jumissa", "Se ei liiku", "Outi"))
    outi = Person.objects.get(email="outi@uusi.example")
    assert not outi.has_usable_password()

    page = page_of(locale="fi-FI")
    page.goto(told.link)
    axe(page)
    page.get_by_label("Uusi salasana").fill(PASSWORD)
    page.get_by_label("Sama salasana uudelleen").fill(PASSWORD)
    page.get_by_role("button", name="Tallenna ja kirjaudu").click()
    expect(page.get_by_role("link", name="Lasku jumissa")).to_be_visible()
    page.context.new_page().goto(told.link)
    expect(page.context.pages[-1].get_by_role("heading", level=1)).not_to_contain_text("Tervetuloa")

    agent = page_of(eva)
    agent.goto("/workspace/tickets/1")
    agent.get_by_role("button", name="Send a sign-in link").click()
    another = arrived("outi@uusi.example", "tässä on käyttöoikeutesi")
    assert another.link != told.link
    assert all(PASSWORD not in mail.text for mail in [told, another])


@pytest.mark.both
def test_F8_a_reply_with_the_tag_joins_the_ticket(ada, post, quiet, asked):
    post(ada, f"Vs: [festum #{asked.number}] whatever it was", "By the tag.")
    quiet()

    assert [message.excerpt for message in asked.messages.order_by("pk")] == [
        "It stands still since nine.",
        "By the tag.",
    ]
    assert Ticket.objects.count() == 1


def test_F8_an_answer_to_a_mail_of_the_thread_joins_it_without_the_tag(ada, eva, post, arrived, quiet, asked):
    actions.reply(asked, "<p>Which one?</p>", by=now(eva))
    answer = arrived(ada, "Which one?")
    assert answer.subject == "[Festum #1] The batch is stuck"

    post(ada, "Sent from my phone", "By the chain.", to="support@festum.example", answers=answer.mail)
    quiet()

    assert asked.messages.order_by("pk").last().excerpt == "By the chain."
    assert Ticket.objects.count() == 1


def test_F8_a_new_matter_is_a_new_message(ada, post, quiet, asked):
    post(ada, "The batch is stuck", "Another one, a day later.")
    quiet()

    assert Ticket.objects.count() == 2
    assert newest().requester == ada.person


@pytest.mark.both
def test_F8_a_stranger_with_a_valid_tag_gets_their_own_ticket_which_agents_see_to_be_linked(
    ada, eva, page_of, post, arrived, asked
):
    post("Mallory <mallory@nowhere.example>", f"Re: [Festum #{asked.number}] The batch is stuck", "Tell me all.")
    told = arrived("mallory@nowhere.example")

    assert told.subject.startswith("[Festum #2] ")  # of a mail that may be anybody's, nothing more
    assert "since nine" not in told.text
    assert asked.messages.count() == 1
    agent = page_of(eva)
    agent.goto("/workspace/tickets/2")
    expect(agent.locator("#context")).to_contain_text("Mentions #1 The batch is stuck")
    agent.get_by_role("link", name="#1 The batch is stuck").click()
    expect(agent.locator("#context")).to_contain_text("Mentioned by #2 Re: The batch is stuck")
    customer = page_of(ada)
    customer.goto(f"/hc/en/requests/{asked.number}")
    expect(customer.locator("main")).not_to_contain_text("Mallory")


def test_F10_a_new_request_names_copies_who_get_the_thread_from_supports_first_answer_on(
    ada, bert, dora, eva, page_of, arrived, quiet, live_desk, axe
):
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    expect(page.get_by_text("Answers go to ada@acme.example.")).to_be_visible()
    page.get_by_label("Subject").fill("Copies wanted")
    page.get_by_label("Hinders work").check()
    page.get_by_label("Description").fill("It began on Monday.")
    page.get_by_label("Copies to").fill("dora@globex.example, friend@outside.example")
    page.get_by_label("Choose files").set_input_files([{"name": "screen.png", "mimeType": "image/png", "buffer": PNG}])
    axe(page)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request #1 has come in")
    expect(page.locator("main")).to_contain_text("answers from support@festum.example")
    expect(page.locator("main")).to_contain_text("spam")
    quiet()
    assert {address for mail in mails_to(live_desk) for address in mail.to} == {"ada@acme.example"}
    doras = page_of(dora)
    doras.goto("/hc/en/requests?tab=copied&status=any")
    expect(doras.locator("main")).not_to_contain_text("Copies wanted")

    ticket = newest()
    actions.reply(ticket, "<p>We are looking into it.</p>", by=now(eva))

    for address in ("ada@acme.example", "dora@globex.example", "friend@outside.example"):
        arrived(address, "We are looking into it.")
    doras.reload()
    doras.get_by_role("link", name="Copies wanted").click()
    expect(doras.locator("#thread")).to_contain_text("It began on Monday.")
    expect(doras.get_by_role("link", name="screen.png").first).to_be_visible()


def test_F11_a_tickets_page_shows_facts_and_messages_and_takes_answers(ada, bert, page_of, axe, asked):
    page = page_of(ada)
    page.goto(f"/hc/en/requests/{asked.number}")
    facts = page.locator("#facts")
    for fact in ["#1", "Ada Aalto", "Acme Oy", "Hinders work", "3 – normal"]:
        expect(facts).to_contain_text(fact)
    expect(page.locator("#thread")).to_contain_text("It stands still since nine.")
    page.get_by_label("Your message").fill("And now it rattles.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#main").get_by_text("Your message has been sent.")).to_be_visible()
    expect(page.locator("#thread")).to_contain_text("And now it rattles.")
    axe(page)


def test_F12_the_settings_change_password_and_language(ada, page_of, live_desk):
    page = page_of(ada)
    page.goto("/hc/en/account")
    page.get_by_role("link", name="Password").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("an even longer one")
    page.get_by_label("The same password again").fill("an even longer One")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator("#mistakes")).to_be_visible()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("an even longer one")
    page.get_by_label("The same password again").fill("an even longer one")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator("main")).to_contain_text("password")
    assert Person.objects.get(pk=ada.person_id).check_password("an even longer one")

    page.get_by_role("link", name="Profile").click()
    page.get_by_role("combobox", name="Language").select_option("Suomi")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#main").get_by_text("Muutokset on tallennettu.")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "fi"
    assert page.url == f"{live_desk.url}/hc/fi/account"


def test_F13_after_sign_in_come_the_open_tickets_and_solved_ones_by_the_menu(ada, eva, page_of, asked, status):
    done = actions.submit("Long done", "<p>It was.</p>", by=ada)
    actions.set_status(done, status("done"), by=now(eva))
    page = page_of(locale="fi-FI")
    page.goto("/")
    page.get_by_role("link", name="Kirjaudu").first.click()
    page.get_by_label("Sähköpostiosoite").fill("ada@acme.example")
    page.get_by_role("textbox", name="Salasana").fill(PASSWORD)
    page.get_by_role("button", name="Kirjaudu sisään", exact=True).click()

    expect(page.get_by_role("button", name="Ada Aalto")).to_be_visible()
    expect(page.get_by_role("link", name="The batch is stuck")).to_be_visible()
    expect(page.get_by_role("link", name="Long done")).to_have_count(0)
    page.get_by_role("link", name="Omat palvelupyynnöt").first.click()
    expect(page.get_by_role("link", name="The batch is stuck")).to_be_visible()
    expect(page.get_by_role("link", name="Long done")).to_have_count(0)
    page.get_by_label("Tila").select_option("Valmis")
    page.get_by_role("button", name="Hae").click()
    expect(page.get_by_role("link", name="Long done")).to_be_visible()
    expect(page.get_by_role("link", name="The batch is stuck")).to_have_count(0)


def test_F14_the_list_tells_status_priority_queue_severity_and_who_changed_it_last(
    ada, eva, teams, page_of, asked, status, axe
):
    rejected = actions.submit("Make it pink", "<p>Please.</p>", severity="question", by=ada)
    actions.set_status(rejected, status("rejected"), by=now(eva))
    actions.hand_over(asked, teams["accounting"], by=now(eva))
    actions.set_priority(asked, 1, by=now(eva))
    actions.reply(asked, "<p>Which?</p>", by=now(eva))
    page = page_of(ada)
    page.goto("/hc/fi/requests?status=any")
    axe(page)

    row = page.get_by_role("row").filter(has_text="The batch is stuck")
    for told in ["#1", "Odottaa", "1 – työ on pysähtynyt", "Kofax ja skannaus", "Haittaa työskentelyä", "Eva Eskola"]:
        expect(row).to_contain_text(told)
    expect(row.locator("time")).to_have_attribute("datetime", re.compile(r"^20\d\d-"))
    expect(page.get_by_role("row").filter(has_text="Make it pink")).to_contain_text("Hylätty")
    offered = page.get_by_label("Tila").locator("option").all_inner_texts()
    assert offered == ["Avoimet", "Kaikki", "Uusi", "Käsittelyssä", "Odottaa", "Valmis", "Hylätty"]


@pytest.mark.both
def test_F15_the_customer_changes_subject_and_severity_and_adds_files_by_themselves_or_with_a_reply(
    ada, page_of, asked
):
    page = page_of(ada)
    page.goto(f"/hc/en/requests/{asked.number}")
    page.get_by_text("Edit subject and severity").click()
    edit = page.locator("#edit")
    edit.get_by_label("Subject").fill("The batch of Monday is stuck")
    edit.get_by_label("How badly does it get in the way?").select_option("Stops work")
    edit.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The batch of Monday is stuck")
    asked.refresh_from_db()
    assert (asked.subject, asked.severity, asked.priority) == ("The batch of Monday is stuck", "stops_work", 3)

    page.get_by_label("Your message").fill("Here is what it looks like.")
    page.get_by_label("Choose files").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": PNG}])
    page.get_by_role("button", name="Remove a.png").wait_for()
    page.get_by_text("Change the subject or severity with it").click()
    page.locator("#reply").get_by_label("Subject").fill("Two batches are stuck")
    page.locator("#reply").get_by_label("How badly does it get in the way?").select_option("Hinders work")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two batches are stuck")
    expect(page.get_by_role("link", name="a.png").first).to_be_visible()
    expect(page.locator("#thread")).to_contain_text("changed the subject; it was “The batch of Monday is stuck”")
    asked.refresh_from_db()
    assert (asked.subject, asked.severity) == ("Two batches are stuck", "hinders")
    assert {"ticket.subject_changed", "ticket.severity_changed"} <= {event for event, _who, _via in journal(asked)}


def test_F16_a_message_to_a_done_ticket_opens_it_again(ada, eva, page_of, post, arrived, quiet, asked, status):
    actions.reply(asked, "<p>Done by now.</p>", status=status("done"), by=now(eva))
    page = page_of(ada)
    page.goto(f"/hc/fi/requests/{asked.number}")
    expect(page.locator(".request-state")).to_contain_text("Valmis")
    page.locator("#reply textarea").fill("Ei vielä.")
    page.locator("#reply").get_by_role("button", name="Lähetä", exact=True).click()
    expect(page.locator(".request-state")).to_contain_text("Käsittelyssä")

    actions.reply(asked, "<p>But now.</p>", status=status("done"), by=now(eva))
    post(ada, "Re: it", "Not even now.", answers=arrived(ada, "But now.").mail)
    quiet()
    asked.refresh_from_db()
    assert asked.state == State.OPEN
    assert [event for event, _who, _via in journal(asked)].count("ticket.reopened") == 2
    assert Entry.objects.filter(event="ticket.reopened", via="email").count() == 1
