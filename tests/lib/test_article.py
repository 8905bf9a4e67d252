"""What an article's body may hold, and what is found out of it."""

import pytest

from tuki.lib.article import (
    HEAVY,
    Piece,
    clean_body,
    differences,
    headings,
    linked_articles,
    linked_files,
    remarks,
    with_sizes,
    words,
)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<aside class="note"><p>Beware.</p></aside>', '<aside class="note"><p>Beware.</p></aside>'),
        ('<aside class="popup"><p>Buy.</p></aside>', "<aside><p>Buy.</p></aside>"),
        (
            '<a class="video" href="https://video.example/1">Film</a>',
            '<a class="video" href="https://video.example/1" rel="noopener">Film</a>',
        ),
        ('<pre><code class="language-sql">select 1</code></pre>',) * 2,
        ('<code class="btn">x</code>', "<code>x</code>"),
        ('<img src="/hc/files/7/a.png" alt="A" width="10" height="20">',) * 2,
        ('<img src="https://elsewhere.example/a.png" alt="A">', '<img alt="A">'),
        ('<img src="/hc/files/7/../../setup" alt="A">', '<img alt="A">'),
        ('<img src="/hc/files/7" alt="A" width="100%" onload="x()">', '<img src="/hc/files/7" alt="A">'),
        ('<table><tr><th scope="col">A</th></tr></table>',) * 2,
        ('<p style="color:red">x</p><script>x()</script><iframe src="https://x.example"></iframe>', "<p>x</p>"),
        ('<a href="javascript:x()">y</a>', '<a rel="noopener">y</a>'),
        ("<h1>Title again</h1>", '<h2 id="title-again">Title again</h2>'),
        ("<div><p>x</p></div>", "<p>x</p>"),
    ],
)
def test_only_what_an_article_may_hold_stays(html, kept):
    cleaned = clean_body(html).replace("<tbody>", "").replace("</tbody>", "")

    assert cleaned == kept


def test_cleaning_what_is_clean_changes_nothing():
    once = clean_body('<h2>Ää &amp; öö</h2><h2>Ää &amp; öö</h2><h3 id="lasting">x</h3><p>a<br>b</p><hr>')

    assert clean_body(once) == once


def test_headings_can_be_linked_to_and_keep_their_ids_when_they_are_reworded():
    html = clean_body('<h2 id="pay">Paying, in other words</h2><h2>Hyväksy lasku</h2><h3>Hyväksy lasku</h3><h2>…</h2>')

    assert [(one.level, one.id, one.text) for one in headings(html)] == [
        (2, "pay", "Paying, in other words"),
        (2, "hyvaksy-lasku", "Hyväksy lasku"),
        (3, "hyvaksy-lasku-2", "Hyväksy lasku"),
        (2, "part", "…"),
    ]


def test_what_a_body_shows_and_links_to_is_known():
    html = clean_body(
        '<img src="/hc/files/7/a.png"><img src="/hc/files/7/a.png"><a href="/hc/files/8">b</a>'
        '<a href="/hc/fi/articles/12-otsikko">c</a><a href="https://x.example/hc/fi/sections/3">d</a>'
    )

    assert (linked_files(html), linked_articles(html, "")) == (
        [7, 8],
        {"/hc/fi/articles/12-otsikko": 12},
    )


def test_only_what_leads_to_an_article_of_ours_is_linked_to_it():
    ours = ["/hc/fi/articles/1", "https://help.example/hc/en-us/articles/2-a", "//help.example/hc/en/articles/3?a#b"]
    others = [
        "https://other.zendesk.com/hc/en-us/articles/360012345",
        "https://help.example.evil.example/hc/fi/articles/5",
        "https://x.example/?next=/hc/fi/articles/6",
        f"/hc/fi/articles/{10**18}",
        "https://[/hc/fi/articles/7",
        "/docs/hc/fi/articles/8",
    ]
    html = "".join(f'<a href="{address}">a</a>' for address in [*ours, *others])

    assert linked_articles(f"{html}<p>/hc/fi/articles/9</p>", "help.example") == dict(zip(ours, (1, 2, 3), strict=True))


def test_a_picture_says_its_size_unless_it_is_said_or_unknown():
    html = clean_body(
        '<img src="/hc/files/7" alt="a &gt; b"><img src="/hc/files/8"><img src="/hc/files/7" width="1" height="2">'
    )

    assert with_sizes(html, {7: (640, 480)}.get) == (
        '<img src="/hc/files/7" alt="a &gt; b" width="640" height="480"><img src="/hc/files/8">'
        '<img src="/hc/files/7" width="1" height="2">'
    )


def test_an_editor_is_told_of_skipped_levels_pictures_without_a_text_and_heavy_ones():
    html = clean_body('<h3>Deep</h3><h2>A</h2><h4>B</h4><img src="/hc/files/7" alt=" "><img src="/hc/files/8" alt="x">')
    weights = {7: HEAVY, 8: HEAVY + 1}

    assert [(one.kind, one.about) for one in remarks(html, weight_of=weights.get, dead={}, kept={})] == [
        ("level", "Deep"),
        ("level", "B"),
        ("alt", "/hc/files/7"),
        ("heavy", "/hc/files/8"),
    ]


def test_an_editor_is_told_of_links_to_articles_that_readers_do_not_get():
    html = clean_body(
        '<p><a href="/hc/en/articles/7-x">the <b>dead</b> one</a> <a href="/hc/en/articles/8">alive</a>'
        ' <a href="https://tuki.example/hc/fi/articles/7">abroad</a> <a href="https://elsewhere.example/7">7</a></p>'
    )

    dead = {"/hc/en/articles/7-x": 7, "https://tuki.example/hc/fi/articles/7": 7}
    found = remarks(html, weight_of={}.get, dead=dead, kept={})
    assert [(one.kind, one.about) for one in found] == [("link", "the dead one"), ("link", "abroad")]


def test_two_bodies_are_compared_in_words():
    old = "<h2>Pay</h2><p>Choose the old menu.</p><p>Gone.</p>"
    new = '<h2>Pay</h2><p>Choose the new menu.</p><p><img src="/hc/files/1" alt="The menu"></p><p>Last.</p>'

    assert differences(old, new) == [
        [Piece("same", "Pay")],
        [Piece("same", "Choose the"), Piece("removed", "old"), Piece("added", "new"), Piece("same", "menu.")],
        [Piece("removed", "Gone."), Piece("added", "[The menu]")],
        [Piece("added", "Last.")],
    ]
    assert {piece.kind for pieces in differences(new, new) for piece in pieces} == {"same"}


def test_words_are_counted():
    assert words("<h2>One two</h2><p>three</p>") == 3
