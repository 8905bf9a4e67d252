"""What search engines and readers of feeds are told: all that everybody may read, and nothing else."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from tests.knowledge.conftest import labels, of, plan, publish, translated
from tuki.knowledge import actions, audience
from tuki.knowledge.models import Fallback, Kind
from tuki.look.everyone import is_same

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def hidden(published, eva):
    article = published("Only for seats")
    actions.change_article(article, audience=audience.seats(), by=eva)
    return article


@pytest.fixture
def titles(browser_of):
    """Titles of a feed's entries, for whoever fetches it."""

    def read(address, actor=None):
        answer = browser_of(actor).get(address)
        assert answer.status_code == 200
        return [
            entry.findtext("a:title", "", ATOM)
            for entry in ElementTree.fromstring(answer.content).iter(f"{{{ATOM['a']}}}entry")
        ]

    return read


@pytest.fixture
def addresses(browser_of):
    """All addresses of the sitemap, each with its other languages."""

    def read(actor=None):
        browser, found = browser_of(actor), {}
        index = ElementTree.fromstring(browser.get("/hc/sitemap.xml").content)
        for part in index.iterfind("s:sitemap/s:loc", MAP):
            page = ElementTree.fromstring(browser.get(part.text.removeprefix(settings.PUBLIC_URL)).content)
            for url in page.iterfind("s:url", MAP):
                others = {link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", MAP)}
                found[url.findtext("s:loc", "", MAP).removeprefix(settings.PUBLIC_URL)] = others
        return found

    return read


def head_of(page) -> dict[str, str]:
    """Names and values in a page's head."""
    text = page.content.decode()
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', text))
    found |= {f"hreflang {code}": href for code, href in re.findall(r'hreflang="(\w+)" href="(http[^"]+)"', text)}
    return found | dict(re.findall(r'<link rel="(canonical)" href="([^"]+)">', text))


def data_of(page) -> list[dict]:
    [told] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.content.decode(), re.DOTALL)
    return json.loads(told)["@graph"]


def read(browser, article, language="en"):
    return browser.get(f"/hc/{language}/articles/{article.pk}", follow=True)


def test_a_feed_tells_what_was_published_last_first(titles, published):
    for title in ("First", "Second & third <b>"):
        published(title)

    assert titles("/hc/en/feed.atom") == ["Second & third <b>", "First"]


def test_a_sections_feed_tells_of_that_section_alone(titles, published, news):
    published("A guide")
    published("We moved", section=news)

    assert titles(f"/hc/en/sections/{news.pk}-whatever/feed.atom") == ["We moved"]


def test_a_feed_holds_what_everybody_may_read_whoever_fetches_it(
    titles, browser_of, published, hidden, news, ada, root
):
    published("For all")
    for actor in (None, ada, root):
        assert titles("/hc/en/feed.atom", actor) == ["For all"]

    actions.change_section(news, audience=audience.seats(), by=root)
    assert browser_of(ada).get(f"/hc/en/sections/{news.pk}/feed.atom").status_code == 404


def test_an_entry_keeps_its_name_when_its_title_changes(browser_of, published, eva):
    article = published("Before")

    def ids():
        feed = ElementTree.fromstring(browser_of().get("/hc/en/feed.atom").content)
        return [entry.findtext("a:id", "", ATOM) for entry in feed.iterfind("a:entry", ATOM)]

    before = ids()
    text = of(article)
    text = actions.save_draft(text, title="After\x01", body="<p>Other.</p>", version=text.version, by=eva)
    publish(article, by=eva)

    assert ids() == before


def test_the_sitemap_has_all_that_everybody_may_read_in_each_language_there_is(addresses, published, hidden, ada, eva):
    both, one = published("Paying"), published("Signing in")
    translated(both, "fi", "Maksaminen", by=eva)

    for actor in (None, ada):
        found = addresses(actor)
        english, finnish = f"/hc/en/articles/{both.pk}-paying", f"/hc/fi/articles/{both.pk}-maksaminen"
        pages = {"en": settings.PUBLIC_URL + english, "fi": settings.PUBLIC_URL + finnish}
        assert found[english] == found[finnish] == pages
        assert [path for path in found if f"/articles/{one.pk}-" in path] == [f"/hc/en/articles/{one.pk}-signing-in"]
        assert not [path for path in found if f"/articles/{hidden.pk}-" in path]


def test_the_sitemap_leads_to_pages_that_are_there(addresses, browser_of, published, invoices, root):
    published()
    found = addresses()

    assert f"/hc/fi/sections/{invoices.pk}-invoices-fi" in found
    for path in found:
        assert browser_of().get(path).status_code == 200, path

    actions.change_section(invoices, audience=audience.agents(), by=root)
    assert [path for path in addresses() if "/articles/" in path or "/sections/" in path] == []


def test_a_part_of_the_sitemap_costs_what_it_holds(questions, browser_of, published):
    published()
    few = questions(lambda: browser_of().get("/hc/sitemap-1.xml"))
    for number in range(9):
        published(f"More {number}")

    assert questions(lambda: browser_of().get("/hc/sitemap-1.xml")) == few


def test_search_engines_are_led_to_the_sitemap_and_kept_out_of_what_is_somebodys(browser_of, desk):
    told = browser_of().get("/robots.txt").content.decode().splitlines()

    assert f"Sitemap: {settings.PUBLIC_URL}/hc/sitemap.xml" in told
    assert "Disallow: /workspace/" in told


