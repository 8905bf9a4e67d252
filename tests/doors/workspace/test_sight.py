"""Who can see a request and why, and what a customer sees."""

import re

import pytest

from tuki.desk.models import WhoSees
from tuki.people import actions as people
from tuki.tickets import actions


@pytest.fixture
def words_of():
    return lambda answer: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_agent_names_a_person_and_reads_whether_and_why(rules, desk_of, ticket, bert, dora, acme, eva, words_of):
    rules(who_sees=WhoSees.NOBODY)
    people.change_visibility(acme, WhoSees.SEATS, by=eva)
    page = f"/workspace/tickets/{ticket.number}/sight"

    told = words_of(desk_of.get(page, {"q": "bert@acme.example"}))
    assert "They have at Acme Oy: seat. Who has it sees all requests, as the company asked." in told
    assert "It is neither theirs nor their company’s" in words_of(desk_of.get(page, {"q": "dora"}))
    assert "Nobody found." in words_of(desk_of.get(page, {"q": "nobody at all"}))


@pytest.mark.parametrize(
    ("language", "invited", "suspended"),
    [
        ("en", "They were invited to Acme Oy and have not accepted", "They are suspended at Acme Oy."),
        ("fi", "Henkilö on kutsuttu mukaan: Acme Oy.", "Henkilö on suljettu pois: Acme Oy."),
        ("sv", "Personen är inbjuden till Acme Oy men har inte tackat ja", "Personen är avstängd hos Acme Oy."),
        ("nl", "Deze persoon is uitgenodigd bij Acme Oy en heeft nog niet geaccepteerd", "is geschorst bij Acme Oy."),
    ],
)
def test_of_who_is_invited_or_suspended_that_is_said(
    rules, browser_of, ticket, nils, dora, carol, acme, eva, words_of, language, invited, suspended
):
    rules(who_sees=WhoSees.EVERYONE)
    people.invite_colleague(acme, "dora@globex.example", by=carol)
    people.suspend(nils.person.memberships.get(), by=carol)
    people.change_profile(eva.person, language=language, by=eva)
    browser, page = browser_of(eva), f"/workspace/tickets/{ticket.number}/sight"

    assert invited in words_of(browser.get(page, {"q": "dora@globex.example"}))
    assert suspended in words_of(browser.get(page, {"q": "nils@acme.example"}))


def test_everybody_concerned_stands_there_with_their_reason(
    rules, desk_of, ticket, ada, bert, nils, eva, otto, words_of
):
    rules(who_sees=WhoSees.SEATS, copies_from_first_answer=True)
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    actions.assign(ticket, otto.person, by=eva)

    told = words_of(desk_of.get(f"/workspace/tickets/{ticket.number}/sight"))
    for line in (
        "Eva Eskola (you) They work for support.",
        "Ada Aalto It is their own request.",
        "Otto Ojala They work for support. It is assigned to them.",
        "Nils Niemi They are in copy; copies know of it from support’s first answer on.",
        "Colleagues’ requests are seen by: everyone with the right to use support. That is the desk’s rule.",
        "People for whom that holds: 2.",
    ):
        assert line in told


def test_when_somebody_came_into_copy_is_told(desk_of, ticket, ada, nils):
    actions.add_copy(ticket, "nils@acme.example", by=ada)

    assert "since" in desk_of.get(f"/workspace/tickets/{ticket.number}/sight").content.decode()


def test_more_copies_cost_no_more_questions_about_the_ticket(desk_of, ticket, ada, bert, nils, queries_of):
    page = f"/workspace/tickets/{ticket.number}/sight"
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    one = queries_of(desk_of, page)
    actions.add_copy(ticket, "bert@acme.example", by=ada)

    assert queries_of(desk_of, page) == one + 1  # where bert stands


def test_an_agent_looks_through_a_customers_eyes_and_marks_nothing_as_read(
    rules, desk_of, submitted, ada, carol, eva, words_of
):
    rules(who_sees=WhoSees.MANAGERS)
    own = submitted("About the ledger")
    submitted("Carol's own", by=carol)
    actions.note(own, "<p>Hm.</p>", by=eva)
    page = f"/workspace/people/{carol.person_id}/sight"

    assert "Carol&#x27;s own" in words_of(desk_of.get(page))
    assert "About the ledger" not in words_of(desk_of.get(page))
    assert "About the ledger" in words_of(desk_of.get(page, {"tab": "organization"}))


def test_through_a_customers_eyes_an_agent_sees_nothing_that_is_kept_from_the_agent(
    desk_of, browser_of, ticket, teams, ada, hanna, otto
):
    actions.hand_over(ticket, teams["payroll"], by=otto)
    page = f"/workspace/people/{ada.person_id}/sight"

    assert ticket.subject not in desk_of.get(page).content.decode()
    assert ticket.subject in browser_of(hanna).get(page).content.decode()


def test_a_look_through_their_eyes_asks_as_much_of_many_requests_as_of_few(desk_of, submitted, ada, queries_of):
    page = f"/workspace/people/{ada.person_id}/sight"
    submitted()
    few = queries_of(desk_of, page)
    for n in range(10):
        submitted(f"Matter {n}")

    assert queries_of(desk_of, page) == few
