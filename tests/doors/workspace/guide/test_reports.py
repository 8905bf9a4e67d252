"""How articles are read."""

from tests.conftest import later
from tuki.knowledge import actions, marks
from tuki.tickets import actions as tickets

GUIDE = "/workspace/guide/"


def read(article, times: int, at) -> None:
    tally = marks.Tally()
    for _time in range(times):
        tally.add(article.pk, "en", at.date())
    tally.write()


def test_what_was_read_most_stands_first_with_its_votes_and_what_was_asked(desk_of, published, eva, ada, desk):
    often, seldom = published("Often"), published("Seldom")
    read(often, 3, eva.at)
    read(seldom, 1, eva.at)
    actions.vote(often, helpful=False, language="en", reason="No picture.", by=ada)
    tickets.submit("Still stuck", "<p>x</p>", after_reading=often, by=later(ada, seconds=1))

    rows = desk_of.get(f"{GUIDE}reports").context["rows"]
    assert [(row["translation"].title, row["views"], row["asked"]) for row in rows] == [
        ("Often", 3, 1),
        ("Seldom", 1, 0),
    ]
    page = desk_of.get(f"{GUIDE}articles/{often.pk}/report").content.decode()
    assert "No picture." in page
    assert "Still stuck" in page


def test_a_request_that_an_agent_may_not_know_is_not_counted(desk_of, published, eva, ada, hanna, teams):
    article = published("Often")
    read(article, 1, eva.at)
    ticket = tickets.submit("Walnut", "<p>x</p>", after_reading=article, by=ada)
    tickets.hand_over(ticket, teams["payroll"], by=eva)

    assert desk_of.get(f"{GUIDE}reports").context["rows"][0]["asked"] == 0
    assert "Walnut" not in desk_of.get(f"{GUIDE}articles/{article.pk}/report").content.decode()


def test_the_report_asks_no_more_where_more_was_read(desk_of, queries_of, published, eva):
    read(published("First"), 1, eva.at)
    few = queries_of(desk_of, f"{GUIDE}reports")
    for n in range(5):
        read(published(f"Number {n}"), 1, eva.at)

    assert queries_of(desk_of, f"{GUIDE}reports") == few
