"""Categories, sections and articles are moved, ordered and merged, and their addresses lead on."""

from datetime import date, timedelta
from itertools import product

import pytest

from tests.knowledge.conftest import labels, of, told, translated
from tuki.knowledge import actions, audience
from tuki.knowledge.actions.writing import Overtaken
from tuki.knowledge.models import UNPLACED, Article, Fallback, Following, Kind, Section
from tuki.knowledge.queries import arranging, editing, listing, lookup, reading
from tuki.lib.refusal import Denied, Refused
from tuki.people.actor import Actor

NOBODY = Actor(None)


def titles(section, language="en", who=NOBODY) -> list[str]:
    return [row.translation.title for row in reading.articles_of(who, section, language).rows]


@pytest.mark.parametrize("name", ["ada", "eva"])
def test_only_administrators_arrange(name, guides, invoices, request):
    who = request.getfixturevalue(name)
    for verb in (
        lambda: actions.make_category(labels("x"), by=who),
        lambda: actions.change_category(guides, retired=True, by=who),
        lambda: actions.merge_categories(guides, guides, by=who),
        lambda: actions.make_section(guides, labels("x"), by=who),
        lambda: actions.change_section(invoices, retired=True, by=who),
        lambda: actions.move_section(invoices, guides, by=who),
        lambda: actions.merge_sections(invoices, invoices, by=who),
    ):
        with pytest.raises(Denied):
            verb()
    assert (told(guides), told(invoices)) == (["category.made"], ["section.made"])


def test_customers_make_and_change_no_article(invoices, news, published, ada):
    article = published()
    for verb in (
        lambda: actions.make_article(invoices, "x", by=ada),
        lambda: actions.change_article(article, promoted=True, by=ada),
        lambda: actions.change_article(article, labels=["x"], by=ada),
        lambda: actions.change_article(article, section=news, by=ada),
        lambda: actions.review(article, next_at=None, by=ada),
        lambda: actions.redirect("old", article, by=ada),
    ):
        with pytest.raises(Denied):
            verb()
    assert told(article) == ["article.made", "article.published"]


def test_sections_nest_one_level_deep_within_their_category(guides, invoices, news, root):
    inner = actions.make_section(guides, labels("Inner"), parent=invoices, by=root)
    other = actions.make_category(labels("Other"), by=root)

    with pytest.raises(Refused, match="one level"):
        actions.make_section(guides, labels("Deeper"), parent=inner, by=root)
    with pytest.raises(Refused, match="one level"):
        actions.move_section(invoices, guides, parent=news, by=root)
    with pytest.raises(Refused, match="own category"):
        actions.make_section(other, labels("Elsewhere"), parent=invoices, by=root)

    actions.move_section(invoices, other, by=root)
    inner.refresh_from_db()
    assert inner.category == other


def test_what_is_retired_is_out_of_sight_with_all_in_it(guides, invoices, published, root, eva):
    article = published()
    actions.change_section(invoices, retired=True, by=root)
    assert reading.article(NOBODY, article.pk, "en") is None
    assert reading.section(eva, invoices.pk, "en") is None
    assert editing.article(eva, article.pk)

    actions.change_section(invoices, retired=False, by=root)
    actions.change_category(guides, retired=True, by=root)
    assert reading.article(NOBODY, article.pk, "en") is None


def test_a_section_that_was_merged_leads_on_with_its_articles_and_followers(
    guides, invoices, published, root, ada, dora
):
    duplicate = actions.make_section(guides, labels("Bills"), by=root)
    inner = actions.make_section(guides, labels("Inner"), parent=duplicate, by=root)
    article = published("A bill", section=duplicate)
    for who, what in ((ada, duplicate), (ada, invoices), (dora, duplicate)):
        actions.follow(what, by=who)
    actions.merge_sections(invoices, duplicate, by=root)

    assert titles(invoices) == ["A bill"]
    assert Section.objects.get(pk=inner.pk).parent == invoices
    assert reading.redirected(NOBODY, f"sections/{duplicate.pk}", "en") == invoices
    assert reading.section(NOBODY, duplicate.pk, "en") is None
    assert set(Following.objects.values_list("person", "section")) == {
        (ada.person_id, invoices.pk),
        (dora.person_id, invoices.pk),
    }
    assert told(invoices)[-1] == "section.merged"
    assert Article.objects.get(pk=article.pk).section == invoices


