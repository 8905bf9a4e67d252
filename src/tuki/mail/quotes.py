"""What somebody wrote, and what their mail program repeated below it.

Both are kept, apart. Where it is not plain which is which, all of it counts as written: to show a quote is a blemish,
to hide a customer's words is a loss. So a forwarded mail stays whole (it is the matter itself), as do answers written
between the lines of a quote, answers written below or into it, and a mail that would be empty without its quote.

Text and HTML are both seen as lines, and one rule finds the quote in them.
"""

import html as _html
import re
from collections.abc import Callable
from dataclasses import dataclass

import lxml.etree
import lxml.html

from tuki.lib.html import from_text

_MOST_LINES = 20_000
_LONGEST = 2_000_000
_LONGEST_LINE = 400  # that could be one of a mail program's own

_WROTE = re.compile(
    r"\b(?:wrote|kirjoitti|skrev|schreef|geschreven|schrieb|kirjutas|a écrit|escribió|ha scritto|escreveu)\b", re.I
)
_TIME = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}\b")
# The first of the lines of an introduction that was wrapped: a date, with what each language says before it.
_INTRODUCES = re.compile(
    r"^(?:on|den|am|op|le|el|il|em|at|kontakt|"
    r"(?:ma|ti|ke|to|pe|la|su|mån|tis|ons|tors|fre|lör|sön|man|tir|tor|lør|søn)\w*\.?,? ?\d|\d{1,2}[. /]|\d{4}-)",
    re.I,
)
_ORIGINAL = re.compile(
    r"^[-_=*\s]{2,}(?:original message|alkuperäinen (?:viesti|sanoma)|originalmeddelande|"
    r"ursprungligt (?:meddelande|e-postmeddelande)|opprinnelig melding|oprindelig meddelelse|"
    r"(?:oorspronkelijk|origineel) bericht|ursprüngliche nachricht|(?:algne|originaal) ?kiri|"
    r"message d.origine|message original|mensaje original|messaggio originale)[-_=*\s]{2,}$",
    re.I,
)
_FORWARDED = re.compile(
    r"^[-_=*>\s]*(?:begin )?(?:forwarded message|välitetty (?:viesti|sanoma)|edelleenlähetetty viesti|"
    r"vidarebefordrat (?:meddelande|brev)|videresendt (?:melding|besked|meddelelse)|doorgestuurd bericht|"
    r"(?:anfang der )?weitergeleitete[n]? (?:nachricht|e-mail)|edastatud (?:kiri|sõnum)|message transféré|"
    r"mensaje reenviado|messaggio inoltrato)[-_=*:\s]*$",
    re.I,
)
_RULE = re.compile(r"^[_\-=]{10,}$")
_NAMED = re.compile(r"^[\s*>|]{0,4}([^\W\d][\w \-]{0,24}?)\s?\*?:")
_MEANS = {
    name: kind
    for kind, names in {
        "from": "from lähettäjä från fra van von de saatja avsändare afsender mistä",
        "date": "sent date lähetetty päivämäärä pvm päiväys skickat datum sendt dato verzonden gesendet envoyé enviado "
        "fecha saadetud kuupäev inviato data",
        "to": "to vastaanottaja till til aan an à para kellele saaja a",
        "subject": "subject aihe ämne emne onderwerp betreff objet asunto teema oggetto",
    }.items()
    for name in names.split()
}
_SIGNATURE = re.compile(
    r"^(?:-- ?|sent from|get outlook|lähetetty|hanki outlook|skickat från|skaffa outlook|hämta outlook|verzonden v|"
    r"von mein|gesendet|sendt fra|saadetud|envoyé de|enviado desde)",
    re.I,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
# "See my answers below": then the answers are in what looks like the quote.
_BELOW = re.compile(
    r"\b(?:below|inline|in line|in red|alla|alle|hieronder|onder|nedan|nedenfor|unten|allpool|ci-dessous|abajo|"
    r"punaisella|i rött|in het rood|in rot|välissä|väliin)\b",
    re.I,
)


@dataclass(frozen=True)
class _Line:
    text: str
    quoted: bool = False
    sure: bool = False  # the mail program itself says that this is a quote
    opens: bool = False  # the mail program says that from here on all is quote

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def split_text(text: str, *, is_reply: bool) -> tuple[str, str]:
    """A plain text as (what was written, what was repeated).

    is_reply: the mail answers another one by its header. Of one that does not, only what is plainly a quote is cut.
    """
    if len(text) > _LONGEST:
        return text, ""
    rows = text.split("\n")
    if len(rows) > _MOST_LINES:
        return text, ""
    lines = [_Line(row.lstrip(" >") if row.startswith(">") else row, quoted=row.startswith(">")) for row in rows]
    found = _quote(lines, is_reply=is_reply)
    if found is None:
        return text, ""
    start, end = found
    return "\n".join(rows[:start] + rows[end:]).strip("\n"), "\n".join(rows[start:end]).strip("\n")


def split_html(html: str, *, is_reply: bool) -> tuple[str, str]:
    """HTML as (what was written, what was repeated), each whole and well-formed: every tag closed, at most 2,048 deep.

    That matters to whoever cleans it: on tags that overlap, or nest without end, a browser's parser takes quadratic
    time and room.
    """
    if len(html) > _LONGEST:
        return whole_html(html), ""
    try:
        written = _Page(html)
        found = _quote(written.lines, is_reply=is_reply)
        if written.is_cut_short:
            return whole_html(html), ""
        if found is None or written.has_more:
            return written.html(), ""
        repeated = _Page(html)
        written.erase(lambda line: found[0] <= line < found[1])
        repeated.erase(lambda line: not found[0] <= line < found[1])
        return written.html(), repeated.html()
    except (lxml.etree.LxmlError, ValueError):
        return whole_html(html), ""


def whole_html(html: str) -> str:
    """HTML as `split_html` leaves it, nothing put apart."""
    try:
        page = _Page(html)
        return from_text(_TAG.sub("", html)) if page.is_cut_short else page.html()
    except (lxml.etree.LxmlError, ValueError):
        return from_text(_TAG.sub("", html))


def _quote(lines: list[_Line], *, is_reply: bool) -> tuple[int, int] | None:
    """Where the quote begins and ends; None where there is none that could safely be put apart."""
    for at, line in enumerate(lines):
        if line.blank:
            continue
        if len(line.text) <= _LONGEST_LINE and _FORWARDED.match(line.text):
            return None
        if line.opens:
            return _open(lines, at)
        if line.quoted:
            if is_reply or line.sure:
                return _cited(lines, at, at)
            continue
        if len(line.text) > _LONGEST_LINE:
            continue
        after = next((n for n in range(at + 1, len(lines)) if not lines[n].blank), len(lines))
        cites = after < len(lines) and lines[after].quoted
        if line.text.rstrip().endswith(":") and (start := _introduction(lines, at)) is not None:
            if cites:
                return _cited(lines, start, after)
            introduction = " ".join(row.text for row in lines[start : at + 1])
            if is_reply and "@" in introduction and _TIME.search(introduction):
                return _open(lines, start)
        elif _ORIGINAL.match(line.text):
            if cites:
                return _cited(lines, at, after)
            if is_reply or _is_header(lines, after):
                return _open(lines, at)
        elif is_reply and (_is_header(lines, at) or (_RULE.match(line.text) and _is_header(lines, after))):
            return _open(lines, at)
    return None


def _introduction(lines: list[_Line], end: int) -> int | None:
    """The first line of "On Monday Ada wrote:" that ends on this one, though wrapped; None where this ends none."""
    start = end
    while not _WROTE.search(" ".join(row.text for row in lines[start : end + 1])):
        start -= 1
        if start < 0 or end - start > 2 or lines[start].blank or len(lines[start].text) > _LONGEST_LINE:
            return None
    above = lines[start - 1] if start > 0 else _Line("")
    whole = " ".join(row.text for row in lines[start : end + 1])
    is_whole = _TIME.search(whole) and "@" in whole and _INTRODUCES.match(lines[start].text.strip())
    begins_above = _INTRODUCES.match(above.text.strip()) and _TIME.search(above.text)
    if not is_whole and begins_above and above.text.rstrip()[-1:] not in ".!?":
        return start - 1
    return start


def _is_header(lines: list[_Line], at: int) -> bool:
    """Whether here stands who wrote the quoted mail, when, to whom and about what, each on a line with its name."""
    kinds: set[str] = set()
    for line in lines[at : at + 12]:
        named = _NAMED.match(line.text)
        kind = _MEANS.get(named[1].strip().lower(), "") if named else ""
        if not kinds and kind != "from":
            return False
        kinds.add(kind)
        if {"from", "date", "subject"} <= kinds:
            return True
    return False


def _open(lines: list[_Line], start: int) -> tuple[int, int] | None:
    """A quote from here to the end, as Outlook makes them."""
    written = [line.text for line in lines[:start] if not line.blank]
    if not written or any(_BELOW.search(text) for text in written):
        return None
    return start, len(lines)


def _cited(lines: list[_Line], start: int, first: int) -> tuple[int, int] | None:
    """A quote whose every line is marked, with its introduction."""
    end = first
    while end < len(lines) and (lines[end].quoted or lines[end].blank):
        end += 1
    before = any(not line.blank for line in lines[:start])
    rest = [line for line in lines[end:] if not line.blank]
    if not rest or (_SIGNATURE.match(rest[0].text) and len(rest) < 12 and not any(line.quoted for line in rest)):
        return (start, len(lines)) if before else None
    if before or any(line.quoted for line in rest):
        return None  # answers between the lines, or above and below
    return start, end


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
_QUOTE_CLASSES = {
    *("gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-cite-prefix"),
    *("ms-outlook-mobile-reference-message", "tutanota_quote"),
}
_OPENING_IDS = {"divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"}
# Outlook draws this line above the header of what it quotes, and above nothing else.
_OUTLOOKS_LINE = re.compile(
    r"border:none;\s*border-top:solid #[0-9a-f]{6} 1\.0pt;\s*padding:3\.0pt 0(?:in|cm|mm)", re.I
)


class _Page:
    """HTML as lines, each knowing the pieces of the tree that it is made of."""

    def __init__(self, html: str) -> None:
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        tree = lxml.html.document_fromstring(b"<body>" + html.encode() if not html.strip() else html.encode(), parser)
        # libxml2 stops where HTML is nested too deep for it; what follows is missing then.
        self.is_cut_short = any(error.level_name == "FATAL" for error in parser.error_log)
        self.body = tree.find("body") if tree.find("body") is not None else tree
        self.lines: list[_Line] = []
        self._pieces: list[tuple[int, lxml.html.HtmlElement, str]] = []  # line, element, "text", "tail" or "itself"
        self._written: list[str] = []
        self.has_more = False  # than was read into lines: its quote is not looked for
        self._quoted = self._sure = 0
        self._opens = False
        self._read()

    def _read(self) -> None:
        silent = 0
        for event, element in lxml.etree.iterwalk(self.body, events=("start", "end", "comment", "pi")):
            if len(self._pieces) > _MOST_LINES:
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
        if tag == "blockquote" or _is_quote(element):
            self._new_line()
            self._quoted += 1
            self._sure += _is_quote(element)
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
        if tag == "blockquote" or _is_quote(element):
            self._new_line()
            self._quoted -= 1
            self._sure -= _is_quote(element)
        if tag in _BLOCKS:
            self._new_line()

    def _say(self, element: lxml.html.HtmlElement, where: str, text: str | None) -> None:
        if text:
            self._pieces.append((len(self.lines), element, where))
            self._written.append(text)

    def _new_line(self) -> None:
        text = " ".join("".join(self._written).split())
        if not self._written:
            return
        opens = self._opens and bool(text)
        self.lines.append(_Line(text, self._quoted > 0, self._sure > 0, opens))
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
        inner = "".join(lxml.html.tostring(child, encoding="unicode") for child in self.body)
        return (_html.escape(self.body.text or "", quote=False) + inner).strip()


def _is_quote(element: lxml.html.HtmlElement) -> bool:
    # Outlook on the web puts x_ before the classes of what it quotes.
    if not _QUOTE_CLASSES.isdisjoint(name.removeprefix("x_") for name in (element.get("class") or "").split()):
        return True
    return bool(element.tag == "blockquote" and element.get("type") == "cite")
