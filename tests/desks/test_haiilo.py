"""Haiilo: employee communications platform, in English. A company's service accounts share its tickets."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD, later
from tests.desks.conftest import PNG, mails_to, newest, now
from tuki.desk.models import Module
from tuki.lib.refusal import Refused
from tuki.people import actions as people
from tuki.people.models import Organization, Package, Person
from tuki.tickets import actions
from tuki.tickets.models import State, Ticket

NEW = "an even longer password"


@pytest.fixture
def blueprint() -> str:
    return "haiilo"


@pytest.fixture
def acme(machine, desk) -> Organization:
    """A company of three service accounts."""
    bronze = Package.objects.get(key="bronze")
    return people.add_organization("Acme Oy", code="1001", domains=["acme.example"], package=bronze, by=machine)


def test_A2_four_packages_have_a_number_of_service_accounts_each(desk):
    assert dict(Package.objects.values_list("key", "seats")) == {
        "basic": 1,
        "bronze": 3,
        "silver": 5,
        "gold": 10,
    }


@pytest.mark.both
def test_A3_only_a_service_account_creates_tickets_and_there_are_no_more_than_the_package_has(
    ada, bert, nils, eva, post, arrived, quiet, page_of
):
    page = page_of(nils)
    page.goto("/hc/en/requests/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("You can't submit requests yet")
    for words in ("main contact", "service account", "account manager"):
        expect(page.locator("main")).to_contain_text(words)
    assert page.request.post("/hc/en/requests/new", form={"subject": "Let me", "body": "in"}).status == 403
    post(nils, "By mail then", "Let me in.")
    assert "service account" in arrived(nils).text
    quiet()
    assert not Ticket.objects.exists()

    people.give_seat(nils.person.memberships.get(), by=now(eva))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Submit a request")
    more = people.add_person("stina@acme.example", name="Stina Ström", by=now(eva))
    with pytest.raises(Refused):
        people.give_seat(more.memberships.get(), by=now(eva))


@pytest.mark.both
def test_A4_every_service_account_of_a_company_sees_all_its_tickets_and_takes_part(ada, bert, nils, dora, page_of):
    ticket = actions.submit("The home page is empty", "<p>For everybody.</p>", by=ada)
    page = page_of(bert)
    page.goto("/hc/en/requests?tab=organization")
    page.get_by_role("link", name="The home page is empty").click()
    page.get_by_label("Your message").fill("At our branch, too.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#thread")).to_contain_text("At our branch, too.")
    assert ticket.messages.latest("pk").author == bert.person

    for other in (nils, dora):
        page = page_of(other)
        page.goto(f"/hc/en/requests/{ticket.number}")
        expect(page.locator("main")).not_to_contain_text("The home page is empty")


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


def test_A8_copies_are_colleagues_with_an_account_and_others_are_refused_with_the_same_words(
    ada, bert, nils, dora, page_of
):
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("With company")
    page.get_by_label("Low").check()
    page.get_by_label("Description").fill("Please read along.")
    said = set()
    for address in (nils.person.email, dora.person.email, "nobody@anywhere.example"):
        page.get_by_label("Copies to").fill(address)
        page.get_by_role("button", name="Send the request").click()
        said.add(page.locator("#id_copies_error").inner_text().replace(address, "…"))
    assert len(said) == 1
    assert not Ticket.objects.exists()

    page.get_by_label("Copies to").fill(bert.person.email)
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Open the request").click()
    assert [copy.person for copy in newest().copies.all()] == [bert.person]


def test_A9_the_customer_says_how_grave_it_is_and_support_corrects_the_priority(ada, eva, page_of, hearing):
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("Nobody gets in")
    choices = page.get_by_role("group", name="How badly does it get in the way?").locator("label")
    words = [choice.split("\n") for choice in choices.all_inner_texts()]
    assert [name.strip() for name, *_meaning in words] == ["Blocker", "High", "Medium", "Low"]
    assert all(meaning[0] for _name, *meaning in words)
    page.get_by_label("Blocker").check()
    page.get_by_label("Description").fill("The sign-in page is white.")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Open the request").click()
    ticket = newest()
    assert (ticket.severity, ticket.priority) == ("blocker", 1)

    agent = page_of(eva)
    agent.goto(f"/workspace/tickets/{ticket.number}")
    hearing(2)
    priority = agent.get_by_label("Priority", exact=True)
    priority.focus()  # as a person's is: news from others leave alone what somebody is choosing
    priority.select_option("High")
    expect(agent.locator("#thread")).to_contain_text("changed the priority")
    page.reload()
    expect(page.locator("#facts dd").get_by_text("High", exact=True)).to_be_visible()
    ticket.refresh_from_db()
    assert (ticket.severity, ticket.priority) == ("blocker", 2)


def test_A10_the_module_is_chosen_and_support_corrects_it(ada, eva, page_of):
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("No notifications")
    page.get_by_label("Product").select_option("Employee app")
    page.get_by_label("Module").select_option("Chat")
    page.get_by_label("Medium").check()
    page.get_by_label("Description").fill("Since the update.")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Open the request").click()
    expect(page.locator("#facts")).to_contain_text("Chat")
    ticket = newest()
    assert (ticket.product.key, ticket.module.key) == ("app", "chat")

    push = Module.objects.get(product=ticket.product, key="push")
    actions.change_product(ticket, push.product, push, by=now(eva))
    expect(page.locator("#facts")).to_contain_text("Push notifications")


def test_A11_screenshots_recordings_and_har_files_are_attached_and_come_out_as_they_went_in(ada, eva, page_of):
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("See for yourself")
    page.get_by_label("Low").check()
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


def test_A13_three_tabs_mine_those_i_am_copied_on_and_my_companys(ada, bert, page_of, axe):
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


@pytest.mark.both
def test_A15_a_reply_within_14_days_reopens_and_later_only_a_follow_up_can_be_created(ada, eva, page_of, status):
    recent, old = (
        actions.submit(subject, "<p>Odd.</p>", by=later(now(ada), days=-16)) for subject in ("Recent", "Old")
    )
    actions.set_status(recent, status("solved"), by=later(now(eva), days=-13))
    actions.set_status(old, status("solved"), by=later(now(eva), days=-15))
    page = page_of(ada)
    page.goto(f"/hc/en/requests/{recent.number}")
    page.get_by_label("Your message").fill("Odd again.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".request-state")).to_contain_text("Open")

    page.goto(f"/hc/en/requests/{old.number}")
    expect(page.get_by_label("Your message")).to_have_count(0)
    expect(page.get_by_role("link", name=f"Submit a new one and mention #{old.number}.")).to_be_visible()
    forced = page.request.post(f"/hc/en/requests/{old.number}/replies", form={"body": "Still odd."})
    assert forced.status in {403, 409}
    recent.refresh_from_db()
    old.refresh_from_db()
    assert (recent.state, old.state) == (State.OPEN, State.SOLVED)