PUTS = {
    "a section into it": lambda it, news, article, root: actions.move_section(news, it.category, parent=it, by=root),
    "a new section into it": lambda it, _n, _a, root: actions.make_section(it.category, {}, parent=it, by=root),
    "a section beside it": lambda it, news, article, root: actions.place_section(news, it, by=root),
    "it elsewhere": lambda it, news, article, root: actions.place_section(it, news, by=root),
    "it back into sight": lambda it, news, article, root: actions.change_section(it, retired=False, by=root),
    "an article into it": lambda it, news, article, root: actions.change_article(article, section=it, by=root),
    "several articles into it": lambda it, news, article, root: actions.move_articles(
        [article], it, out_of=article.section, by=root
    ),
    "a new article into it": lambda it, news, article, root: actions.make_article(it, "New", by=root),
}


@pytest.mark.parametrize("put", PUTS.values(), ids=list(PUTS))
def test_whoever_saw_a_section_before_it_was_merged_puts_nothing_there(guides, invoices, news, published, root, put):
    """Nothing may lie in what was merged: nobody would find it, and the page on which it is arranged would break."""
    article = published()
    seen = actions.make_section(guides, labels("Bills"), by=root)
    actions.merge_sections(invoices, seen, by=root)
    with pytest.raises(Refused, match="merged this into another meanwhile"):
        put(seen, news, article, root)

    assert [room.category for room in arranging.tree(root)] == [guides]
    assert Article.objects.get().section == invoices


def test_an_address_that_was_given_up_twice_leads_to_the_last(guides, invoices, news, root):
    first = actions.make_section(guides, labels("First"), by=root)
    actions.merge_sections(invoices, first, by=root)
    actions.merge_sections(news, invoices, by=root)

    assert reading.redirected(NOBODY, f"sections/{first.pk}", "en") == news
    with pytest.raises(Refused, match="before"):
        actions.merge_sections(first, news, by=root)


def test_a_redirect_tells_nobody_of_what_they_may_not_know(guides, root):
    other = actions.make_category(labels("Ours"), audience=audience.agents(), by=root)
    actions.merge_categories(other, guides, by=root)

    assert reading.redirected(NOBODY, f"categories/{guides.pk}", "en") is None
    assert reading.redirected(root, f"categories/{guides.pk}", "en") == other


def test_a_moved_article_keeps_its_number_and_takes_its_new_sections_audience(published, guides, root, eva):
    article = published()
    ours = actions.make_section(guides, labels("Ours"), audience=audience.agents(), by=root)
    actions.change_article(article, section=ours, by=eva)

    assert reading.article(NOBODY, article.pk, "en") is None
    assert reading.article(eva, article.pk, "en").section == ours
    assert told(article)[-1] == "article.moved"


def test_editors_order_a_section_and_what_is_promoted_comes_first(published, invoices, eva):
    made = {name: published(name) for name in ("a", "b", "c", "d")}
    assert titles(invoices) == ["a", "b", "c", "d"]
    actions.place_article(made["c"], made["a"], by=eva)
    actions.place_article(made["b"], made["c"], by=eva)
    assert titles(invoices) == ["b", "c", "a", "d"]
    assert Article.objects.get(pk=made["d"].pk).position == UNPLACED

    actions.change_article(made["d"], promoted=True, by=eva)
    assert titles(invoices) == ["d", "b", "c", "a"]


def test_pages_of_a_section_follow_each_other_in_order_both_ways(published, invoices, news, eva):
    for n in range(7):
        article = published(f"{n}", section=invoices)
        if n in {2, 5}:
            actions.change_article(article, promoted=True, by=eva)
    walked, cursor, cursors = [], "", []
    while True:
        page = reading.articles_of(NOBODY, invoices, "en", cursor, size=2)
        walked += [row.translation.title for row in page.rows]
        cursors.append(page)
        if not page.older:
            break
        cursor = page.older
    assert walked == ["2", "5", "0", "1", "3", "4", "6"]
    back = reading.articles_of(NOBODY, invoices, "en", cursors[-1].newer, size=2)
    assert [row.translation.title for row in back.rows] == ["3", "4"]


