"""Heeros: finance and payroll software, in Finnish, English, Dutch and Swedish. Support is for trained main users."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import later
from tests.desks.conftest import journal, mails_to, newest, now
from tuki.mail.models import Outcome, RawMail
from tuki.people import actions as people
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.models import State, Ticket


@pytest.fixture
def blueprint() -> str:
    return "heeros"


@pytest.mark.both
def test_H6_submitting_is_shown_to_and_works_for_only_those_with_a_seat_which_support_gives(
    nils, eva, acme, page_of, post, arrived, quiet, axe
):
    page = page_of(nils)
    page.goto("/hc/en")
    expect(page.get_by_role("link", name="Submit a request")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Who can submit requests")
    page.goto("/hc/en/requests/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("You can't submit requests yet")
    expect(page.locator("main")).to_contain_text("main user")
    expect(page.locator("main")).to_contain_text("tuki@heeros.example")
    axe(page, status=403)
    forced = page.request.post("/hc/en/requests/new", form={"subject": "Let me", "body": "in"})
    assert forced.status == 403
    assert not Ticket.objects.exists()

    post(nils, "By mail, then", "Please.")
    assert "pääkäyttäj" in arrived(nils).text or "main user" in arrived(nils).text
    quiet()
    assert not Ticket.objects.exists()

    agent = page_of(eva)
    agent.goto(f"/workspace/organizations/{acme.pk}")
    row = agent.get_by_role("row", name="Nils Niemi")
    row.get_by_text("Change").click()
    row.get_by_role("button", name="Give: main user’s right").click()
    expect(row).to_contain_text("Eva Eskola")
    quiet()
    assert [ticket.subject for ticket in Ticket.objects.all()] == ["By mail, then"]  # what had waited for the right
    page.goto("/hc/en")
    page.get_by_role("link", name="Submit a request").first.click()
    page.get_by_label("Subject").fill("At last")
    page.get_by_label("Question").check()
    page.get_by_label("Description").fill("Thank you.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request #2 has come in")


@pytest.mark.both
def test_H8_a_main_users_mail_becomes_a_request_and_whoever_lacks_the_right_reads_how_to_get_it(
    ada, post, arrived, quiet
):
    post(ada, "Palkka-ajo pysähtyi", "Kesken jäi.")
    assert "#1" in arrived(ada).text
    assert (newest().requester, newest().via) == (ada.person, "email")

    post("Stina Ström <stina@acme.example>", "Hjälp", "Snälla.")
    told = arrived("stina@acme.example")
    quiet()
    assert "ei ole vielä oikeutta" in told.text or "pääkäyttäj" in told.text
    assert Ticket.objects.count() == 1
    assert RawMail.objects.latest("pk").outcome == Outcome.QUARANTINED
    assert not Person.objects.filter(email="stina@acme.example").exists()


def test_H11_my_requests_hold_all_of_mine_whichever_way_they_came_and_only_mine_until_the_company_asked(
    ada, bert, nils, dora, eva, acme, post, quiet, page_of
):
    actions.submit("From the pages", "<p>One</p>", by=ada)
    post(ada, "From a mail", "Two")
    quiet()
    actions.submit("From a call", "<p>Three</p>", requester=ada.person, by=now(eva).through("phone"))
    subjects = ["From the pages", "From a mail", "From a call"]
    page, berts = page_of(ada), page_of(bert)

    page.goto("/hc/en/requests")
    for subject in subjects:
        expect(page.get_by_role("link", name=subject)).to_be_visible()
    berts.goto("/hc/en/requests?status=any")
    expect(berts.get_by_role("link", name="Acme Oy")).to_have_count(0)
    berts.goto("/hc/en/requests?tab=organization&status=any")
    expect(berts.locator("main")).not_to_contain_text("From a")
    berts.goto("/hc/en/requests/1")
    expect(berts.locator("main")).not_to_contain_text("From the pages")

    agent = page_of(eva)
    agent.goto(f"/workspace/organizations/{acme.pk}")
    facts = agent.locator("dl > div", has_text="Requests are seen by")
    facts.get_by_text("Change").first.click()
    facts.get_by_label("Colleagues’ requests are seen by").select_option("seats")
    facts.get_by_role("button", name="Save").click()
    expect(facts).to_contain_text("as the company asked")
    for other in (nils, dora):
        page = page_of(other)
        for address in ("?tab=organization&status=any", "?q=From", "/1"):
            page.goto(f"/hc/en/requests{address}")
            assert not re.search("From (the|a) ", page.locator("main").inner_text()), address
    berts.goto("/hc/en/requests")
    berts.get_by_role("link", name="Acme Oy").click()
    for subject in subjects:
        expect(berts.get_by_role("link", name=subject)).to_be_visible()
    berts.get_by_role("link", name="From a call").click()
    berts.get_by_label("Your message").fill("I know more of it.")
    berts.get_by_role("button", name="Send", exact=True).click()
    expect(berts.locator("#thread")).to_contain_text("I know more of it.")
    assert newest().messages.latest("pk").author == bert.person


@pytest.mark.both
def test_H12_the_requester_marks_a_request_solved(ada, bert, eva, acme, page_of, live_desk, quiet):
    ticket = actions.submit("It stands", "<p>Still.</p>", by=ada)
    people.change_visibility(acme, "seats", by=now(eva))
    page, berts = page_of(ada, locale="fi-FI"), page_of(bert)
    berts.goto(f"/hc/en/requests/{ticket.number}")
    expect(berts.get_by_role("button", name="Mark as solved")).to_have_count(0)

    page.goto(f"/hc/fi/requests/{ticket.number}")
    page.get_by_role("button", name="Merkitse ratkaistuksi", exact=True).click()
    expect(page.locator(".request-state")).to_contain_text("Ratkaistu")
    ticket.refresh_from_db()
    assert ticket.state == State.SOLVED
    assert journal(ticket)[-1] == ("ticket.solved", "Ada Aalto", "web")
    quiet()
    assert [mail.text for mail in mails_to(live_desk, "ada@acme.example") if "ratkaistu" in mail.text.lower()] == []


def test_H13_old_requests_are_searched_and_browsed(ada, eva, page_of, status, axe):
    for number in range(1, 34):
        ticket = actions.submit(f"Erä {number} jumissa", "<p>Taas.</p>", by=later(ada, minutes=number))
        actions.set_status(ticket, status("solved"), by=later(eva, minutes=number))
    page = page_of(ada)
    page.goto("/hc/fi/requests")
    expect(page.locator("main")).to_contain_text("Mitään ei ole avoinna")

    page.get_by_label("Tila").select_option("Ratkaistu")
    page.get_by_role("button", name="Hae").click()
    expect(page.get_by_role("link", name="Erä 33 jumissa")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(31)
    page.get_by_role("link", name="Vanhemmat").click()
    expect(page.get_by_role("link", name="Erä 1 jumissa")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)
    axe(page)
    page.get_by_role("searchbox").fill("ERÄ 17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name="Erä 17 jumissa")).to_be_visible()
    page.get_by_role("searchbox").fill("#5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Erä 5 jumissa")).to_be_visible()
    page.get_by_role("link", name="Erä 5 jumissa").click()
    expect(page.locator("#thread")).to_contain_text("Taas.")
