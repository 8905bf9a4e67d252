"""The help center in a real browser: by keyboard alone, without a script, and no heavier than it may be."""

import gzip
import re
from itertools import product
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest
from django.utils.translation import override
from playwright.sync_api import Page, expect

from tests.desks.help_center import fill
from tests.desks.test_usable import tab_to
from tuki.knowledge.models import Vote
from tuki.people.models import Person

PAGES = ("home", "room_page", "shelf_page", "article_page", "short_page", "search")


@pytest.fixture
def blueprint() -> str:
    return "heeros"


@pytest.fixture
def filled(eva, root):
    """Guides in a language; gives what `fill` names, and addresses of home and of what is found."""

    def make(language: str = "en"):
        named = fill({"eva": eva, "root": root}, language)
        hc = f"/hc/{language}"
        return named | {"home": hc, "search": f"{hc}/search?query=osto", "nothing": f"{hc}/search?query=xyzzy"}

    return make


@pytest.mark.both
def test_A18_a_visitor_finds_reads_and_votes_by_keyboard_alone(filled, page_of):
    filled()
    page = page_of()
    page.goto("/hc/en")
    tab_to(page, "Search the guides")
    page.keyboard.type("ostolasku")
    box = page.get_by_role("combobox", name="Search the guides")
    expect(page.get_by_role("option", name="Ostolaskun kierto")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert box.get_attribute("aria-activedescendant") is None, "nothing is chosen before somebody chooses"
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Search for “ostolasku”")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("ostolasku")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    page.keyboard.type("ostolasku")
    expect(page.get_by_role("option", name="Ostolaskun kierto")).to_be_visible()
    while "kierto" not in page.get_by_role("option", selected=True).all_inner_texts().__str__():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ostolaskun kierto")
    tab_to(page, "No")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="No", exact=True)).to_be_focused()
    tab_to(page, "What was missing, or wrong?")
    page.keyboard.type("A picture.")
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.locator("#votes")).to_contain_text("What you wrote goes to those who keep this article.")
    vote = Vote.objects.get(article__translations__title="Ostolaskun kierto")
    assert (vote.helpful, vote.reason) == (False, "A picture.")


def test_articles_that_may_help_are_offered_while_a_subject_is_written(filled, page_of, ada):
    filled()
    page = page_of(ada)
    page.goto("/hc/en/requests/new")
    subject, offered = page.get_by_label("Subject"), page.get_by_role("region", name="These articles may help")
    tab_to(page, "Subject")
    page.keyboard.type("Ostolaskut eivät kierrä")
    link = offered.get_by_role("link", name="Ostolaskun kierto (opens in a new tab)")
    expect(link).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="may help.")).to_be_attached()
    expect(subject).to_be_focused()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Ostolaskun kierto")
    expect(subject).to_have_value("Ostolaskut eivät kierrä")
    assert page.locator("[name=article]").input_value() == link.get_attribute("data-article")
    subject.fill("")
    expect(offered).to_have_count(0)


@pytest.mark.both
def test_E5_a_reader_needs_no_script(filled, page_of):
    named = filled()
    page = page_of(java_script_enabled=False)
    page.goto("/hc/en")
    page.get_by_label("Search the guides").fill("ostolasku")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ostolaskun kierto").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("1 out of 1 found this helpful.")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("0 out of 1 found this helpful.")).to_be_visible()
    page.goto(named["article_page"])
    expect(page.get_by_role("navigation", name="On this page").get_by_role("link", name="Osa 5")).to_be_visible()
    page.get_by_role("link", name="Open the picture large: Lasku").click()
    assert re.search(r"/hc/files/\d+/kuva\.png$", page.url)


def test_a_picture_opens_large_by_keyboard_and_gives_the_focus_back(filled, page_of):
    page = page_of()
    page.goto(filled()["article_page"])
    link = page.get_by_role("link", name="Open the picture large: Lasku")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Picture")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_film_is_asked_for_by_a_click_and_by_nothing_else(filled, page_of, complaints):
    page = page_of()
    page.route("https://videot.example/**", lambda route: route.fulfill(body="<p>film</p>", content_type="text/html"))
    page.goto(filled()["article_page"])
    page.wait_for_load_state("networkidle")
    assert complaints == []
    page.locator("a.video").click()
    expect(page.frame_locator("iframe.player").get_by_text("film")).to_be_visible()
    assert complaints == ["asked the outside: https://videot.example/abc"]
    complaints.clear()


