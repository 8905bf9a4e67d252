"""The editor in a real browser, by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import later
from tests.desks.conftest import PNG
from tests.knowledge.conftest import of, write
from tuki.files.actions import store
from tuki.knowledge.models import Draft, Translation

# All that a body may hold, as clean_body leaves it.
EVERYTHING = (
    '<h2 id="begin">Begin</h2><p>A <strong>bold</strong>, <em>slanted</em>, <code>coded</code> and <kbd>Ctrl</kbd>'
    ' word, a <a href="https://example.com" rel="noopener">link</a>, H<sub>2</sub>O, x<sup>2</sup>,'
    ' <mark>marked</mark>, <abbr title="value added tax">VAT</abbr>, <q>quoted</q>.</p>'
    '<aside class="warning"><p>Careful.</p></aside><aside class="tip"><p>Try it.</p></aside>'
    "<ol><li>First<ul><li>Within</li></ul></li><li>Second</li></ol><blockquote><p>Said.</p></blockquote>"
    '<figure><img src="/hc/files/1" alt="A picture" width="10" height="20"><figcaption>Below</figcaption></figure>'
    '<table><tbody><tr><th scope="col">Head</th><th>Other</th></tr><tr><td colspan="2">Cell</td></tr></tbody></table>'
    '<pre><code class="language-xml">&lt;a/&gt;</code></pre><dl><dt>Term</dt><dd>Meaning</dd></dl><hr>'
    '<p><a class="video" href="https://video.example/1" rel="noopener">A video</a></p><h3 id="end">End</h3><p>Last</p>'
)


@pytest.fixture
def open_text(live_desk, page_of, eva):
    """The editor of an article, in somebody's browser."""

    def open_one(article, by=eva, **options):
        page = page_of(by, **options)
        page.goto(f"/workspace/guide/articles/{article.pk}/en")
        return page

    return open_one


@pytest.fixture
def saved():
    def wait(page):
        expect(page.locator("#saved")).to_contain_text("Draft saved", timeout=20_000)

    return wait


def to_the_end(page):
    """Of the text that has the focus. The editor puts its caret 20 ms after the focus came: no hand is as fast."""
    page.evaluate("new Promise(done => setTimeout(done, 100))")
    page.keyboard.press("Control+End")


@pytest.mark.both
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_an_article_is_written_saved_by_itself_and_published_by_keys(open_text, published, axe, saved, colours):
    article = published()
    page = open_text(article, color_scheme=colours)
    axe(page)

    page.get_by_label("Title", exact=True).press("Tab")
    expect(page.locator(".ProseMirror")).to_be_focused()
    to_the_end(page)
    page.keyboard.type(" And pay.")
    expect(page.get_by_role("button", name="Publish changes")).to_be_visible(timeout=20_000)
    saved(page)
    axe(page)
    assert Draft.objects.get().body == '<h2 id="begin">Begin</h2><p>Open the invoice. And pay.</p>'
    expect(page.get_by_role("status")).to_contain_text(["Draft saved"])

    page.get_by_role("button", name="Publish changes").press("Enter")

    expect(page.locator("#main").get_by_text("Readers see it now.")).to_be_visible()
    assert of(article).body == '<h2 id="begin">Begin</h2><p>Open the invoice. And pay.</p>'


def test_opening_and_saving_loses_nothing_that_a_body_may_hold(open_text, drafted, eva):
    picture = store(PNG, "picture.png", by=eva)
    article = drafted(body=EVERYTHING.replace("/hc/files/1", f"/hc/files/{picture.pk}"))
    kept = Draft.objects.get().body
    page = open_text(article)

    page.locator(".writing-body").focus()
    page.locator(".ProseMirror").focus()
    to_the_end(page)
    page.keyboard.type("!")
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_have_attribute("data-version", re.compile(r"[2-9]"))

    assert Draft.objects.get().body == kept.replace("<p>Last</p>", "<p>Last!</p>")


