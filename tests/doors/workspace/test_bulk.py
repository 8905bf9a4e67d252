"""One change to many tickets, and its undoing."""

import re

from tuki.people import actions as people_actions
from tuki.tickets import actions
from tuki.tickets.models import Ticket

PATH = "/workspace/views/open/changes"


def run_of(page) -> str:
    return re.search(r'name="run" value="([^"]+)"', page.content.decode())[1]


def words_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_chosen_are_assigned_and_the_list_tells_how_it_went(desk_of, submitted, eva, otto):
    tickets = [submitted(f"Number {n}") for n in range(3)]
    chosen = [ticket.number for ticket in tickets[:2]]

    page = desk_of.post(PATH, {"ticket": chosen, "change": "assignee", "assignee": otto.person_id}, follow=True)

    assert "2 of 2 done." in words_of(page)
    assert list(Ticket.objects.order_by("number").values_list("assignee", flat=True)) == [
        otto.person_id,
        otto.person_id,
        None,
    ]
    assert "2 of 2 done." not in words_of(desk_of.get("/workspace/views/open/"))  # told once


def test_status_and_team_can_be_set_and_nobody_be_assigned(desk_of, ticket, status, teams, eva):
    actions.assign(ticket, eva.person, by=eva)

    desk_of.post(PATH, {"ticket": ticket.number, "change": "status", "status": "waiting"})
    desk_of.post(PATH, {"ticket": ticket.number, "change": "team", "team": "support"})
    desk_of.post(PATH, {"ticket": ticket.number, "change": "assignee", "assignee": "nobody"})

    ticket.refresh_from_db()
    assert (ticket.status, ticket.team, ticket.assignee) == (status("waiting"), teams["support"], None)


def test_what_could_not_be_done_is_named_and_the_rest_is_done(desk_of, submitted, teams, eva, otto, root):
    open_one, private = submitted("Open"), submitted("Private")
    people_actions.set_teams(eva.person, [teams["support"], teams["payroll"]], by=root)
    actions.hand_over(private, teams["payroll"], by=eva)

    page = desk_of.post(
        PATH,
        {"ticket": [open_one.number, private.number, 999], "change": "assignee", "assignee": otto.person_id},
        follow=True,
    )

    assert "1 of 3 done." in words_of(page)
    assert f"#{private.number} This agent is not in the request" in words_of(page)
    assert "#999 not there any more" in words_of(page)


def test_a_script_hears_how_far_it_is_and_asks_for_the_rest(browser_of, eva, submitted):
    numbers = [submitted(f"Number {n}").number for n in range(12)]
    browser = browser_of(eva, htmx=True)

    first = browser.post(PATH, {"ticket": numbers, "change": "assignee", "assignee": "me"})
    assert "10 of 12" in words_of(first)
    assert Ticket.objects.filter(assignee=eva.person).count() == 10

    last = browser.post(PATH, {"run": run_of(first)})
    assert "12 of 12 done." in words_of(last)
    assert Ticket.objects.filter(assignee=eva.person).count() == 12


def test_undo_sets_back_what_still_stands_and_leaves_what_others_changed(browser_of, eva, otto, submitted, status):
    mine, others = submitted("Mine"), submitted("Others")
    for ticket in (mine, others):
        actions.set_status(ticket, status("open"), by=eva)
    browser = browser_of(eva, htmx=True)
    done = browser.post(PATH, {"ticket": [mine.number, others.number], "change": "status", "status": "waiting"})
    actions.set_status(others, status("hold"), by=otto)

    page = browser.post("/workspace/changes/undo", {"run": run_of(done)})

    assert "Taken back: 1 of 2." in words_of(page)
    assert f"#{others.number} changed since" in words_of(page)
    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.status, others.status) == (status("open"), status("hold"))


def test_nobody_undoes_with_anothers_word(browser_of, eva, otto, ticket):
    done = browser_of(eva, htmx=True).post(PATH, {"ticket": ticket.number, "change": "assignee", "assignee": "me"})

    answer = browser_of(otto).post("/workspace/changes/undo", {"run": run_of(done)})

    assert answer.status_code == 409
    ticket.refresh_from_db()
    assert ticket.assignee == eva.person


def test_nothing_chosen_or_nothing_to_set_changes_nothing(desk_of, ticket, told):
    for data in (
        {"change": "status", "status": "waiting"},
        {"ticket": ticket.number, "change": "status", "status": ""},
    ):
        assert "Choose requests, and what to set." in words_of(desk_of.post(PATH, data, follow=True))
    assert told(ticket) == []
