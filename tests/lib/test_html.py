"""What may stay of strangers' HTML, and how text and HTML become each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuki.lib.html import clean, excerpt, from_article, from_text, has_content, to_text


@pytest.mark.parametrize(
    "harm",
    [
        "<script>x()</script>",
        '<p onmouseover="x()">a</p>',
        '<a href="javascript:x()">a</a>',
        '<a href="data:text/html,x">a</a>',
        '<img src="https://spy.example/1.png">',
        '<img src="//spy.example/1.png">',
        '<p style="background:url(https://spy.example)">a</p>',
        "<style>p{}</style>",
        '<form action="/"><input name="a"></form>',
        "<svg><script>x()</script></svg>",
        '<math><mi xlink:href="javascript:x()">a</mi></math>',
        '<base href="https://spy.example">',
        '<meta http-equiv="refresh" content="0;url=https://spy.example">',
    ],
)
def test_nothing_that_runs_calls_or_dresses_up_stays(harm):
    kept = clean(harm)

    for sign in ("script", "onmouseover", "javascript", "data:", "spy.example", "style", "form", "svg", "math"):
        assert sign not in kept


def test_structure_links_and_own_pictures_stay():
    kept = clean('<table><tr><td colspan="2"><b>1</b></td></tr></table><img src="/hc/files/3"><img src="cid:a@b">')

    assert 'colspan="2"' in kept
    assert '<img src="/hc/files/3">' in kept
    assert '<img src="cid:a@b">' in kept


@pytest.mark.parametrize(
    "src", ["/hc/files/../../account/logout/", "/hc/files/3/../../en", "/hc/files/", "//hc/files/3"]
)
def test_a_picture_leads_to_no_other_page_of_ours(src):
    assert "src" not in clean(f'<img src="{src}">')


@given(st.text())
def test_text_never_becomes_markup(text):
    html = from_text(text)

    assert clean(html).replace(' rel="noopener noreferrer nofollow"', "") == clean(clean(html)).replace(
        ' rel="noopener noreferrer nofollow"', ""
    )
    assert "<script" not in html


@given(st.lists(st.text(alphabet="abcäö <>&\"'", min_size=1).filter(str.strip), min_size=1))
def test_text_comes_back_as_it_was_written(paragraphs):
    paragraphs = [" ".join(paragraph.split()) for paragraph in paragraphs]

    assert to_text(from_text("\n\n".join(paragraphs))) == "\n\n".join(paragraphs)


def test_line_breaks_and_links_survive():
    assert from_text("See https://tuki.example/a?b=1&c=2.\nThanks") == (
        '<p>See <a href="https://tuki.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">'
        "https://tuki.example/a?b=1&amp;c=2</a>.<br>Thanks</p>"
    )


def test_a_line_with_two_hashes_is_a_heading_of_an_article_and_of_nothing_else():
    text = "First.\n\n## Cookies & <such>\nNone.\nReally.\n\n##none\n\n## Rights\n\nAll."

    assert from_article(text) == (
        "<p>First.</p><h2>Cookies &amp; &lt;such&gt;</h2><p>None.<br>Really.</p><p>##none</p><h2>Rights</h2><p>All.</p>"
    )
    assert from_text("## Cookies") == "<p>## Cookies</p>"


def test_html_reads_as_text():
    html = "<h1>Hello</h1><p>One<br>two</p><ul><li>a</li><li>b</li></ul><a href='https://x.example'>here</a>"

    assert to_text(html) == "Hello\n\nOne\ntwo\n\n- a\n- b\nhere (https://x.example)"


@pytest.mark.parametrize(("html", "something"), [("<p>&nbsp;</p>", False), ("<p>a</p>", True), ('<img src="a">', True)])
def test_an_empty_paragraph_is_nothing(html, something):
    assert has_content(html) is something


def test_an_excerpt_ends_at_a_word():
    assert excerpt("one two three four", 12) == "one two…"


def test_quotes_are_marked_as_in_mail_where_that_is_asked_for():
    html = "<p>Hi</p><blockquote><p>one<br>two</p><blockquote>deeper</blockquote></blockquote><p>yes</p>"

    assert to_text(html, marks_quotes=True) == "Hi\n\n> one\n> two\n>\n> > deeper\n\nyes"
    assert to_text(html) == "Hi\n\none\ntwo\n\ndeeper\n\nyes"


def test_quotes_that_never_begin_or_end_lose_no_word():
    assert to_text("<p>a</p></blockquote><p>b</p><blockquote>c", marks_quotes=True).split() == ["a", "b", "c"]
