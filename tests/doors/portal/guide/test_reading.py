"""Home, categories, sections and articles, as those read them whom they are for."""

import re

import pytest
from django.core.cache import cache

from tests.knowledge.conftest import labels, publish, translated, write
from tuki.desk.models import NewsPlace
from tuki.knowledge import actions, audience, marks
from tuki.knowledge.models import Fallback, Vote
from tuki.tickets.models import Ticket


def place_of(row, kind: str = "articles", language: str = "en") -> str:
    return f"/hc/{language}/{kind}/{row.pk}"


@pytest.fixture
def read(browser_of, words_of):
    """The words of a page, wherever its number leads."""

    def open_page(row, actor=None, kind="articles", language="en"):
        return words_of(browser_of(actor).get(place_of(row, kind, language), follow=True))

    return open_page


def test_H4_home_leads_to_the_rooms_and_shows_what_is_promoted_and_new(browser_of, published, news, eva, words_of):
    article = published("Paying an invoice")
    actions.change_article(article, promoted=True, by=eva)
    published("We moved", section=news)

    page = words_of(browser_of().get("/hc/en"))

    assert [word in page for word in ("Guides", "Paying an invoice", "We moved")] == [True] * 3


@pytest.mark.parametrize(("place", "shown"), [("above", True), ("beside", True), ("nowhere", False)])
def test_where_news_stand_is_the_desks_choice(browser_of, rules, published, news, place, shown):
    published("We moved", section=news)
    rules(news_place=NewsPlace(place))

    page = browser_of().get("/hc/en").content.decode()

    assert ("We moved" in page, f"news-{place}" in page) == (shown, True)


def test_a_single_category_shows_its_sections_instead(browser_of, published, root, words_of):
    published()
    assert "Invoices" in words_of(browser_of().get("/hc/en"))

    actions.make_category(labels("Questions"), by=root)
    home = words_of(browser_of().get("/hc/en"))

    assert ("Guides" in home, "Questions" in home, "Invoices" in home) == (True, True, False)


def test_an_empty_help_center_tells_administrators_how_to_begin_and_visitors_where_to_ask(browser_of, root, words_of):
    assert "Arrange content" in words_of(browser_of(root).get("/hc/en"))
    visitor = words_of(browser_of().get("/hc/en"))
    assert "Arrange content" not in visitor
    assert "There are no guides here yet" in visitor


def test_a_category_shows_six_of_each_section_and_the_way_to_all(read, published, guides):
    for number in range(7):
        published(f"Number {number}")

    page = read(guides, kind="categories")

    assert [f"Number {number}" in page for number in range(7)] == [True] * 6 + [False]
    assert "See all : Invoices" in page


def test_a_section_shows_what_lies_in_it_and_promoted_articles_first_in_words(
    read, published, invoices, guides, eva, root
):
    actions.make_section(guides, labels("Payments"), parent=invoices, by=root)
    published("An ordinary one")
    actions.change_article(published("The best one"), promoted=True, by=eva)

    page = read(invoices, kind="sections")

    assert page.index("Payments") < page.index("The best one Recommended") < page.index("An ordinary one")


def test_only_the_number_of_an_address_counts_and_old_words_lead_on(browser_of, published, eva):
    article = published("Paying an invoice")
    write(article, "<p>New.</p>", title="Paying invoices", by=eva)
    publish(article, by=eva)

    answer = browser_of().get(f"/hc/en/articles/{article.pk}-paying-an-invoice?x=1")

    assert (answer.status_code, answer.url) == (301, f"/hc/en/articles/{article.pk}-paying-invoices?x=1")


def test_what_was_merged_leads_to_what_stands_for_it(browser_of, published, guides, invoices, news, eva, root):
    kept, gone = published("Kept"), published("Gone")
    actions.merge_articles(kept, gone, by=eva)
    actions.merge_sections(invoices, news, by=root)

    article = browser_of().get(place_of(gone))
    section = browser_of().get(place_of(news, "sections"))

    assert (article.status_code, article.url) == (301, f"/hc/en/articles/{kept.pk}-kept")
    assert (section.status_code, section.url) == (301, f"/hc/en/sections/{invoices.pk}-invoices")


