"""The workspace in a real browser, by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD, later
from tuki.tickets import actions
from tuki.tickets.models import Draft, Message, Ticket


@pytest.fixture
def three(live_desk, submitted, ada):
    """Three tickets that nobody has; the last to be submitted stands first."""
    return [submitted(f"Number {n}", by=later(ada, seconds=n)) for n in range(3)]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.both
def test_triage_by_keys_and_its_undoing(three, page_of, eva, axe, colours):
    page = page_of(eva, color_scheme=colours)
    page.goto("/workspace/views/unassigned/")
    axe(page)
    keys = page.keyboard

    keys.press("j")
    expect(page.get_by_role("link", name="Number 2")).to_be_focused()
    keys.press("x")
    keys.press("j")
    keys.press("j")
    keys.press("k")
    keys.press("x")
    expect(page.get_by_text("2 chosen")).to_be_visible()
    axe(page)
    keys.press("i")

    expect(page.get_by_text("2 of 2 done.")).to_be_visible()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    assert [ticket.assignee_id for ticket in Ticket.objects.order_by("number")] == [None, eva.person_id, eva.person_id]
    axe(page)

    keys.press("z")
    expect(page.get_by_text("Taken back: 2 of 2.")).to_be_visible()
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    assert not Ticket.objects.exclude(assignee=None).exists()


def test_a_row_opens_by_enter_and_u_leads_back_to_it(three, page_of, eva):
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Number 1")).to_be_visible()
    page.wait_for_load_state()  # with what hears the keys
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Number 0")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("u")

    expect(page.get_by_role("link", name="Number 0")).to_be_focused()


def test_shift_chooses_all_between(three, page_of, eva):
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("3 chosen")).to_be_hidden()


def test_letters_are_letters_where_one_types_and_nothing_where_keys_are_off(three, page_of, eva):
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")

    page.keyboard.press("/")
    page.keyboard.type("xjg?")
    expect(page.get_by_role("searchbox")).to_have_value("xjg?")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.goto("/workspace/settings")
    page.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto("/workspace/views/unassigned/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Number 2")).not_to_be_focused()


def test_g_and_a_letter_lead_to_a_list_and_the_question_mark_tells_all_keys(three, page_of, eva, axe):
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("w")

    page.wait_for_url("**/views/waiting/")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_reply_is_written_sent_and_taken_back_by_keys(three, page_of, eva, axe, colours):
    ticket = three[0]
    page = page_of(eva, color_scheme=colours)
    page.goto(f"/workspace/tickets/{ticket.number}")
    axe(page)

    page.keyboard.press("r")
    editor = page.get_by_role("textbox", name="Public reply")
    expect(editor).to_be_focused()
    expect(page.locator("#composer .ProseMirror")).to_be_focused()  # it is fetched now: plain text has no bold
    page.keyboard.type("Dear Ada, press ")
    page.keyboard.press("Control+b")
    page.keyboard.type("Save")
    axe(page)
    page.keyboard.press("Control+Enter")

    leaving = page.locator("#thread .leaving")
    expect(leaving).to_contain_text("Dear Ada, press Save")
    expect(leaving).to_contain_text(re.compile(r"leaves in \d+ s"))
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("z")

    expect(leaving).to_have_count(0)
    expect(page.get_by_role("textbox", name="Public reply")).to_contain_text("Dear Ada, press Save")
    assert Draft.objects.get().html == "<p>Dear Ada, press <strong>Save</strong></p>"
    assert not Message.objects.filter(by_support=True).exists()


def test_a_note_with_a_status_by_keys(three, page_of, eva, status, axe):
    ticket = three[0]
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{ticket.number}")

    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Internal note")).to_be_focused()
    page.keyboard.type("Waits for the bank.")
    axe(page)
    page.keyboard.press("Control+Shift+Digit3")

    expect(page.locator("#thread .internal")).to_contain_text("Waits for the bank.")
    ticket.refresh_from_db()
    assert ticket.status == status("hold")


def test_what_was_begun_as_a_note_is_asked_about_before_it_is_sent(three, page_of, eva, axe):
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{three[0].number}")

    page.keyboard.press("n")
    page.keyboard.type("They never read the manual.")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Public reply")).to_have_text("They never read the manual.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("This text was begun as an internal note.")).to_be_visible()
    axe(page, status=409)
    page.get_by_label("I have read it through").check()
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#thread .leaving")).to_be_visible()


def test_a_fact_is_chosen_and_set(three, page_of, eva, status):
    ticket = three[0]
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{ticket.number}")

    page.keyboard.press("s")
    expect(page.get_by_label("Status", exact=True)).to_be_focused()
    page.get_by_label("Status", exact=True).select_option("On hold")

    expect(page.locator("#head .pill")).to_have_text("On hold")
    expect(page.get_by_label("Status", exact=True)).to_be_focused()
    ticket.refresh_from_db()
    assert ticket.status == status("hold")


def test_a_draft_is_kept_while_one_writes(three, page_of, eva):
    ticket = three[0]
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{ticket.number}")

    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Public reply")).to_be_focused()
    page.keyboard.type("To be continued")
    expect(page.locator("#kept")).to_contain_text("Draft kept", timeout=6000)

    page.goto("/workspace/drafts")
    expect(page.get_by_text("To be continued")).to_be_visible()


def test_the_facts_work_on_a_phone(three, page_of, eva, axe):
    page = page_of(eva, viewport={"width": 390, "height": 844})
    page.goto("/workspace/views/unassigned/")
    axe(page)
    page.get_by_role("link", name="Number 0").click()
    axe(page)
    page.get_by_role("button", name="Facts").click()
    expect(page.get_by_label("Priority")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_other_pages_read_well(three, page_of, eva, ada, acme, axe):
    actions.reply(three[0], "Answer", by=eva)
    message = Message.objects.first()
    page = page_of(eva)
    for path in [
        "/workspace/search?q=number",
        "/workspace/search",
        "/workspace/drafts",
        "/workspace/settings",
        "/workspace/tickets/new",
        f"/workspace/messages/{message.pk}/redaction",
        f"/workspace/tickets/{three[0].number}/requester?q=ada",
        "/workspace/people/?q=a",
        f"/workspace/people/{ada.person_id}",
        f"/workspace/people/{ada.person_id}/merge?q=a",
        f"/workspace/organizations/{acme.pk}",
        f"/workspace/organizations/{acme.pk}/merge?q=a",
    ]:
        page.goto(path)
        axe(page)


def test_reading_replying_noting_and_changing_a_fact_need_no_script(three, page_of, eva, status):
    ticket = three[0]
    page = page_of(eva, java_script_enabled=False)
    page.goto("/workspace/views/unassigned/")
    page.get_by_role("link", name="Number 0").click()

    page.locator(".fact-status select").select_option("On hold")
    page.locator(".fact-status").get_by_role("button", name="Set").click()
    ticket.refresh_from_db()
    assert ticket.status == status("hold")

    page.get_by_text("Internal note", exact=True).first.click()
    page.locator("#body").fill("Ask the bank.")
    page.get_by_role("button", name="Add internal note").click()
    expect(page.locator("#thread .internal")).to_contain_text("Ask the bank.")

    page.locator("#body").fill("Dear Ada")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#thread .leaving")).to_contain_text("Dear Ada")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#body")).to_have_value("Dear Ada")


def test_a_session_that_ends_while_one_writes_takes_nothing_away(three, page_of, eva):
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{three[0].number}")
    page.keyboard.press("r")
    editor = page.get_by_role("textbox", name="Public reply")
    expect(editor).to_be_focused()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.type("Dear Ada")
    expect(page.get_by_text("You have been signed out. What you wrote is still here.")).to_be_visible()

    other = page.context.new_page()
    other.goto(page.get_by_role("link", name="Sign in again in a new tab").get_attribute("href"))
    other.get_by_label("E-mail address").fill(eva.person.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/workspace/**")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")  # a headless browser has no windows to come back to

    expect(page.get_by_text("You have been signed out. What you wrote is still here.")).to_be_hidden()
    editor.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .leaving")).to_contain_text("Dear Ada")
