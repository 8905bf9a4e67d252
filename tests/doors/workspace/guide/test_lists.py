"""The lists that editors work through."""

from datetime import timedelta

import pytest

from tests.conftest import later
from tests.knowledge.conftest import labels, of, plan, publish, translated, write
from tuki.knowledge import actions, audience

GUIDE = "/workspace/guide/"


def titles(browser, path: str) -> list[str]:
    """What a list shows, by title."""
    page = browser.get(path)
    assert page.status_code == 200
    return [row.title for row in page.context["page"].rows]


def test_every_agent_finds_the_lists_in_the_workspaces_side(desk_of):
    assert f'href="{GUIDE}"' in desk_of.get("/workspace/drafts").content.decode()


def test_what_changed_last_stands_first(desk_of, published, drafted, eva):
    published("Old", by=eva)
    drafted("New", by=later(eva, hours=1))

    assert titles(desk_of, GUIDE) == ["New", "Old"]


def test_a_list_shows_what_it_is_about(desk_of, published, drafted, eva):
    drafted("Begun")
    changed = published("Changed")
    write(changed, "<p>Anew.</p>", title="Changed since", by=eva)
    actions.archive(of(published("Gone")), by=eva)
    planned = drafted("Planned")
    plan(planned, publish_at=eva.at + timedelta(days=1), by=eva)

    assert set(titles(desk_of, f"{GUIDE}lists/drafts")) == {"Begun", "Changed since", "Planned"}
    assert titles(desk_of, f"{GUIDE}lists/scheduled") == ["Planned"]
    assert titles(desk_of, f"{GUIDE}lists/archived?language=en") == ["Gone"]


def test_what_is_missing_and_outdated_is_asked_of_a_language(desk_of, published, eva):
    both = published("Both")
    translated(both, "fi", "Molemmat", by=eva)
    published("Alone")
    write(both, "<p>Something else.</p>", by=eva, title="Both")
    publish(both, by=eva)

    assert titles(desk_of, f"{GUIDE}lists/missing?language=fi") == ["Alone"]
    assert titles(desk_of, f"{GUIDE}lists/outdated?language=fi") == ["Molemmat"]
    assert titles(desk_of, f"{GUIDE}lists/outdated?language=sv") == []


def test_what_is_due_for_review_within_a_month_is_listed_with_its_owner(desk_of, published, eva):
    soon, far = published("Soon"), published("Far")
    actions.change_article(soon, review_at=eva.at.date() + timedelta(days=7), by=eva)
    actions.change_article(far, review_at=eva.at.date() + timedelta(days=70), by=eva)

    assert titles(desk_of, f"{GUIDE}lists/review") == ["Soon"]
    assert eva.person.name in desk_of.get(f"{GUIDE}lists/review").content.decode()


def test_a_link_that_leads_nowhere_is_listed(desk_of, published):
    published("Leads on", '<p>See <a href="/hc/en/articles/999">that</a>.</p>')
    there = published("There")
    published("Well", f'<p>See <a href="/hc/en/articles/{there.pk}">that</a>.</p>')

    assert titles(desk_of, f"{GUIDE}lists/links?language=en") == ["Leads on"]


def test_titles_are_found_whichever_their_case_those_of_drafts_too(desk_of, published, drafted, eva):
    article = published("Ääkköset")
    drafted("ÄÄNI pois")
    published("Other")

    assert set(titles(desk_of, f"{GUIDE}?q=ää")) == {"Ääkköset", "ÄÄNI pois"}
    write(article, "<p>x</p>", title="Kirjaimet", by=eva)
    assert titles(desk_of, f"{GUIDE}?q=kirj") == ["Kirjaimet"]
    assert titles(desk_of, f"{GUIDE}?q=äÄkk") == ["Kirjaimet"]  # as readers still have it


def test_a_section_is_shown_in_its_order_page_by_page(desk_of, invoices, published, eva):
    made = [published(f"Number {n}") for n in range(3)]
    actions.place_article(made[2], made[0], by=eva)

    path = f"{GUIDE}sections/{invoices.pk}"
    assert titles(desk_of, path) == ["Number 2", "Number 0", "Number 1"]


@pytest.mark.parametrize("key", ["all", "drafts", "scheduled", "missing", "outdated", "links", "archived"])
def test_a_list_asks_no_more_where_there_is_more(desk_of, queries_of, drafted, published, eva, key):
    def grow(count: int) -> None:
        for n in range(count):
            plan(drafted(f"Draft {n}"), publish_at=eva.at + timedelta(days=1), by=eva)
            actions.archive(of(published(f"Gone {n}")), by=eva)
            both = published(f"Both {n}", '<p><a href="/hc/en/articles/999">x</a></p>')
            translated(both, "fi", f"Molemmat {n}", by=eva)
            write(both, f"<p>{n}</p>", by=eva)
            publish(both, by=eva)
            published(f"Alone {n}")

    path = f"{GUIDE}lists/{key}"
    grow(1)
    few = queries_of(desk_of, path)
    grow(5)

    assert queries_of(desk_of, path) == few <= 20


def test_a_teams_own_is_listed_for_its_members_alone(desk_of, browser_of, hanna, guides, machine, teams):
    own = audience.teams([teams["payroll"].pk])
    hidden = actions.make_section(guides, labels("Payroll"), audience=own, by=machine)
    actions.make_article(hidden, "Walnut", by=hanna)

    assert titles(browser_of(hanna), GUIDE) == ["Walnut"]
    assert titles(desk_of, GUIDE) == []
    assert "Payroll" not in desk_of.get(GUIDE).content.decode()
    assert desk_of.get(f"{GUIDE}sections/{hidden.pk}").status_code == 404