def test_what_the_editor_does_not_show_stays_html(open_text, drafted):
    article = drafted(body="<table><caption>Prices</caption><tbody><tr><td>1</td></tr></tbody></table>")
    page = open_text(article)

    page.locator(".writing-body").focus()

    expect(page.get_by_text("parts that the editor doesn’t show")).to_be_visible()
    expect(page.locator("#text-body")).to_have_value(re.compile("caption"))


def test_two_who_write_at_once_get_both_texts_and_choose(open_text, published, eva, otto, axe):
    article = published()
    page = open_text(article)
    page.locator(".writing-body").focus()
    page.locator(".ProseMirror").focus()
    to_the_end(page)
    write(article, "<p>Of Otto alone.</p>", by=later(otto, seconds=1))
    page.keyboard.type(" Of Eva alone.")
    page.keyboard.press("Control+s")

    conflict = page.get_by_role("alert").filter(has_text="changed this meanwhile")
    expect(conflict).to_be_focused()
    expect(conflict).to_contain_text(otto.person.name)
    expect(conflict).to_contain_text("Of Otto alone.")
    axe(page)
    assert Draft.objects.get().body == "<p>Of Otto alone.</p>"

    conflict.get_by_role("button", name="Save mine over it").press("Enter")
    expect(page.locator("#saved")).to_contain_text("Draft saved by Eva")
    assert "Of Eva alone." in Draft.objects.get().body


def test_the_button_says_what_it_will_do(open_text, drafted, eva):
    page = open_text(drafted())
    button = page.locator("#publish")
    expect(button).to_have_text("Publish now")

    page.get_by_label("at a moment").check()
    page.get_by_label("Publish at").fill("2099-03-05T08:30")
    expect(button).to_contain_text("Mar 5, 2099")
    expect(button).to_contain_text("Helsinki")
    page.get_by_label("Take away at").fill("2099-03-06T08:30")
    expect(button).to_contain_text("until Mar 6, 2099")
    button.press("Enter")

    expect(page.locator("#main").get_by_text("It is published")).to_be_visible()
    assert Translation.objects.get().status == "scheduled"


def test_the_bar_is_worked_by_keys(open_text, drafted, saved):
    article = drafted(body="<p>Word</p>")
    page = open_text(article)
    page.locator(".writing-body").focus()
    page.locator(".ProseMirror").press("Control+a")

    page.keyboard.press("Shift+Tab")
    for _step in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Key")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Key")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+s")
    saved(page)

    assert Draft.objects.get().body == "<p><kbd>Word</kbd></p>"


def test_an_article_is_linked_to_by_its_title(open_text, drafted, published, axe):
    other = published("Scanning receipts")
    article = drafted(body="<p>See here</p>")
    page = open_text(article)
    page.locator(".writing-body").focus()
    page.locator(".ProseMirror").focus()
    to_the_end(page)

    page.keyboard.press("Control+k")
    page.get_by_label("Find an article").fill("scann")
    found = page.get_by_role("button", name="Scanning receipts")
    expect(found).to_be_visible()
    axe(page)
    found.press("Enter")
    page.keyboard.press("Control+s")

    expect(page.locator(".ProseMirror a")).to_have_attribute("href", f"/hc/en/articles/{other.pk}-scanning-receipts")


def test_a_picture_goes_up_with_words_for_those_who_can_not_see_it(open_text, drafted, tmp_path, saved):
    picture = tmp_path / "bill.png"
    picture.write_bytes(PNG)
    page = open_text(drafted(body="<p>Look</p>"))
    page.locator(".writing-body").focus()
    expect(page.get_by_role("toolbar")).to_be_visible()

    page.get_by_role("button", name="Picture").click()
    page.get_by_label("File").set_input_files(picture)
    expect(page.get_by_label("What it shows")).to_be_focused()
    page.keyboard.type("A bill")
    page.keyboard.press("Enter")
    expect(page.locator(".ProseMirror figure img")).to_be_visible()
    page.keyboard.press("Control+s")
    saved(page)

    assert re.search(
        r'<figure><img src="/hc/files/\d+" alt="A bill" width="\d+" height="\d+"></figure>', Draft.objects.get().body
    )


def test_on_a_phone_nothing_is_cut_off(open_text, published, axe):
    page = open_text(published(), viewport={"width": 390, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/workspace/guide/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