def test_a_part_of_an_article_is_copied_by_its_address_and_code_as_it_stands(filled, page_of, address):
    page = page_of()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    named = filled()
    page.goto(named["article_page"])
    page.get_by_role("link", name="Link to this part: Osa 2").click()
    expect(page.get_by_role("status").filter(has_text="The link is copied.")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}{named['article_page']}#osa-2"
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()").strip() == ("1 + " * 60).strip()


def test_what_was_read_is_kept_in_this_browser_and_for_this_reader_only(filled, page_of, ada):
    named = filled()
    page = page_of(ada)
    page.goto(named["short_page"])
    page.goto("/hc/en")
    expect(page.get_by_role("region", name="Recently read").get_by_role("link")).to_have_text(["Ostolaskun kierto"])
    page.context.clear_cookies()
    page.goto("/hc/en")
    expect(page.get_by_role("region", name="Recently read")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('read')") is None


def test_on_paper_there_is_the_article_alone(filled, page_of):
    page = page_of()
    page.goto(filled()["article_page"])
    page.emulate_media(media="print")
    for gone in (".site", ".guide-bar", ".contents", ".neighbours", ".votes", ".still", ".site-foot", ".to-top"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Muista tallentaa.")).to_be_visible()


def test_no_public_page_is_heavier_than_it_may_be(filled, address):
    """15 kB of script, 15 kB of css and 30 kB of HTML, packed; kB are 1000 bytes."""
    named = filled()
    for which in PAGES:
        page, size = _fetched(address + named[which])
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        assert size <= 30_000, which
        assert scripts
        assert sum(_fetched(urljoin(address, one))[1] for one in scripts) <= 15_000, which
        assert sum(_fetched(urljoin(address, one))[1] for one in sheets) <= 15_000, which


def _fetched(url: str) -> tuple[str, int]:
    """What lies at an address, and how many bytes of it travel."""
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as answer:
        body = answer.read()
        packed = answer.headers["Content-Encoding"] == "gzip"
    plain = gzip.decompress(body) if packed else body
    return plain.decode(), len(body) if packed else len(gzip.compress(plain))


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_is_loaded(filled, page_of, width):
    named = filled()
    page = page_of(viewport={"width": width, "height": 844})
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((seen) => seen.getEntries().forEach((one) => moved += one.value))"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    for which in PAGES:
        page.goto(named[which])
        page.wait_for_load_state("networkidle")
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(200)
        assert page.evaluate("moved") < 0.02, which


def _look_over(page: Page, axe, named: dict[str, str]) -> None:
    for which in (*PAGES, "nothing", "foreign_page"):
        page.goto(named[which])
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{which} is {wide} px too wide"
    page.goto(named["elsewhere_page"])
    axe(page, status=404)


_LOOKS = [(*look, scheme) for scheme in ("light", "dark") for look in product(("fi", "nl", "en", "sv"), (390, 1280))]
_FIRST = [("fi", 390, "dark"), ("nl", 1280, "light")]


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [*_FIRST, *(pytest.param(*look, marks=pytest.mark.full) for look in _LOOKS if look not in _FIRST)],
)
def test_E5_axe_finds_nothing_in_the_help_center(filled, page_of, axe, eva, language, width, scheme):
    Person.objects.filter(pk=eva.person_id).update(language=language)
    with override(language):
        named = filled(language)
    for reader in (None, eva):
        _look_over(page_of(reader, viewport={"width": width, "height": 844}, color_scheme=scheme), axe, named)


def test_E5_the_help_center_keeps_its_lines_in_colours_of_the_readers_own(filled, page_of, axe):
    page = page_of(forced_colors="active")
    page.goto(filled()["article_page"])
    axe(page)
    callout = page.locator(".callout").first
    assert callout.evaluate("it => getComputedStyle(it).borderTopStyle") == "solid"