def test_announcements_come_newest_first(published, news, eva):
    for hours, title in ((3, "old"), (1, "new"), (2, "middle")):
        published(title, section=news, by=eva.when(eva.at - timedelta(hours=hours)))

    assert titles(news) == ["new", "middle", "old"]
    assert [row.translation.title for row in reading.announcements(NOBODY, "en", 2)] == ["new", "middle"]
    assert reading.announcements(NOBODY, "en", kinds=[Kind.SERVICE]) == []


def test_a_missing_translation_is_hidden_or_stands_in_with_a_word_as_its_section_says_H3(
    published, invoices, root, eva
):
    article = published()
    there = reading.article(NOBODY, article.pk, "fi")
    assert (there.translated, there.translation.language) == (False, "en")
    actions.change_section(invoices, fallback=Fallback.HIDE, by=root)
    assert reading.article(NOBODY, article.pk, "fi") is None
    assert titles(invoices, "fi") == []
    assert [*reading.titles(NOBODY, article.pk)] == ["en"]

    translated(article, "fi", "Laskun maksaminen", by=eva)
    assert titles(invoices, "fi") == ["Laskun maksaminen"]
    assert {*reading.titles(NOBODY, article.pk)} == {"en", "fi"}
    actions.archive(of(article), by=eva)
    assert titles(invoices, "fi") == ["Laskun maksaminen"]
    assert titles(invoices, "en") == []


def test_articles_are_looked_up_by_words_of_title_and_keywords_whatever_their_case(published, eva):
    by_title = published("Ääkköset laskulla")
    by_keyword = published("Characters")
    actions.change_article(by_keyword, keywords=["  ÄÄKKÖSET ", "ääkköset", "laskulla"], by=eva)

    assert [row.article for row in lookup.by_words(NOBODY, "LASKU ääkkö", "en")] == [by_title, by_keyword]
    assert lookup.by_words(NOBODY, "ääkköset tilillä", "en") == []
    assert lookup.by_words(NOBODY, "  ", "en") == []


def test_related_articles_share_most_labels(published, eva):
    this, two, one, none = (published(name) for name in ("this", "two", "one", "none"))
    for article, names in ((this, ["SEPA", "bank", "pay"]), (two, ["sepa", "pay"]), (one, ["bank"]), (none, ["x"])):
        actions.change_article(article, labels=names, by=eva)
    showing = reading.article(NOBODY, this.pk, "en")

    assert [row.article for row in reading.related(NOBODY, showing)] == [two, one]
    assert none.pk


def test_neighbours_are_ten_at_most_and_always_this_one(published):
    made = [published(f"{n}") for n in range(12)]
    rows, more = reading.neighbours(NOBODY, reading.article(NOBODY, made[11].pk, "en"))

    assert [row.article for row in rows] == [*made[:9], made[11]]
    assert more


def test_editors_see_what_is_due_for_review(published, eva):
    late, later, _never = published("late"), published("later"), published("never")
    actions.change_article(late, review_at=date(2026, 1, 1), by=eva)
    actions.change_article(later, review_at=date(2026, 3, 1), by=eva)
    assert editing.due_for_review(eva, date(2026, 2, 1)) == [late]

    actions.review(late, next_at=None, by=eva)
    assert editing.due_for_review(eva, date(2026, 4, 1)) == [later]
    assert told(late)[-1] == "article.reviewed"


def dead_links(viewer) -> list[tuple[Article, int]]:
    return [(dead.showing.article, dead.number) for dead in editing.dead_links(viewer, "en").rows]


def test_links_that_lead_nowhere_are_found(published, eva):
    gone = published("gone")
    here = published("here")
    linking = published(
        "linking", f'<p><a href="/hc/en/articles/{gone.pk}-x">a</a> <a href="/hc/en/articles/{here.pk}">b</a></p>'
    )
    assert dead_links(eva) == []
    actions.archive(of(gone), by=eva)

    assert dead_links(eva) == [(linking, gone.pk)]


def test_every_article_is_looked_at_for_links_that_lead_nowhere(published, eva, monkeypatch):
    monkeypatch.setattr(editing, "_HELPING", 2)
    link = '<a href="/hc/en/articles/{}">a</a>'
    alive = published("alive")
    linking = []
    for number in range(7):
        published(f"fine {number}", link.format(alive.pk))
        linking.append(published(f"linking {number}", link.format(999) + link.format(998)))

    shown, cursor = [], ""
    for size in (3, 3, 1):
        page = editing.dead_links(eva, "en", cursor, 3)
        assert len(page.rows) == size * 2
        shown, cursor = [*shown, *page.rows], page.older
    assert cursor == ""
    assert {(dead.showing.article, dead.number) for dead in shown} == set(product(linking, (998, 999)))


