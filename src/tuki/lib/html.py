"""Text and HTML from strangers: what may stay, and how one becomes the other.

HTML is cleaned once, on its way in, by an allow-list (nh3); what is stored may be shown. The shown page's content
security policy is the second wall.
"""

import html as _html
import re
from html.parser import HTMLParser

import nh3

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s"),
    *("samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# A part of the same mail, or a file of ours: never another page of ours by way of "..".
OWN_IMAGE = re.compile(r"cid:.+|/hc/files/\d+(/[^/\\?#]*)?", re.S)
_LINK = re.compile(r"\bhttps?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_BLOCKS = {
    *("blockquote", "div", "dl", "dt", "dd", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li"),
    *("ol", "p", "pre", "table", "tr", "ul"),
}
_SILENT = {"head", "script", "style", "template", "title"}


def clean(html: str) -> str:
    """Keep of somebody's HTML what is text, structure, links and own images; the rest is gone.

    html: any string. Images stay only as `cid:` parts of the same mail or as our own files, so that opening a message
    never calls a stranger's server.
    """
    return nh3.clean(
        bounded(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_own_images_only,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def bounded(html: str) -> str:
    """HTML that takes a browser's parser no longer than it is worth; nearly always the very same.

    Such a parser looks, for many a tag, at all that are open; for each attribute at all before it; and for each
    character reference at the text so far. A tag with more attributes than anybody writes loses them, a text with more
    references is parted, and where tags nest absurdly the words alone are left.
    """
    if html.count("<") > _FEW_TAGS and _steps(html) > _MOST_STEPS:
        words = _html.unescape(_TAG.sub("\n", html))
        html = from_text(re.sub(r"\n[\n\r\t ]*+", "\n", words))
    long_tags = [found.span() for found in _TAG.finditer(html) if found.end() - found.start() > _LONG_TAG]
    for start, end in reversed(long_tags[:_MOST_LONG_TAGS]):
        html = html[:start] + _with_few_attributes(html[start:end]) + html[end:]
    if html.count("&") > _MOST_REFERENCES:
        html = "<".join(_parted(piece) for piece in html.split("<"))
    return html


# A tag as parsers read it: what is quoted after an equals sign may hold anything, also what ends a tag.
_TAG = re.compile(r"<[a-zA-Z/!?](?:[^>=]++|=\s*+(?:\"[^\"]*\"|'[^']*')|=)*+(?:>|\Z)")
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LONG_TAG = 2000
_MOST_LONG_TAGS = 1000
_MOST_ATTRIBUTES = 200
_MOST_REFERENCES = 1000
_FEW_TAGS = 5000
_MOST_STEPS = 30_000_000  # about a fifth of a second
# Those that hold nothing, and those that the next of their kind closes.
_FLAT = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"),
    *("colgroup", "dd", "dt", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"),
}


def _steps(html: str) -> int:
    """How often a parser of this looks at an open tag, at the worst."""
    depth = steps = 0
    opened: dict[str, int] = {}
    for closes, name in _NAME.findall(html):
        name = name.lower()
        if not closes:
            steps += depth
            if name not in _FLAT:
                opened[name] = opened.get(name, 0) + 1
                depth += 4 if name == "table" else 1
        elif opened.get(name):
            opened[name] -= 1
            depth -= 4 if name == "table" else 1
        else:
            steps += depth
    return steps


def _with_few_attributes(tag: str) -> str:
    bare = re.sub(r"=\s*+(?:\"[^\"]*\"|'[^']*')", "= ", tag)
    if len(re.findall(r"[\s/\"']+", bare)) <= _MOST_ATTRIBUTES:
        return tag
    name = _NAME.match(tag)
    return f"<{name[1]}{name[2]}>" if name else ""


def _parted(text: str) -> str:
    """A text between tags, with one that shows nothing after every so many references."""
    if text.count("&") <= _MOST_REFERENCES:
        return text
    pieces = text.split("&")
    steps = range(0, len(pieces), _MOST_REFERENCES)
    return "<wbr>&".join("&".join(pieces[at : at + _MOST_REFERENCES]) for at in steps)


def _own_images_only(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not OWN_IMAGE.fullmatch(value):
        return None
    return value


def from_text(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs, line breaks stay, addresses become links."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    return "".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())


def from_article(text: str) -> str:
    """Plain text with headings as HTML: a line that begins with "## " is one, all else is as in `from_text`."""
    out = []
    for n, part in enumerate(re.split(r"^## (.+)$", text, flags=re.MULTILINE)):  # words, heading, words, heading, words
        out.append(f"<h2>{_html.escape(part.strip())}</h2>" if n % 2 else from_text(part))
    return "".join(out)


def _linked(text: str) -> str:
    out, end = [], 0
    for found in _LINK.finditer(text):
        url = _html.escape(found.group())
        out.append(_html.escape(text[end : found.start()]))
        out.append(f'<a href="{url}" rel="noopener noreferrer nofollow">{url}</a>')
        end = found.end()
    out.append(_html.escape(text[end:]))
    return "".join(out).replace("\n", "<br>")


# A run of blanks is looked at once, from its beginning.
_BLANKS_AT_END = re.compile(r"(?<![ \t])[ \t]++\n")
_LONGEST_SHOWN = 2500  # of a link's words, in which its address is looked for


def to_text(html: str, *, marks_quotes: bool = False) -> str:
    """HTML as plain text: blocks on lines of their own, list items with a dash, links with their address.

    marks_quotes: each quoted line begins with ">", as in mail.
    """
    reader = _TextReader(marks_quotes)
    reader.feed(html)
    reader.close()
    text = _BLANKS_AT_END.sub("\n", "".join(reader.out))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _TextReader(HTMLParser):
    def __init__(self, marks_quotes: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._marks_quotes = marks_quotes
        self._quotes: list[int] = []  # where in `out` each open quote begins
        self._silent = 0
        self._literal = 0
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.out.append("\n")
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""
        elif tag in _BLOCKS:
            self._literal += tag == "pre"
            self._break("\n\n" if tag in {"p", "blockquote", "pre", "table"} else "\n")
            if tag == "li":
                self.out.append("- ")
            elif tag == "blockquote":
                self._quotes.append(len(self.out))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            shown = "".join(piece[-_LONGEST_SHOWN:] for piece in self.out[-3:])
            if self._href.startswith("http") and self._href not in shown:
                self.out.append(f" ({self._href})")
            self._href = ""
        elif tag in {"td", "th"}:
            self.out.append("\t")
        elif tag in _BLOCKS:
            if tag == "blockquote" and self._quotes:
                self._end_quote(self._quotes.pop())
            self._literal -= tag == "pre"
            self._break("\n\n" if tag in {"p", "blockquote", "pre", "table"} else "\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data if self._literal else re.sub(r"\s+", " ", data))

    def _end_quote(self, start: int) -> None:
        if self._marks_quotes:
            quoted = _BLANKS_AT_END.sub("\n", "".join(self.out[start:])).strip("\n")
            quoted = re.sub(r"\n{3,}", "\n\n", quoted)
            self.out[start:] = ["\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))]

    def _break(self, ends: str) -> None:
        if self.out and not "".join(piece[-2:] for piece in self.out[-2:]).endswith(ends):
            self.out.append(ends)


def has_content(html: str) -> bool:
    """Whether there is a word or a picture in it: an editor's empty paragraph is nothing."""
    return "<img" in html or bool(to_text(html))


def excerpt(text: str, length: int = 160) -> str:
    """The first words of a text on one line, at most `length` characters, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut) + "…"
