"""A mail's HTML as lines, each knowing the pieces of the tree that it is made of."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import lxml.etree
import lxml.html

from tuki.lib.html import bounded, from_text

_MOST_PIECES = 20_000
_MOST_STEPS = 100_000
# What stands behind an end is shown too: a mailing list's foot, another page that was joined to this one. Drawings and
# formulas are not shown, and would take what follows one that is never closed along.
_IGNORED = re.compile(r"</(?:body|html)\s*+>|</?(?:svg|math)\b[^<>]*+>", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True)
class Line:
    """A line of a mail, of its plain text or as its HTML shows it."""

    text: str
    quoted: bool = False
    sure: bool = False  # the mail program itself says that this is a quote
    opens: bool = False  # the mail program says that from here on all is quote

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def whole_html(html: str) -> str:
    """HTML well-formed: every tag closed, at most 2,048 deep. Text alone where it nests deeper than can be read.

    That matters to whoever cleans it: on tags that overlap, or nest without end, a browser's parser takes quadratic
    time and room.
    """
    try:
        page = Page(html)
        return from_text(_TAG.sub("", html)) if page.is_cut_short else page.html()
    except (lxml.etree.LxmlError, ValueError):
        return from_text(_TAG.sub("", html))


_BLOCKS = {
    *(
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
    ),
    *("h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "tr", "ul"),
}
_SILENT = {"head", "script", "style", "title", "template", "noscript"}
# Of these a blockquote is the quote, and anything else stands around one: what its writer typed between lies there too.
_AROUND_QUOTES = {
    *("gmail_quote", "gmail_quote_container", "protonmail_quote", "zmail_extra", "moz-cite-prefix", "tutanota_quote"),
}
_WHOLE_QUOTES = {"yahoo_quoted", "ms-outlook-mobile-reference-message"}  # nothing inside marks their lines
_OPENING_IDS = {"divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"}
# Outlook draws this line above the header of what it quotes, and above nothing else.
_OUTLOOKS_LINE = re.compile(
    r"border:none;\s*border-top:solid #[0-9a-f]{6} 1\.0pt;\s*padding:3\.0pt 0(?:in|cm|mm)", re.I
)
# As Outlook marks the whole of what it quotes, where its user wants that: what stands below is not in it.
_OUTLOOKS_BAR = re.compile(r"border:none;\s*border-left:solid \w{1,20} 1\.5pt;\s*padding:0(?:in|cm|mm)", re.I)


def _without_open_comment(html: str) -> str:
    """A comment that never ends would hide all that follows it."""
    end = html.rfind("-->") + 1
    return html[:end] + html[end:].replace("<!--", "") if "<!--" in html[end:] else html


class Page:
    """HTML as lines, each knowing the pieces of the tree that it is made of."""

    def __init__(self, html: str) -> None:
        html = _IGNORED.sub("", bounded(_without_open_comment(html)))
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        tree = lxml.html.document_fromstring(b"<body>" + html.encode() if not html.strip() else html.encode(), parser)
        # libxml2 stops where HTML is nested too deep for it; what follows is missing then.
        self.is_cut_short = any(error.level_name == "FATAL" for error in parser.error_log)
        self.body = tree.find("body") if tree.find("body") is not None else tree
        self.lines: list[Line] = []
        self._pieces: list[tuple[int, lxml.html.HtmlElement, str]] = []  # line, element, "text", "tail" or "itself"
        self._written: list[str] = []
        self.has_more = False  # than was read into lines: its quote is not looked for
        self._quoted = self._sure = 0
        self._opens = False
        self._read()

    def _read(self) -> None:
        silent = 0
        steps = lxml.etree.iterwalk(self.body, events=("start", "end", "comment", "pi"))
        for step, (event, element) in enumerate(steps):
            if len(self._pieces) > _MOST_PIECES or step > _MOST_STEPS:
                self.has_more = True
                break
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                silent += tag in _SILENT
                if not silent:
                    self._enter(element, tag)
                continue
            if event == "end" and not silent:
                self._leave(element, tag)
            silent -= event == "end" and tag in _SILENT
            if element is not self.body and not silent:
                self._say(element, "tail", element.tail)
        self._new_line()

    def _enter(self, element: lxml.html.HtmlElement, tag: str) -> None:
        if tag in _BLOCKS:
            self._new_line()
        self._step(element, tag, 1)
        if element.get("id") in _OPENING_IDS or _OUTLOOKS_LINE.search(element.get("style") or ""):
            self._opens = True
        if tag in {"br", "hr", "img"}:
            self._pieces.append((len(self.lines), element, "itself"))
            if tag == "img":
                self._written.append("\ufffc")
            else:
                self._new_line()
        self._say(element, "text", element.text)

    def _leave(self, element: lxml.html.HtmlElement, tag: str) -> None:
        self._step(element, tag, -1)
        if tag in _BLOCKS:
            self._new_line()

    def _step(self, element: lxml.html.HtmlElement, tag: str, into: int) -> None:
        """Go into an element (1) or out of it (-1): what is said from here on may be a quote."""
        # Outlook on the web puts x_ before the classes of what it quotes.
        names = {name.removeprefix("x_") for name in (element.get("class") or "").split()}
        quotes = tag == "blockquote" or not _WHOLE_QUOTES.isdisjoint(names)
        quotes = quotes or bool(_OUTLOOKS_BAR.search(element.get("style") or ""))
        cites = tag == "blockquote" and element.get("type") == "cite"
        is_sure = cites or not (_WHOLE_QUOTES | _AROUND_QUOTES).isdisjoint(names)
        if quotes or is_sure:
            self._new_line()
            self._quoted += into * quotes
            self._sure += into * is_sure

    def _say(self, element: lxml.html.HtmlElement, where: str, text: str | None) -> None:
        if text:
            self._pieces.append((len(self.lines), element, where))
            self._written.append(text)

    def _new_line(self) -> None:
        text = " ".join("".join(self._written).split())
        if not self._written:
            return
        opens = self._opens and bool(text)
        self.lines.append(Line(text, self._quoted > 0, self._sure > 0, opens))
        self._opens = self._opens and not opens
        self._written = []

    def erase(self, gone: Callable[[int], bool]) -> None:
        """Take lines out of the tree, and with them the elements that they leave empty."""
        pieces = [(element, where) for line, element, where in self._pieces if gone(line)]
        touched: set[lxml.html.HtmlElement] = set()
        for element, where in pieces:
            if where == "text":
                element.text = None
                touched.add(element)
            elif where == "tail":
                element.tail = None
                touched.add(element.getparent())
        # After the texts: an element that goes hands the text behind it on to its neighbour.
        for element, where in pieces:
            if where == "itself":
                touched.add(element.getparent())
                element.drop_tree()
        empty: set[lxml.html.HtmlElement] = set()
        for element in reversed(list(self.body.iter())):  # children before their parents
            if element is self.body or element.tag in {"img", "br", "hr"} or (element.text or "").strip():
                continue
            if all(child in empty and not (child.tail or "").strip() for child in element):
                empty.add(element)
                if element in touched:
                    touched.add(element.getparent())
                    element.drop_tree()

    def html(self) -> str:
        """What is left of it, without the body's own tag."""
        self.body.attrib.clear()
        whole: str = lxml.html.tostring(self.body, encoding="unicode", with_tail=False)
        return whole.removeprefix(f"<{self.body.tag}>").removesuffix(f"</{self.body.tag}>").strip()