def test_H3_an_article_without_translation_is_shown_in_its_original_and_says_so(browser_of, published):
    article = published("Paying an invoice")

    page = browser_of().get(place_of(article, language="fi"), follow=True).content.decode()

    assert 'class="notice"' in page
    assert '<div class="article-body" data-copied-link' in page
    assert 'lang="en">' in page.split('class="article-body"')[1][:200]


def test_H3_where_a_section_hides_what_is_not_translated_the_nearest_language_is_offered(
    browser_of, published, invoices, root
):
    article = published("Paying an invoice")
    actions.change_section(invoices, fallback=Fallback.HIDE, by=root)

    answer = browser_of().get(place_of(article, language="fi"))

    assert answer.status_code == 404
    assert f'/hc/en/articles/{article.pk}" lang="en"' in answer.content.decode()


def test_H3_a_translation_that_is_behind_says_so_and_leads_to_the_original(browser_of, published, eva):
    article = published("Paying an invoice")
    translated(article, "fi", "Laskun maksaminen", by=eva)
    assert b'class="notice"' not in browser_of().get(place_of(article, language="fi"), follow=True).content

    write(article, "<p>Changed.</p>", by=eva)
    publish(article, outdates=True, by=eva)

    page = browser_of().get(place_of(article, language="fi"), follow=True).content.decode()
    assert 'class="notice"' in page
    assert f'href="/hc/en/articles/{article.pk}" lang="en"' in page


def test_the_language_switch_leads_to_the_same_article(browser_of, published, eva):
    article = published("Paying an invoice")
    translated(article, "fi", "Laskun maksaminen", by=eva)
    browser = browser_of()
    here = browser.get(place_of(article)).url

    there = browser.post("/hc/language", {"language": "fi", "next": here}, follow=True)

    assert there.redirect_chain[-1][0] == f"/hc/fi/articles/{article.pk}-laskun-maksaminen"


def test_staff_read_how_an_article_stands_and_customers_do_not(read, published, ada, eva):
    article = published()
    write(article, "<p>Being rewritten.</p>", by=eva)

    assert "changes are drafted" in read(article, eva)
    assert "changes are drafted" not in read(article, ada)
    assert "Being rewritten" not in read(article, eva)


def test_what_is_not_for_everyone_carries_a_lock_in_words(read, published, invoices, ada, eva):
    actions.change_article(published("For us"), audience=audience.agents(), by=eva)
    actions.change_article(published("For users"), audience=audience.seats(), by=eva)

    page = read(invoices, eva, kind="sections")
    assert "For us (Internal: agents only)" in page
    assert "For users (Not for everyone)" in page
    assert "Internal" not in read(invoices, ada, kind="sections")


def test_a_long_article_has_a_list_of_its_contents_and_a_short_one_none(browser_of, published):
    parts = "".join(f"<h2>Part {n}</h2><h3>Detail {n}</h3><p>{'word ' * 300}</p>" for n in range(3))
    long, short = published("Long", parts), published("Short")

    page = browser_of().get(place_of(long), follow=True).content.decode()
    assert re.findall(r'<a href="#([^"]+)">', page.split('id="contents"')[1].split("</nav>")[0]) == [
        f"{kind}-{n}" for n in range(3) for kind in ("part", "detail")
    ]
    assert b'id="contents"' not in browser_of().get(place_of(short), follow=True).content


def test_A18_a_visitor_votes_once_and_may_change_their_mind(browser_of, published, words_of):
    article, browser = published(), browser_of()

    answer = browser.post(f"{place_of(article)}/vote", {"helpful": "yes"})
    assert answer.url == f"/hc/en/articles/{article.pk}-paying-an-invoice#votes"
    page = words_of(browser.get(answer.url))
    assert "1 out of 1 found this helpful." in page
    browser.post(f"{place_of(article)}/vote", {"helpful": "no"})
    browser.post(f"{place_of(article)}/vote", {"helpful": "no", "reason": "Where is the button?"})

    vote = Vote.objects.get(article=article)
    assert (vote.helpful, vote.reason) == (False, "Where is the button?")
    browser_of().post(f"{place_of(article)}/vote", {"helpful": "yes"})
    assert "1 out of 2 found this helpful." in words_of(browser.get(answer.url))


