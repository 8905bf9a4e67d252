"""Haiilo's companies: a main contact names who has a service account, and whoever has one shares all requests."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import nodes
from tests.conftest import PASSWORD
from tests.desks.conftest import mails_to, newest, now
from tuki.desk.queries import the_desk
from tuki.lib.refusal import Refused
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Package, Person
from tuki.tickets import actions
from tuki.tickets.models import CompanyFollower


@pytest.fixture
def blueprint() -> str:
    return "haiilo"


@pytest.fixture
def acme(machine, desk) -> Organization:
    """A company of three service accounts."""
    bronze = Package.objects.get(key="bronze")
    return people.add_organization("Acme Oy", code="1001", domains=["acme.example"], package=bronze, by=machine)


def choose_password(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("banner")).to_contain_text("Submit a request")


def sign_in(page: Page, whom: Actor) -> None:
    assert whom.person is not None
    page.get_by_label("E-mail address").fill(whom.person.email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def invite(page: Page, address: str) -> None:
    """Fill in the company page's own form, with the right to use support."""
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("With the right to use support (service account)").check()
    page.get_by_role("button", name="Send the invitation").click()


@pytest.mark.both
def test_A3_the_main_contact_whom_support_names_names_colleagues_up_to_the_number_and_they_submit(
    eva, acme, page_of, arrived, axe
):
    mona = people.add_person("mona@acme.example", name="Mona Mannila", by=now(eva))
    agent = page_of(eva)
    agent.goto(f"/workspace/organizations/{acme.pk}")
    row = agent.get_by_role("row", name="Mona Mannila")
    row.get_by_text("Change").click()
    row.get_by_role("button", name="Name as main contact").click()
    expect(row).to_contain_text("main contact")
    told = arrived(mona, "You are the main contact of Acme Oy")
    for words in ("Bronze", "service account", "for 3 people", "/hc/en/company"):
        assert words in told.text

    page = page_of()
    choose_password(page, told.link)
    page.get_by_role("link", name="Your company").click()
    expect(page.locator(".use")).to_contain_text("1 of 3 in use")
    for address in ("kai@acme.example", "lea@elsewhere.example"):
        invite(page, address)
        expect(page.get_by_role("status").first).to_contain_text(f"An invitation is on its way to {address}.")
    expect(page.locator(".use")).to_contain_text("3 of 3 in use")
    invite(page, "one.too.many@acme.example")
    expect(page.get_by_role("alert").first).to_contain_text("Bronze has room for 3, and these hold it: Mona Mannila")
    axe(page, status=422)
    assert not Person.objects.filter(email="one.too.many@acme.example").exists()

    other = page_of()
    choose_password(other, arrived("lea@elsewhere.example", "Mona Mannila invites you").link)
    other.goto("/hc/en/requests/new")
    other.get_by_label("Subject").fill("Invited, and here")
    other.get_by_label("Low").check()
    other.get_by_label("Description").fill("How do we begin?")
    other.get_by_role("button", name="Send the request").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Request #1 has come in")
    assert (newest().requester.email, newest().organization) == ("lea@elsewhere.example", acme)
    other.goto("/hc/en/company")
    expect(other.locator("main")).not_to_contain_text("Mona")


def test_A5_a_shared_mailbox_is_refused_in_words_as_an_accounts_address(carol, acme, page_of, quiet, live_desk):
    page = page_of(carol)
    page.goto("/hc/en/company")
    invite(page, "info@acme.example")
    expect(page.locator("#id_email_error")).to_contain_text("Several people read “info@acme.example”.")
    expect(page.locator("#id_email_error")).to_contain_text("belongs to one person")
    expect(page.get_by_label("E-mail address")).to_have_value("info@acme.example")
    shared = the_desk().shared_mailboxes
    assert {"info", "support", "team"} <= set(shared)
    for name in shared:
        with pytest.raises(Refused):
            people.invite_colleague(acme, f"{name.title()}+us@acme.example", with_seat=True, by=now(carol))
    quiet()
    assert mails_to(live_desk) == []
    assert Membership.objects.filter(organization=acme).count() == 1


@pytest.mark.both
def test_A17_whoever_follows_the_company_hears_of_each_new_request_and_leaves_by_the_link(
    ada, bert, page_of, arrived, quiet, live_desk
):
    page = page_of(bert)
    page.goto("/hc/en/requests?tab=organization")
    page.get_by_role("button", name="Follow Acme Oy").click()
    expect(page.get_by_role("button", name="Follow Acme Oy")).to_have_attribute("aria-pressed", "true")
    actions.submit("Nobody gets in", "<p>The page is white.</p>", by=now(ada))
    told = arrived(bert, "Ada Aalto of Acme Oy has a new request, #1")
    assert "The page is white." in told.text

    (link,) = set(re.findall(r"https?://\S+/company/leave/[^\s)>]+", told.text))
    assert told.mail["List-Unsubscribe"] == f"<{link}>"
    anyone = page_of()
    anyone.goto(link)
    anyone.get_by_role("button", name="Follow them no longer").click()
    expect(anyone.get_by_role("heading", level=1)).to_have_text("You don’t follow these requests")
    assert not CompanyFollower.objects.exists()
    actions.submit("And nobody gets out", "<p>Now what?</p>", by=now(ada))
    quiet()
    assert not any("Now what?" in mail.text for mail in mails_to(live_desk, "bert@acme.example"))


@pytest.mark.both
def test_E3_whoever_loses_the_account_loses_the_open_page_its_stream_mails_and_the_session_at_once(
    ada, bert, carol, eva, page_of, hearing, live_desk, quiet
):
    ticket = actions.submit("The board's minutes", "<p>They are all to read.</p>", by=now(ada))
    actions.follow_company(ticket.organization, by=now(bert))
    page, manager = page_of(), page_of(carol)
    page.goto(f"/hc/en/requests/{ticket.number}")
    sign_in(page, bert)
    expect(page.locator("#thread")).to_contain_text("They are all to read.")
    hearing(1)
    session = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    port = int(live_desk.url.rpartition(":")[2])
    stream = nodes.Stream(port, f"topic=ticket-{ticket.number}", f"Cookie: sessionid={session}")
    manager.goto("/hc/en/company")
    manager.get_by_role("row", name="Bert Berg").get_by_role("button", name="Take the right").click()
    expect(manager.get_by_role("status").first).to_contain_text("Bert Berg may use support no longer.")

    while stream.next():
        pass
    stream.close()
    actions.reply(ticket, "<p>Only for the board.</p>", by=now(eva))
    actions.submit("Another matter", "<p>Only for us.</p>", by=now(ada))
    quiet()
    assert "Only for" not in page.content()
    assert not any("Only for" in mail.text for mail in mails_to(live_desk, "bert@acme.example"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, bert)
    expect(page.get_by_role("banner")).to_contain_text("Bert Berg")
    assert "board" not in page.content()
    page.goto("/hc/en/requests?tab=organization&status=any")
    assert "board" not in page.content()
