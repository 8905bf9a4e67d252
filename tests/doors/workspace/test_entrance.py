"""Who is let in."""

import pytest

from tuki.tickets import marks
from tuki.tickets.models import Draft


@pytest.mark.parametrize("path", ["/workspace/", "/workspace/views/open/", "/workspace/tickets/new"])
def test_who_is_not_signed_in_signs_in_and_comes_back(browser_of, desk, path):
    answer = browser_of().get(path)

    assert answer.status_code == 302
    assert answer.url == f"/account/login/?next={path}"


def test_a_customer_is_told_that_it_is_not_for_them_whether_or_not_the_ticket_exists(browser_of, ada, ticket):
    browser = browser_of(ada)

    assert browser.get(f"/workspace/tickets/{ticket.number}").status_code == 403
    assert browser.get("/workspace/tickets/999").status_code == 403
    assert browser.get("/workspace/views/open/").status_code == 403


def test_a_ticket_of_anothers_private_team_is_not_there(browser_of, desk_of, ticket, teams, hanna, eva):
    from tuki.tickets import actions

    actions.hand_over(ticket, teams["payroll"], by=eva)

    assert desk_of.get(f"/workspace/tickets/{ticket.number}").status_code == 404
    assert browser_of(hanna).get(f"/workspace/tickets/{ticket.number}").status_code == 200


def test_what_was_written_comes_back_when_the_session_has_ended(browser_of, ticket):
    answer = browser_of().post(f"/workspace/tickets/{ticket.number}/messages", {"kind": "reply", "body": "So long."})

    assert answer.status_code == 401
    assert "So long." in answer.content.decode()
    assert f"next=/workspace/tickets/{ticket.number}" in answer.content.decode()


def test_a_page_that_is_open_is_told_that_the_session_has_ended_and_stays_as_it_is(browser_of, ticket):
    answer = browser_of(htmx=True).post(f"/workspace/tickets/{ticket.number}/draft", {"body": "So"})

    assert answer.status_code == 401
    assert answer.headers["HX-Reswap"] == "none"
    assert answer.headers["HX-Trigger"] == "signed-out"


def test_nobody_reads_anothers_draft(browser_of, ticket, eva, otto):
    marks.save_draft(eva.person, ticket, "<p>Between us</p>", internal=True, at=eva.at)

    assert "Between us" in browser_of(eva).get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert "Between us" not in browser_of(otto).get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert Draft.objects.count() == 1
