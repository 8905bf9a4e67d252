"""The body of an article: what may stay of it, what it is made of, and what its editor should look at.

It is HTML as in lib/html.py, with callouts (`<aside class="note">`, `tip`, `warning`), videos that are links until
somebody clicks (`<a class="video">`), code that says its language, and headings that can be linked to. It is cleaned
once, when it is written; all that pages need to know of it is found out once, when it is published.
"""

import html as _html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tuki.lib.html import ATTRIBUTES, OWN_IMAGE, TAGS, bounded, to_text

_TAGS = (TAGS | {"aside", "mark", "var"}) - {"h1", "div", "span", "small"}
_ATTRIBUTES = ATTRIBUTES | {
    "a": {"href", "title", "class"},
    "aside": {"class"},
    "code": {"class"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4")},
}
_ALLOWED = {
    ("a", "class"): re.compile("video"),
    ("aside", "class"): re.compile("note|tip|warning"),
    ("code", "class"): re.compile(r"language-[a-z0-9+#-]{1,20}"),
    ("img", "src"): OWN_IMAGE,
    ("img", "width"): re.compile(r"\d{1,5}"),
    ("img", "height"): re.compile(r"\d{1,5}"),
    **{(heading, "id"): re.compile(r"[a-z0-9][a-z0-9-]{0,79}") for heading in ("h2", "h3", "h4")},
}
_TITLE = re.compile(r"(</?)h1\b", re.IGNORECASE)
_HEADING = re.compile(r'<h([234])(?: id="([^"]*)")?>(.*?)</h\1>', re.DOTALL)
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_FILE = re.compile(r"/hc/files/(\d+)")
_ARTICLE = re.compile(r"/hc/[a-z]{2,3}(?:-[a-z]+)?/articles/(\d{1,18})(?!\d)")  # more digits fit no id

HEAVY = 300 * 1024  # bytes of a picture; more keeps readers on a phone waiting


def clean_body(html: str) -> str:
    """Keep of an editor's HTML what an article may hold. Its headings get ids, and keep those that they have.

    A heading of the first level becomes one of the second: the first is the article's title.
    """
    kept = nh3.clean(
        bounded(_TITLE.sub(r"\1h2", html)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return _with_ids(kept)


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    pattern = _ALLOWED.get((tag, attribute))
    return value if pattern is None or pattern.fullmatch(value) else None


def _with_ids(html: str) -> str:
    taken: set[str] = set()

    def named(found: re.Match[str]) -> str:
        wanted = found[2] or slugify(to_text(found[3]))[:70].strip("-") or "part"
        name, n = wanted, 1
        while name in taken:
            n += 1
            name = f"{wanted}-{n}"
        taken.add(name)
        return f'<h{found[1]} id="{name}">{found[3]}</h{found[1]}>'

    return _HEADING.sub(named, html)


@dataclass(frozen=True)
class Heading:
    """A heading, as a list of contents shows it."""

    level: int
    id: str
    text: str


def headings(html: str) -> list[Heading]:
    """The headings of a cleaned body, in their order."""
    return [
        Heading(int(level), name, " ".join(to_text(inner).split())) for level, name, inner in _HEADING.findall(html)
    ]


def words(html: str) -> int:
    """How many words a body has."""
    return len(to_text(html).split())


def linked_files(html: str) -> list[int]:
    """Every file of ours that a cleaned body shows or links to, each once."""
    return list(dict.fromkeys(int(file) for file in _FILE.findall(html)))


def linked_articles(html: str, own_host: str) -> dict[str, int]:
    """The numbers of our articles that a cleaned body links to, by the addresses that stand there.

    own_host: links to any other lead to no article of ours, however they look.
    """
    found = {href: _article(href, own_host) for href, _inner in _LINK.findall(html)}
    return {href: number for href, number in found.items() if number is not None}


def _article(href: str, own_host: str) -> int | None:
    try:
        url = urlsplit(href)
    except ValueError:
        return None
    found = _ARTICLE.match(url.path) if url.netloc in {"", own_host} else None
    return int(found[1]) if found else None


def with_sizes(html: str, size_of: Callable[[int], tuple[int, int] | None]) -> str:
    """The body with width and height on each of its pictures, so that nothing jumps while they load.

    size_of: of a file's id; None where it can't be told.
    """

    def sized(found: re.Match[str]) -> str:
        tag = found[0]
        known = dict(_ATTRIBUTE.findall(tag))
        file = _FILE.match(known.get("src", ""))
        if not file or {"width", "height"} <= known.keys():
            return tag
        size = size_of(int(file[1]))
        if size is None:
            return tag
        bare = re.sub(r' (?:width|height)="[^"]*"', "", tag)
        return f'{bare[:-1].rstrip(" /")} width="{size[0]}" height="{size[1]}">'

    return _IMAGE.sub(sized, html)


@dataclass(frozen=True)
class Remark:
    """Something in a body that its editor should look at. about: which heading, picture or link, as they know it."""

    kind: str  # "alt", "level", "heavy", "link", "kept"
    words: str
    about: str


def remarks(
    html: str, *, weight_of: Callable[[int], int | None], dead: Mapping[str, int], kept: Mapping[str, int]
) -> list[Remark]:
    """What is bad for some readers. weight_of: the bytes of a file, by its id. dead, kept: of `linked_articles`, those
    that nobody gets, and those that are perhaps not for all who read this."""
    return [*_about_levels(html), *_about_links(html, dead, kept), *_about_pictures(html, weight_of)]


def _about_levels(html: str) -> Iterator[Remark]:
    before = 1
    for heading in headings(html):
        if heading.level > before + 1:
            words = _("A heading of level %(level)s follows one of level %(before)s: a level is left out.")
            yield Remark("level", words % {"level": heading.level, "before": before}, heading.text)
        before = heading.level


def _about_links(html: str, dead: Mapping[str, int], kept: Mapping[str, int]) -> Iterator[Remark]:
    for href, inner in _LINK.findall(html):
        number = dead.get(href, kept.get(href))
        if number is None:
            continue
        kind = "link" if href in dead else "kept"
        words = _("A link leads to article %(number)s. Perhaps not everybody who reads this one may read that.")
        if href in dead:
            words = _("A link leads to article %(number)s, which its readers don’t get.")
        yield Remark(kind, words % {"number": number}, " ".join(to_text(inner).split()))


def _about_pictures(html: str, weight_of: Callable[[int], int | None]) -> Iterator[Remark]:
    for tag in _IMAGE.findall(html):
        known = dict(_ATTRIBUTE.findall(tag))
        source = _html.unescape(known.get("src", ""))
        if not known.get("alt", "").strip():
            yield Remark("alt", _("A picture has no text for those who can't see it."), source)
        file = _FILE.match(source)
        weight = weight_of(int(file[1])) if file else None
        if weight is not None and weight > HEAVY:
            kilobytes = {"size": weight // 1024, "most": HEAVY // 1024}
            words = _("A picture has %(size)s kB; above %(most)s kB readers on a phone wait.") % kilobytes
            yield Remark("heavy", words, source)


@dataclass(frozen=True)
class Piece:
    """Some words of two texts that are compared: of both, of the newer alone, or of the older alone."""

    kind: str  # "same", "added", "removed"
    text: str


def differences(old: str, new: str) -> list[list[Piece]]:
    """What was changed between two bodies, paragraph by paragraph, in words; a picture counts as its text."""
    before, after = _paragraphs(old), _paragraphs(new)
    out: list[list[Piece]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            out += [[Piece("same", " ".join(paragraph))] for paragraph in before[a:b]]
            continue
        # Paragraph beside paragraph as far as there are two; the rest came or went whole.
        paired = min(b - a, d - c)
        out += [_in_words(before[a + n], after[c + n]) for n in range(paired)]
        out += [[Piece("removed", " ".join(paragraph))] for paragraph in before[a + paired : b]]
        out += [[Piece("added", " ".join(paragraph))] for paragraph in after[c + paired : d]]
    return out


def _in_words(before: tuple[str, ...], after: tuple[str, ...]) -> list[Piece]:
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", " ".join(before[a:b])))
            continue
        pieces += [Piece("removed", " ".join(before[a:b]))] if b > a else []
        pieces += [Piece("added", " ".join(after[c:d]))] if d > c else []
    return pieces


def _paragraphs(html: str) -> list[tuple[str, ...]]:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return [tuple(paragraph) for paragraph in reader.paragraphs if paragraph]


class _Words(HTMLParser):
    """A body as paragraphs of words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[list[str]] = [[]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            known = dict(attrs)
            self.paragraphs[-1].append(f"[{known.get('alt') or known.get('src') or ''}]")
        elif tag in _PARTING:
            self.paragraphs.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in _PARTING:
            self.paragraphs.append([])

    def handle_data(self, data: str) -> None:
        self.paragraphs[-1] += data.split()


_PARTING = {"p", "h2", "h3", "h4", "li", "tr", "dt", "dd", "pre", "blockquote", "figcaption", "aside"}