def test_a_link_to_another_help_center_is_none_of_ours(published, eva, settings):
    settings.PUBLIC_URL = "https://help.example"
    link = '<a href="{}/hc/en/articles/999">a</a>'
    published("elsewhere", link.format("https://other.zendesk.com"))
    ours = published("ours", link.format("https://help.example"))

    assert dead_links(eva) == [(ours, 999)]
    assert editing.remarks_on(link.format("https://other.zendesk.com"), "en", ours) == []


def test_an_editor_is_told_of_a_link_to_what_some_readers_may_not_read(published, guides, invoices, root, eva):
    closed = actions.make_section(guides, labels("Closed"), audience=audience.seats(), by=root)
    kept, gone, open_one = published("kept", section=closed), published("gone", section=closed), published("open")
    actions.merge_articles(kept, gone, by=eva)
    body = f'<a href="/hc/en/articles/{gone.pk}">that</a> <a href="/hc/en/articles/{open_one.pk}">open</a>'

    (remark,) = editing.remarks_on(body, "en", published())
    assert (remark.kind, remark.about) == ("kept", "that")
    assert f"article {gone.pk}. Perhaps not everybody" in remark.words
    assert editing.remarks_on(body, "en", kept) == []


def test_a_link_to_an_article_that_was_merged_leads_on(published, eva):
    gone, here = published("gone"), published("here")
    published("linking", f'<p><a href="/hc/en/articles/{gone.pk}">a</a></p>')
    actions.merge_articles(here, gone, by=eva)
    assert dead_links(eva) == []

    actions.archive(of(here), by=eva)
    assert [number for _article, number in dead_links(eva)] == [gone.pk]


def test_nobody_signs_an_article_or_answers_for_it_who_can_not_write_it(published, eva, ada, otto):
    article = published()
    for field in ("author", "owner"):
        with pytest.raises(Refused, match="can’t write this article"):
            actions.change_article(article, promoted=True, **{field: ada.person}, by=eva)
    assert not Article.objects.get(pk=article.pk).promoted

    actions.change_article(article, author=otto.person, owner=otto.person, by=eva)
    article = Article.objects.get(pk=article.pk)
    assert (article.author, article.owner) == (otto.person, otto.person)


def sections(who) -> list[str]:
    """As those see them who arrange: an inner one after a dash."""
    return [f"{'- ' if row.parent_id else ''}{row.labels['en']}" for row in arranging.sections(who)]


def test_a_section_is_put_before_or_behind_another_and_those_within_it_follow(guides, invoices, news, root):
    inner, other = (actions.make_section(guides, labels(name), parent=invoices, by=root) for name in ("Inner", "Other"))
    assert sections(root) == ["Invoices", "- Inner", "- Other", "News"]

    actions.place_section(news, invoices, by=root)
    actions.place_section(inner, other, after=True, by=root)
    assert sections(root) == ["News", "Invoices", "- Other", "- Inner"]
    assert told(news)[-1] == "section.changed"
    assert [row.pk for row in editing.sections(root)] == [row.pk for row in arranging.sections(root)]


def test_put_there_twice_it_stands_there_once_and_is_written_down_once(guides, invoices, news, root):
    for _twice in range(2):
        actions.place_section(news, invoices, by=root)
        actions.place_section(news, news, by=root)

    assert sections(root) == ["News", "Invoices"]
    assert told(news) == ["section.made", "section.changed"]


def test_beside_a_section_of_another_category_it_lies_in_that_one(guides, invoices, news, root):
    other = actions.make_category(labels("Other"), by=root)
    there = actions.make_section(other, labels("There"), by=root)
    inner = actions.make_section(guides, labels("Inner"), parent=invoices, by=root)
    actions.place_section(invoices, there, by=root)

    assert sections(root) == ["News", "Invoices", "- Inner", "There"]
    assert told(invoices)[-1] == "section.moved"
    with pytest.raises(Refused, match="one level"):
        actions.place_section(invoices, inner, by=root)