def test_A18_one_network_does_not_vote_as_often_as_it_likes(browser_of, published):
    article = published()
    cache.clear()
    said = [browser_of().post(f"{place_of(article)}/vote", {"helpful": "no"}).status_code for _ in range(31)]

    assert said == [302] * 30 + [429]
    assert Vote.objects.count() == 30


def test_A18_another_site_can_not_vote_with_its_visitors_browsers(browser_of, published):
    article = published()

    answer = browser_of().post(f"{place_of(article)}/vote", {"helpful": "no"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert not Vote.objects.exists()


def test_who_still_needs_help_brings_the_article_along_and_agents_see_it(browser_of, published, ada, eva, words_of):
    article, browser = published("Paying an invoice"), browser_of(ada)
    form = browser.get(f"/hc/en/requests/new?article={article.pk}")
    assert "Paying an invoice" in words_of(form)
    sent = {"subject": "It won't pay", "body": "Help.", "severity": "question", "once": form.context["once"]}

    browser.post(f"/hc/en/requests/new?article={article.pk}", sent)

    ticket = Ticket.objects.get()
    assert ticket.after_reading == article
    agents = words_of(browser_of(eva).get(f"/workspace/tickets/{ticket.number}"))
    assert "Had read Paying an invoice" in agents


def test_nobody_brings_an_article_along_that_they_may_not_know_of(browser_of, published, ada, eva, words_of):
    article = published("Our own notes")
    actions.change_article(article, audience=audience.agents(), by=eva)

    assert "Our own notes" not in words_of(browser_of(ada).get(f"/hc/en/requests/new?article={article.pk}"))


def test_what_customers_read_is_counted_and_what_agents_read_is_not(browser_of, published, ada, eva):
    article = published()
    for actor in (None, ada, eva):
        browser_of(actor).get(place_of(article), follow=True)

    marks.TALLY.write()

    assert sum(article.views.values_list("count", flat=True)) == 2


def test_what_is_looked_up_is_found_by_title_and_keyword_and_marked(browser_of, published, eva, words_of):
    actions.change_article(published("Paying an invoice"), keywords=["bank"], by=eva)
    published("Signing in")

    found = browser_of().get("/hc/en/search?query=paying").content.decode()
    assert "<mark>Paying</mark> an invoice" in found
    assert "Signing in" not in found
    assert "Paying an invoice" in words_of(browser_of().get("/hc/en/search?query=bank"))


def test_where_nothing_is_found_the_request_form_is_offered_with_the_words(browser_of, ada, published):
    page = browser_of(ada).get("/hc/en/search?query=flying+carpet").content.decode()

    assert 'href="/hc/en/requests/new?subject=flying%20carpet"' in page


def test_suggestions_end_with_all_that_is_found(browser_of, published):
    article = published("Paying an invoice")

    options = browser_of().get("/hc/en/search/suggestions?query=pay").content.decode()

    assert re.findall(r'data-href="([^"]+)"', options) == [
        f"/hc/en/articles/{article.pk}-paying-an-invoice",
        "/hc/en/search?query=pay",
    ]


def test_a_page_that_is_not_there_offers_to_look_it_up(browser_of, desk):
    page = browser_of().get("/hc/en/articles/999").content.decode()

    assert 'action="/hc/en/search"' in page


@pytest.mark.parametrize(
    ("page", "most"), [("home", 15), ("category", 13), ("section", 9), ("article", 20), ("search", 6)]
)
def test_a_page_asks_as_much_of_ten_times_as_many_articles(
    questions, browser_of, published, guides, invoices, news, eva, page, most
):
    """Law 5, for whoever is not signed in."""
    article = published("Paying an invoice")
    actions.change_article(article, labels=["pay"], by=eva)
    address = {
        "home": "/hc/en",
        "category": f"/hc/en/categories/{guides.pk}-guides",
        "section": f"/hc/en/sections/{invoices.pk}-invoices",
        "article": f"/hc/en/articles/{article.pk}-paying-an-invoice",
        "search": "/hc/en/search?query=pay",
    }[page]

    def add(count: int) -> None:
        for number in range(count):
            more = published(f"Paying {number}")
            actions.change_article(more, labels=["pay"], by=eva)
            actions.change_article(more, promoted=True, by=eva)
            published(f"News {number}", section=news)

    add(3)
    few = questions(lambda: browser_of().get(address))
    add(27)

    assert questions(lambda: browser_of().get(address)) == few <= most