def test_only_what_everybody_gets_may_be_shown_by_search_engines(browser_of, published, hidden, ada, eva):
    article = published()

    assert "X-Robots-Tag" not in read(browser_of(), article).headers
    assert read(browser_of(ada), hidden).headers["X-Robots-Tag"] == "noindex"
    for path in (f"/hc/en/articles/{hidden.pk}", "/account/login/", "/hc/en/nothing"):
        assert browser_of().get(path).headers["X-Robots-Tag"] == "noindex", path


def test_an_article_names_its_one_address_and_those_in_other_languages(browser_of, published, eva):
    article = published("Paying")
    translated(article, "fi", "Maksaminen", by=eva)
    pages = {
        "en": f"{settings.PUBLIC_URL}/hc/en/articles/{article.pk}-paying",
        "fi": f"{settings.PUBLIC_URL}/hc/fi/articles/{article.pk}-maksaminen",
    }

    for language, page in pages.items():
        head = head_of(read(browser_of(), article, language))
        assert head["canonical"] == head["og:url"] == page
        assert {code: head[f"hreflang {code}"] for code in pages} == pages
    # In Swedish there is the English one, and that is where it counts.
    assert head_of(read(browser_of(), article, "sv"))["canonical"] == pages["en"]


def test_other_languages_are_named_as_far_as_the_reader_may_read_them(browser_of, published, invoices, root, eva):
    actions.change_section(invoices, fallback=Fallback.HIDE, by=root)
    article = published("Paying")
    assert "hreflang fi" not in head_of(read(browser_of(), article))


@pytest.mark.parametrize("why", ["it ended there", "it is kept for readers of others", "its section is"])
def test_no_language_is_named_in_which_its_readers_would_find_nothing(browser_of, published, invoices, root, eva, why):
    article = published("Paying")
    translated(article, "fi", "Maksaminen", by=eva)
    translated(article, "sv", "Betalning", by=eva)
    if why == "it ended there":
        before = eva.when(eva.at - timedelta(days=1))
        plan(article, unpublish_at=eva.at - timedelta(hours=1), by=before)
    elif why == "its section is":
        actions.change_section(invoices, audience=audience.languages(["fi", "sv"]), by=root)
    else:
        actions.change_article(article, audience=audience.languages(["fi", "sv"]), by=eva)
    browser = browser_of()
    head = head_of(read(browser, article, "fi"))

    assert {name for name in head if name.startswith("hreflang")} == {"hreflang fi", "hreflang sv"}
    assert browser.get(f"/hc/en/articles/{article.pk}", follow=True).status_code == 404


def test_where_a_source_stands_in_whose_own_readers_get_nothing_its_address_here_counts(browser_of, published, eva):
    article = published("Paying")
    actions.change_article(article, audience=audience.languages(["fi"]), by=eva)

    head = head_of(read(browser_of(), article, "fi"))
    assert head["canonical"] == f"{settings.PUBLIC_URL}/hc/fi/articles/{article.pk}-paying"


def test_an_article_says_what_it_is_and_where_it_stands(browser_of, published):
    article = published("Paying <b>&amp;</script>", body="<p>Open the invoice.</p>")
    page = read(browser_of(), article)
    told, trail = data_of(page)

    assert (told["@type"], told["headline"], told["inLanguage"]) == ("Article", "Paying <b>&amp;</script>", "en")
    assert [step["name"] for step in trail["itemListElement"]] == ["Festum", "Guides", "Invoices", told["headline"]]
    assert head_of(page)["description"] == "Open the invoice."
    assert "author" not in told


def test_what_is_a_question_with_its_answer_is_told_as_one_and_nothing_else_is(browser_of, published, guides, root):
    questions = actions.make_section(guides, labels("Questions"), kind=Kind.QUESTIONS, by=root)
    asked = published("How do I pay?", body="<p>Open the invoice.</p>", section=questions)
    other = published("Paying", section=questions)

    told = data_of(read(browser_of(), asked))[0]
    assert told["mainEntity"][0]["acceptedAnswer"]["text"] == "Open the invoice."
    assert data_of(read(browser_of(), other))[0]["@type"] == "Article"
    assert data_of(read(browser_of(), published("Why?")))[0]["@type"] == "Article"


@pytest.mark.parametrize("path", ["/hc/en", "/hc/en/feed.atom", "/hc/sitemap.xml", "/hc/en/search?query=x"])
def test_who_is_signed_in_gets_a_page_of_their_own(browser_of, published, ada, path):
    assert is_same(browser_of().get(path)) is not None
    assert is_same(browser_of(ada).get(path)) is None


def test_a_page_that_a_browser_has_is_not_sent_to_who_is_signed_in_either(browser_of, published, ada, bert, eva):
    article = published()
    browser, path = browser_of(ada), f"/hc/en/articles/{article.pk}-paying-an-invoice"
    browser.get(path)  # gets the cookie of its forms
    tag = {"If-None-Match": browser.get(path).headers["ETag"]}

    assert browser.get(path, headers=tag).status_code == 304
    assert browser_of(bert).get(path, headers=tag).status_code == 200
    del browser.cookies[settings.CSRF_COOKIE_NAME]  # with it goes what the forms of that page are good for
    assert browser.get(path, headers=tag).status_code == 200
    actions.vote(article, helpful=True, language="en", by=eva)
    assert browser.get(path, headers=tag).status_code == 200


def test_a_page_holds_until_something_on_it_ends_by_itself(browser_of, published, eva):
    article, ends = published(), timezone.now() + timedelta(seconds=30)
    plan(article, unpublish_at=ends, by=eva)

    assert is_same(browser_of().get("/hc/en")).until <= ends


def test_a_page_that_says_today_holds_until_the_day_ends(browser_of, published):
    published()
    until = is_same(browser_of().get("/hc/en")).until

    assert timezone.now() < until <= timezone.now() + timedelta(days=1)