def test_both_who_arrange_at_once_get_what_they_wanted(guides, invoices, news, root):
    """Whoever comes second has seen another order; theirs is beside what they named all the same."""
    third = actions.make_section(guides, labels("Third"), by=root)
    seen_before = (news, invoices)  # the second saw Invoices, News, Third and puts News up
    actions.place_section(third, invoices, by=root)
    actions.place_section(*seen_before, by=root)

    assert sections(root) == ["Third", "News", "Invoices"]


def test_categories_are_put_in_order(guides, root):
    others = [actions.make_category(labels(name), by=root) for name in ("Second", "Third")]
    actions.place_category(others[1], guides, by=root)
    assert list(arranging.categories(root)) == [others[1], guides, others[0]]
    actions.place_category(others[1], others[0], after=True, by=root)
    assert list(arranging.categories(root)) == [guides, others[0], others[1]]
    assert told(others[1]) == ["category.made", "category.changed", "category.changed"]


def test_who_changes_what_somebody_changed_since_they_saw_it_is_told_who(guides, invoices, root):
    seen = {guides: guides.mark, invoices: invoices.mark}
    actions.change_category(guides, labels=labels("Rooms"), by=root)
    actions.change_section(invoices, kind=Kind.NEWS, by=root)
    with pytest.raises(Overtaken, match=root.person.name):
        actions.change_category(guides, seen=seen[guides], labels=labels("Mine"), by=root)
    with pytest.raises(Overtaken, match=root.person.name):
        actions.change_section(invoices, seen=seen[invoices], retired=True, by=root)

    guides.refresh_from_db()
    assert guides.labels == labels("Rooms")
    actions.change_category(guides, seen=guides.mark, labels=labels("Mine"), by=root)


def test_where_a_place_stands_is_no_change_that_overtakes_anybody(guides, invoices, news, root):
    seen = invoices.mark
    actions.place_section(news, invoices, by=root)
    actions.change_section(invoices, seen=seen, labels=labels("Bills"), by=root)

    assert sections(root) == ["News", "Bills"]


def test_an_article_is_put_beside_another_and_what_nobody_ordered_stays_behind(published, invoices, eva):
    made = [published(name) for name in "abcd"]
    actions.place_article(made[2], made[1], by=eva)
    assert titles(invoices) == ["a", "c", "b", "d"]
    assert Article.objects.get(pk=made[3].pk).position == UNPLACED
    actions.place_article(made[0], made[2], after=True, by=eva)
    published("e")

    assert titles(invoices) == ["c", "a", "b", "d", "e"]
    assert told(made[2]) == ["article.made", "article.published", "article.changed"]


def test_an_article_is_put_beside_none_of_another_section(published, news, eva):
    here, there = published("here"), published("there", section=news)

    with pytest.raises(Refused, match="meanwhile"):
        actions.place_article(here, there, by=eva)


def test_several_articles_move_but_not_those_that_somebody_moved_since_they_were_chosen(
    guides, invoices, news, published, root, eva
):
    made = [published(name) for name in "abc"]
    elsewhere = actions.make_section(guides, labels("Elsewhere"), by=root)
    actions.change_article(made[1], section=elsewhere, by=root)
    moved = actions.move_articles(made, news, out_of=invoices, by=eva)

    assert moved == [made[0], made[2]]
    assert titles(elsewhere) == ["b"]
    assert (told(made[0])[-1], told(made[1])[-1]) == ("article.moved", "article.moved")


def test_editors_have_a_sections_articles_in_its_readers_order_page_by_page(published, invoices, eva):
    made = [published(f"{n}") for n in range(6)]
    for n in (1, 4):
        actions.change_article(made[n], promoted=True, by=eva)
    actions.place_article(made[5], made[0], by=eva)
    first = listing.in_section(eva, invoices, "", 2)
    second = listing.in_section(eva, invoices, first.older, 2)
    third = listing.in_section(eva, invoices, second.older, 2)

    assert [[row.pk for row in page.rows] for page in (first, second, third)] == [
        [made[1].pk, made[4].pk],
        [made[5].pk, made[0].pk],
        [made[2].pk, made[3].pk],
    ]
    assert listing.in_section(eva, invoices, second.newer, 2).rows == first.rows
