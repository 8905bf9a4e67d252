"""The lists: what stands in them, in which order, and what they cost."""

import re

from django.test import Client

from tests.conftest import later
from tuki.live import presence
from tuki.tickets import actions, queries


def numbers(page) -> list[int]:
    return [int(number) for number in re.findall(r'<tr id="t(\d+)"', page.content.decode())]


def test_the_workspace_opens_where_one_was_last(desk_of):
    assert desk_of.get("/workspace/").url == "/workspace/views/unassigned/"

    desk_of.get("/workspace/views/waiting/")

    assert desk_of.get("/workspace/").url == "/workspace/views/waiting/"


def test_a_view_shows_what_it_is_called(desk_of, submitted, eva, otto, teams, status):
    taken, waits, solved, unassigned = (submitted(subject) for subject in ("Mine", "Waits", "Solved", "New"))
    actions.assign(taken, eva.person, by=eva)
    actions.set_status(waits, status("waiting"), by=eva)
    actions.assign(waits, otto.person, by=eva)
    actions.hand_over(unassigned, teams["support"], by=eva)
    actions.solve(solved, by=eva)

    assert numbers(desk_of.get("/workspace/views/mine/")) == [taken.number]
    assert numbers(desk_of.get("/workspace/views/waiting/")) == [waits.number]
    assert numbers(desk_of.get("/workspace/views/teams/")) == [unassigned.number]
    assert numbers(desk_of.get("/workspace/views/unassigned/")) == [unassigned.number]
    assert numbers(desk_of.get("/workspace/views/solved/")) == [solved.number]
    assert desk_of.get("/workspace/views/nonsense/").status_code == 404


def test_what_somebody_did_last_stands_first_and_unread(desk_of, submitted, ada, eva):
    first, second = submitted("First"), submitted("Second")
    desk_of.get(f"/workspace/tickets/{first.number}")
    desk_of.get(f"/workspace/tickets/{second.number}")
    actions.reply(first, "It broke again.", by=later(ada, minutes=1))

    page = desk_of.get("/workspace/views/open/")

    assert numbers(page) == [first.number, second.number]
    rows = re.findall(r'<tr id="t(\d+)"( class="unread")?', page.content.decode())
    assert rows == [(str(first.number), ' class="unread"'), (str(second.number), "")]
    assert "It broke again." in page.content.decode()


def test_a_list_names_who_has_a_ticket_open(desk_of, ticket, otto):
    presence.seen(otto, ticket.pk)

    assert "Otto Ojala is looking" in desk_of.get("/workspace/views/open/").content.decode()


def test_a_long_list_goes_on_where_its_page_ends(desk_of, submitted, monkeypatch):
    monkeypatch.setattr("tuki.doors.workspace.views.lists.SIZE", 2)
    tickets = [submitted(f"Number {n}") for n in range(3)]

    first = desk_of.get("/workspace/views/open/")
    older = re.search(r'href="(\?at=[^"]+)" rel="next"', first.content.decode())
    second = desk_of.get("/workspace/views/open/" + older[1].replace("&amp;", "&"))

    assert numbers(first) + numbers(second) == [ticket.number for ticket in reversed(tickets)]


def test_the_box_jumps_to_a_number_and_finds_addresses_and_words(desk_of, submitted, dora):
    invoice, salary = submitted("The invoice is stuck"), submitted("Salary of May", by=dora)

    for words in (str(invoice.number), f"#{invoice.number}", f"[Festum #{invoice.number}]"):
        assert desk_of.get("/workspace/search", {"q": words}).url == f"/workspace/tickets/{invoice.number}"
    assert numbers(desk_of.get("/workspace/search", {"q": "dora@globex.example"})) == [salary.number]
    assert numbers(desk_of.get("/workspace/search", {"q": "STUCK invoice"})) == [invoice.number]
    assert "Nothing found" in desk_of.get("/workspace/search", {"q": "lunch"}).content.decode()


def test_drafts_lead_back_to_what_was_begun(desk_of, ticket, eva):
    desk_of.post(f"/workspace/tickets/{ticket.number}/draft", {"kind": "reply", "body": "Dear Ada & all"})

    page = desk_of.get("/workspace/drafts").content.decode()

    assert "Dear Ada &amp; all" in page
    assert f"/workspace/tickets/{ticket.number}#composer" in page


def test_a_refreshed_list_is_the_rows_and_the_counts_alone(browser_of, eva, ticket):
    page = browser_of(eva, htmx=True).get("/workspace/views/open/", headers={"X-Refresh": "1"}).content.decode()

    assert f'id="t{ticket.number}"' in page
    assert 'id="places"' in page
    assert "<html" not in page


def test_a_list_costs_the_same_whatever_stands_in_it(desk_of: Client, submitted, eva, otto, queries_of):
    path = "/workspace/views/open/"
    desk_of.get(path)

    def add(many: int) -> None:
        for n in range(many):
            ticket = submitted(f"Number {n}", priority=1 + n % 5)
            actions.note(ticket, "Look at this.", by=eva)
            actions.assign(ticket, otto.person, by=eva)
            presence.seen(otto, ticket.pk)

    add(3)
    few = queries_of(desk_of, path)
    add(30)
    assert queries_of(desk_of, path) == few
    assert few <= 18
    assert queries.view(eva, "open").count() == 33
