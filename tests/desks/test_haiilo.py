"""Haiilo's requirements, as far as the desks that ship show them: on Heeros', which reads the same three statuses."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.desks.conftest import PNG, mails_to, newest, now
from tuki.people import actions as people
from tuki.people.models import Person
from tuki.tickets import actions

NEW = "an even longer password"


@pytest.fixture
def blueprint() -> str:
    return "heeros"


@pytest.mark.both
def test_A6_sign_in_from_the_header_change_the_password_in_the_profile_and_have_a_forgotten_one_by_mail(
    ada, page_of, arrived, axe
):
    page = page_of()
    page.goto("/hc/en/privacy")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill("Ada@Acme.example")
    page.get_by_role("button", name="Send the link").click()
    axe(page)
    link = re.search(r"https?://\S+/password/reset/key/[^\s)]+", arrived(ada, "/password/reset/key/").text)
    page.goto(link[0])
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same password again").fill(NEW)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("button", name="Ada Aalto")).to_be_visible()
    assert Person.objects.get(pk=ada.person_id).check_password(NEW)

    page.get_by_role("button", name="Ada Aalto").click()
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Password").click()
    page.get_by_label("Current password").fill(NEW)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.get_by_role("button", name="Ada Aalto").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/hc/en/requests")
    page.get_by_label("E-mail address").fill("ada@acme.example")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Requests")).to_be_visible()
    assert urlsplit(page.url).path == "/hc/en/requests"


def test_A11_screenshots_recordings_and_har_files_are_attached_and_come_out_as_they_went_in(ada, eva, page_of):
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("See for yourself")
    page.get_by_label("Question").check()
    page.get_by_label("Description").fill("All is attached.")
    files = {"screen.png": PNG, "recording.webm": b"\x1aE\xdf\xa3webm" * 9, "network.har": b'{"log": {"entries": []}}'}
    page.get_by_label("Choose files").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files.items()]
    )
    page.get_by_role("button", name="Remove network.har").wait_for()
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Open the request").click()
    agent = page_of(eva)
    agent.goto(f"/workspace/tickets/{newest().number}")

    for reader in (page, agent):
        for name, content in files.items():
            link = reader.get_by_role("link", name=name, exact=True).first.get_attribute("href")
            assert reader.request.get(link).body() == content


def test_A13_three_tabs_mine_those_i_am_copied_on_and_my_companys(ada, bert, eva, acme, page_of, axe):
    people.share_tickets(acme, True, by=eva)
    actions.submit("Ada's own", "<p>1</p>", by=ada)
    actions.submit("Bert's, with Ada in copy", "<p>2</p>", copies=["ada@acme.example"], by=bert)
    actions.submit("Bert's own", "<p>3</p>", by=bert)
    page = page_of(ada)
    page.goto("/hc/en/requests")
    tabs = page.get_by_role("navigation", name="Whose requests").get_by_role("link")
    assert tabs.all_inner_texts() == ["My requests", "Requests I'm copied on", "Acme Oy"]

    for tab, subjects in {
        "My requests": ["Ada's own"],
        "Requests I'm copied on": ["Bert's, with Ada in copy"],
        "Acme Oy": ["Bert's own", "Bert's, with Ada in copy", "Ada's own"],
    }.items():
        tabs.filter(has_text=tab).click()
        expect(tabs.filter(has_text=tab)).to_have_attribute("aria-current", "page")
        assert page.locator("td.subject a").all_inner_texts() == subjects
        axe(page)


@pytest.mark.both
def test_A14_customers_read_open_awaiting_your_reply_and_solved_and_get_a_mail_at_every_answer(
    ada, eva, page_of, hearing, arrived, status, live_desk, quiet
):
    ticket = actions.submit("Three words", "<p>For five statuses.</p>", by=ada)
    page = page_of(ada)
    page.goto(f"/hc/en/requests/{ticket.number}")
    hearing(1)
    state = page.locator(".request-state")
    expect(state).to_contain_text("Open")
    actions.reply(ticket, "<p>First answer</p>", by=now(eva))
    expect(state).to_contain_text("Awaiting your reply")
    page.get_by_label("Your message").fill("Here you are.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(state).to_contain_text("Open")
    actions.set_status(ticket, status("hold"), by=now(eva))
    expect(page.locator("#thread")).to_contain_text("Here you are.")
    expect(state).to_contain_text("Open")
    actions.reply(ticket, "<p>Second answer</p>", status=status("solved"), by=now(eva))
    expect(state).to_contain_text("Solved")

    arrived(ada, "Second answer")
    quiet()
    mails = mails_to(live_desk, "ada@acme.example")
    assert [next((w for w in ("First answer", "Second answer") if w in mail.text), "") for mail in mails] == [
        "",
        "First answer",
        "Second answer",
    ]
    page.goto("/hc/en/requests?status=any")
    assert page.get_by_label("Status").locator("option").all_inner_texts() == [
        "Open",
        "All",
        "Open",
        "Awaiting your reply",
        "Solved",
    ]
