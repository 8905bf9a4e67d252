"""Categories and sections that are no more: what was in them is kept, and their addresses lead on or nowhere."""

import pytest

from tests.knowledge.conftest import labels, told
from tests.knowledge.test_arranging import NOBODY, titles
from tuki.journal.models import Entry
from tuki.knowledge import actions, audience
from tuki.knowledge.models import Article, Category, Following, Redirect, Section
from tuki.knowledge.queries import arranging, reading
from tuki.lib.refusal import Denied, Refused


def test_what_comes_by_a_merge_stands_behind_what_was_there_each_in_its_order(guides, invoices, published, root, eva):
    bills = actions.make_section(guides, labels("Bills"), by=root)
    here = [published(f"here {n}") for n in range(2)]
    there = [published(f"there {n}", section=bills) for n in range(2)]
    late = published("here late")
    actions.place_article(there[1], there[0], by=eva)
    actions.merge_sections(invoices, bills, by=root)

    assert titles(invoices) == ["here 0", "here 1", "here late", "there 1", "there 0"]
    assert here[0].section_id == late.section_id


def test_a_merged_categorys_sections_stand_behind_those_that_were_there(guides, invoices, news, root):
    other = actions.make_category(labels("Other"), by=root)
    first = actions.make_section(other, labels("First"), by=root)
    inner = actions.make_section(other, labels("Inner"), parent=first, by=root)
    actions.merge_categories(guides, other, by=root)

    assert list(arranging.sections(root)) == [invoices, news, first, inner]
    assert reading.redirected(NOBODY, f"categories/{other.pk}", "en") == guides


def test_no_section_is_merged_into_one_that_lies_in_it(guides, invoices, root):
    inner = actions.make_section(guides, labels("Inner"), parent=invoices, by=root)

    with pytest.raises(Refused, match="lies within"):
        actions.merge_sections(inner, invoices, by=root)
    assert Section.objects.get(pk=inner.pk).parent == invoices


def test_only_what_is_empty_is_removed_and_its_address_leads_nowhere(guides, invoices, published, news, root, ada):
    article = published()
    actions.follow(invoices, by=ada)
    with pytest.raises(Refused, match="articles"):
        actions.remove_section(invoices, by=root)
    with pytest.raises(Refused, match="sections"):
        actions.remove_category(guides, by=root)
    inner = actions.make_section(guides, labels("Inner"), parent=news, by=root)
    with pytest.raises(Refused, match="sections"):
        actions.remove_section(news, by=root)

    actions.change_article(article, section=inner, by=root)
    actions.remove_section(invoices, by=root)
    assert not Section.objects.filter(pk=invoices.pk).exists()
    assert not Following.objects.exists()
    assert reading.redirected(NOBODY, f"sections/{invoices.pk}", "en") is None
    entry = Entry.objects.filter(on_kind="section", on_id=invoices.pk).latest("pk")
    assert (entry.event, entry.data) == ("section.removed", {"called": "Invoices"})


def test_what_was_merged_into_it_goes_with_it_and_what_went_elsewhere_stays_there(
    guides, invoices, news, published, root
):
    """No address of what was merged out of a place leads to a wrong one, or to none, when that place is removed."""
    gone, moved = (actions.make_section(guides, labels(name), by=root) for name in ("Gone", "Moved"))
    one, two = published("One", section=news), published("Two", section=invoices)
    actions.merge_articles(one, two, by=root)
    actions.merge_sections(invoices, gone, by=root)
    within = actions.make_section(guides, labels("Within"), parent=invoices, by=root)
    actions.merge_sections(news, within, by=root)
    actions.merge_sections(news, moved, by=root)
    actions.remove_section(invoices, by=root)

    assert set(Section.objects.filter(merged_into=None)) == {news}
    assert not Redirect.objects.filter(path=f"sections/{gone.pk}").exists()
    assert reading.redirected(NOBODY, f"sections/{within.pk}", "en") == news
    assert Article.objects.get(pk=two.pk).section == news
    assert reading.redirected(NOBODY, f"articles/{two.pk}", "en").article == one


def test_an_empty_category_is_removed_with_what_was_merged_out_of_it_kept(guides, invoices, root):
    room, before = (actions.make_category(labels(name), by=root) for name in ("Room", "Before"))
    section = actions.make_section(room, labels("Section"), by=root)
    actions.merge_sections(invoices, section, by=root)
    actions.merge_categories(room, before, by=root)
    actions.remove_category(room, by=root)

    assert set(Category.objects.all()) == {guides}
    assert reading.redirected(NOBODY, f"sections/{section.pk}", "en") == invoices
    assert reading.redirected(NOBODY, f"categories/{before.pk}", "en") is None


def test_an_agent_removes_nothing(guides, invoices, root, eva):
    room = actions.make_category(labels("Room"), by=root)
    for verb in (
        lambda: actions.remove_category(room, by=eva),
        lambda: actions.remove_section(invoices, by=eva),
        lambda: actions.place_category(room, guides, by=eva),
        lambda: actions.place_section(invoices, invoices, by=eva),
    ):
        with pytest.raises(Denied):
            verb()
    assert told(room) == ["category.made"]


def test_what_is_a_teams_own_is_not_counted_nor_named_to_others_who_arrange(
    guides, invoices, root, hanna, teams, machine
):
    own = actions.make_section(guides, labels("Payroll"), audience=audience.teams([teams["payroll"].pk]), by=machine)
    actions.make_article(own, "Walnut", by=hanna)

    assert [shelf.section for shelf in arranging.tree(root)[0].shelves] == [invoices]
    assert arranging.tree(hanna) == []
