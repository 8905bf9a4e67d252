"""How articles are read."""

from datetime import timedelta
from zoneinfo import ZoneInfo

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


def test_days_are_those_of_whoever_looks(desk_of, published, eva):
    """Where it is another day than in Greenwich, what was read today and what was read thirty days ago both count."""
    eva.person.time_zone = "Pacific/Kiritimati" if eva.at.hour >= 10 else "Etc/GMT+12"
    eva.person.save()
    here = eva.at.astimezone(ZoneInfo(eva.person.time_zone))
    article = published()
    for at in (here, here - timedelta(days=30)):
        read(article, 1, at)
    actions.change_article(article, review_at=here.date() + timedelta(days=30), by=eva)

    assert here.date() != eva.at.date()
    assert desk_of.get(f"{GUIDE}reports").context["rows"][0]["views"] == 2
    assert desk_of.get(f"{GUIDE}articles/{article.pk}/report").context["views"] == 2
    merging = desk_of.get(f"{GUIDE}articles/{article.pk}/merge", {"other": published().pk})
    assert merging.context["sides"][0]["views"] == 2
    if here.date() > eva.at.date():
        assert desk_of.get(f"{GUIDE}lists/review").context["page"].rows
    desk_of.post(f"{GUIDE}articles/{article.pk}/review")
    article.refresh_from_db()
    assert (article.review_at.month, article.review_at.day) == (here.month, min(here.day, 28))


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
