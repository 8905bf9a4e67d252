"""What somebody wrote, and what their mail program repeated below it.

Both are kept, apart. Where it is not plain which is which, all of it counts as written: to show a quote is a blemish,
to hide a customer's words is a loss. So a forwarded mail stays whole (it is the matter itself), as do answers written
between the lines of a quote, answers written below or into it, and a mail that would be empty without its quote.

Text and HTML are both seen as lines, and one rule finds the quote in them.
"""

import re
from dataclasses import dataclass
from itertools import dropwhile, takewhile

import lxml.etree

from tuki.mail.reading.headers import Address
from tuki.mail.reading.introductions import (
    BEGINS,
    CLOSING,
    FORWARDED,
    GREETING,
    HOUR,
    ORIGINAL,
    RULE,
    SIGNATURE,
    THANKS,
    TIME,
    WROTE,
    YEAR,
    ends_introduction,
    label,
    points_below,
)
from tuki.mail.reading.page import Line, Page, whole_html

__all__ = ["Kind", "split_html", "split_text", "whole_html"]

_MOST_LINES = 20_000
_LONGEST_LINE = 400  # that could be one of a mail program's own
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@*]{1,64}@[a-z0-9.-]{1,250}[a-z0-9]", re.I)


@dataclass(frozen=True)
class Kind:
    """What a mail's header says that matters to what is a quote in it.

    answers: it names another mail that it answers. says_so: only its subject does. people: the addresses of all whom
    it names, its writer among them. may_be_nordic_forward: its subject begins with "VS:", which is an answer in Finnish
    and a forward in Norwegian and Danish.
    """

    answers: bool = False
    says_so: bool = False
    people: frozenset[str] = frozenset()
    writer: Address | None = None
    may_be_nordic_forward: bool = False

    @property
    def is_reply(self) -> bool:
        return self.answers or self.says_so

    def takes_part(self, address: str) -> bool:
        """Whether somebody, or a colleague of somebody, to whom this mail goes is quoted: then it is an answer. What a
        stranger to it said is what the mail is about."""
        _local, _, domain = address.lower().rpartition("@")
        writer = self.writer.address if self.writer else ""
        return address.lower() in self.people or any(
            domain == known.rpartition("@")[2] for known in self.people if known != writer
        )


def split_text(text: str, kind: Kind) -> tuple[str, str]:
    """A plain text as (what was written, what was repeated)."""
    rows = text.split("\n", _MOST_LINES + 1)
    if len(rows) > _MOST_LINES:
        return text, ""
    found = _quote([_marked(row) for row in rows], kind)
    if found is None:
        return text, ""
    start, end = found
    return "\n".join(rows[:start] + rows[end:]).strip("\n"), "\n".join(rows[start:end]).strip("\n")


def _marked(row: str) -> Line:
    # A mailbox puts ">" before a "From" that begins a line: it is the writer's own.
    if not row.startswith(">") or row.startswith(">From "):
        return Line(row)
    return Line(row.lstrip(" >"), quoted=True)


def split_html(html: str, kind: Kind) -> tuple[str, str]:
    """HTML as (what was written, what was repeated), each as `whole_html` makes it."""
    try:
        written = Page(html)
        if written.is_cut_short:
            return whole_html(html), ""
        found = None if written.has_more else _quote(written.lines, kind)
        if found is None:
            return written.html(), ""
        repeated = Page(html)
        written.erase(lambda line: found[0] <= line < found[1])
        repeated.erase(lambda line: not found[0] <= line < found[1])
        return written.html(), repeated.html()
    except (lxml.etree.LxmlError, ValueError):
        return whole_html(html), ""


def _quote(lines: list[Line], kind: Kind) -> tuple[int, int] | None:
    """Where the quote begins and ends; None where there is none that could safely be put apart."""
    last_mark = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].quoted), -1)
    for at, line in enumerate(lines):
        if line.blank:
            continue
        if len(line.text) <= _LONGEST_LINE and FORWARDED.match(line.text):
            return None
        if line.opens and any(label(row.text)[0] == "from" or ORIGINAL.match(row.text) for row in lines[at : at + 4]):
            return _open(lines, at, kind)
        if line.quoted:
            if line.sure:
                first = _programs_words(lines, at)
                if first == at and not _names_its_author(lines, at) and (not kind.is_reply or _is_pasted(lines, at)):
                    continue
                # With a header above it the same marks may hold what somebody passes on to us.
                author = _author(lines, at)[0] if _is_header(lines, at) else ""
                return None if author and not kind.takes_part(author) else _cited(lines, first, at, kind)
            if kind.is_reply and (start := _unknown_introduction(lines, at, kind)) is not None:
                return _cited(lines, start, at, kind)
            continue
        if len(line.text) > _LONGEST_LINE:
            continue
        after = next((n for n in range(at + 1, len(lines)) if not lines[n].blank), len(lines))
        cites = after < len(lines) and lines[after].quoted
        if line.text.rstrip().endswith(":") and (start := _introduction(lines, at)) is not None:
            if cites and (line.sure or _is_programs(_joined(lines, start, at), kind)):
                return _cited(lines, start, after, kind)
            marks_follow = line.sure and at < last_mark
            if kind.is_reply and not marks_follow and _is_alone(lines, start, at):
                return _open(lines, start, kind)
        elif ORIGINAL.match(line.text):
            if cites:
                return _cited(lines, at, after, kind)
            if kind.answers or (kind.says_so and _is_header(lines, after)):
                return _open(lines, at, kind)
        elif kind.is_reply and (_is_header(lines, at) or (RULE.match(line.text) and _is_header(lines, after))):
            return _open(lines, at, kind)
    return None


def _introduction(lines: list[Line], end: int) -> int | None:
    """The first line of "On Monday Ada wrote:" that ends on this one, though wrapped; None where this ends none."""
    start = end
    while not WROTE.search(_joined(lines, start, end)):
        start -= 1
        if start < 0 or end - start > 2 or lines[start].blank or len(lines[start].text) > _LONGEST_LINE:
            return None
    whole = _joined(lines, start, end)
    if not ends_introduction(whole):
        return None
    above = lines[start - 1] if start > 0 else Line("")
    is_whole = TIME.search(whole) and "@" in whole and BEGINS.match(lines[start].text.strip())
    begins_above = BEGINS.match(above.text.strip()) and YEAR.search(above.text)
    if not is_whole and begins_above and above.text.rstrip()[-1:] not in ".!?":
        return start - 1
    return start


def _programs_words(lines: list[Line], quoted: int) -> int:
    """Where a mail program's words above its quote begin, in whatever language; else where the quote does."""
    end = next((n for n in range(quoted - 1, -1, -1) if not lines[n].blank), quoted)
    if not lines[end].sure or not lines[end].text.rstrip().endswith((":", "--")):
        return quoted
    start = end
    while start > 0 and end - start < 2 and lines[start - 1].sure and not lines[start - 1].blank:
        start -= 1
    return next((n for n in range(end, start - 1, -1) if TIME.search(_joined(lines, n, end))), quoted)


def _names_its_author(lines: list[Line], at: int) -> bool:
    """Whether a quote that begins here says in its first lines who wrote it, as Apple's and Yahoo's do."""
    if at > 0 and lines[at - 1].quoted:
        return False  # it began above
    quote = takewhile(lambda n: lines[n].quoted or lines[n].blank, range(at, min(at + 8, len(lines))))
    first = [n for n in quote if not lines[n].blank][:3]
    return _is_header(lines, at) or any(_introduction(lines, n) is not None for n in first)


def _is_pasted(lines: list[Line], at: int) -> bool:
    """Whether a quote without a word on who wrote it is not the mail that is answered: its writer leads up to it, or
    the mail program's own comes further below."""
    above = next((lines[n] for n in range(at - 1, -1, -1) if not lines[n].blank), Line(""))
    if above.quoted or above.text.rstrip().endswith(":"):
        return True
    below = dropwhile(lambda n: lines[n].quoted or lines[n].blank, range(at, len(lines)))
    return any(lines[n].sure for n in below)


def _joined(lines: list[Line], first: int, last: int) -> str:
    return " ".join(row.text for row in lines[first : last + 1]).strip()


def _is_programs(introduction: str, kind: Kind) -> bool:
    """Whether an introduction above marked lines is a mail program's own: it says when, or whose address, and in a
    mail that answers nothing both. "The program wrote:" is a person's, who marks what it said."""
    says_when, says_whose = bool(TIME.search(introduction)), bool(_ADDRESS.search(introduction))
    return (says_when or says_whose) if kind.is_reply else (says_when and says_whose)


def _unknown_introduction(lines: list[Line], quoted: int, kind: Kind) -> int | None:
    """Where the words above a quote begin, in a language that we don't know: they end with a colon, and hold a time
    and the address of somebody who takes part, or else the day, the year and the hour. Marked lines without any may be
    what somebody typed or pasted."""
    end = next((n for n in range(quoted - 1, -1, -1) if not lines[n].blank), None)
    if end is None or not lines[end].text.rstrip().endswith(":"):
        return None
    start = end
    while start > 0 and end - start < 2 and not lines[start - 1].blank:
        start -= 1
    for first in range(end, start - 1, -1):
        whole = _joined(lines, first, end)
        if len(whole) > _LONGEST_LINE or not TIME.search(whole):
            continue
        whose = _ADDRESS.search(whole)
        if (whose and kind.takes_part(whose.group())) or (YEAR.search(whole) and HOUR.search(whole)):
            return first
    return None


def _is_alone(lines: list[Line], start: int, end: int) -> bool:
    """Whether an introduction above unmarked lines is plainly a mail program's own: who by address, when, a paragraph
    of its own. A person's "On Monday Ada wrote:" may introduce what they have to say of it."""
    whole = _joined(lines, start, end)
    if not (_ADDRESS.search(whole) and TIME.search(whole)):
        return False
    return start == 0 or lines[start - 1].blank or bool(BEGINS.match(whole))


def _is_header(lines: list[Line], at: int) -> bool:
    """Whether here stands who wrote the quoted mail, when, to whom and about what, each on a line with its name."""
    kinds: set[str] = set()
    for line in lines[at : at + 12]:
        kind, _name = label(line.text)
        if not kinds and kind != "from":
            return False
        kinds.add(kind)
        if {"from", "date", "subject"} <= kinds:
            return True
    return False


def _open(lines: list[Line], start: int, kind: Kind) -> tuple[int, int] | None:
    """A quote from here to the end, as Outlook makes them: nothing marks its lines, so that doubt weighs more."""
    above = lines[:start]
    if _leads_up(above) or _says_nothing(above, kind.writer) or any(points_below(line.text) for line in above):
        return None  # the answer stands elsewhere
    if lines[start].quoted and not all(line.quoted or line.blank for line in lines[start:]):
        return None  # or below it
    author, name, named = _author(lines, start)
    if kind.may_be_nordic_forward and name == "fra":
        return None
    if author and not kind.takes_part(author):
        return None  # pasted or forwarded: the matter itself
    is_header = lines[start].opens or ORIGINAL.match(lines[start].text) or (named == 4 and _says_the_hour(lines, start))
    if not author and not (kind.answers and is_header):
        return None
    if kind.writer and any(_speaks(line.text, kind.writer) for line in lines[start:]):
        return None
    return start, len(lines)


def _leads_up(lines: list[Line]) -> bool:
    """Whether somebody leads up to what follows, as to a thing that they quote themselves."""
    last = next((lines[n] for n in range(len(lines) - 1, -1, -1) if not lines[n].blank), Line(""))
    return last.text.rstrip().endswith(":") and not CLOSING.match(last.text)


def _says_nothing(lines: list[Line], writer: Address | None) -> bool:
    """Whether lines are at most a greeting and a signature, such as a mail program sets there by itself."""
    said = [line.text.strip() for line in lines if not line.blank]
    words = [*dropwhile(_is_opening, said)]
    if not words or words[0] == "--" or CLOSING.match(words[0]):
        return True
    name = re.findall(r"\w+", writer.name.lower()) if writer else []
    first = re.findall(r"\w+", words[0][:100].lower())
    return bool(first) and all(word in name for word in first)


def _is_opening(text: str) -> bool:
    known = (SIGNATURE.match(text), GREETING.match(text[:100]), THANKS.match(text[:100]))
    return text != "--" and any(known)


def _author(lines: list[Line], start: int) -> tuple[str, str, int]:
    """Whose mail a quote repeats: their address where it is said, the word before it, and how many are said of who,
    when, to whom and about what."""
    first = [line for line in lines[start : start + 30] if not line.blank][:8]
    kinds = {label(line.text)[0] for line in first} - {""}
    for line in first[:5]:
        kind, name = label(line.text)
        found = _ADDRESS.search(line.text)
        if kind == "from" or (WROTE.search(line.text) and found):
            return (found.group() if found else ""), name, len(kinds)
    return "", "", len(kinds)


def _says_the_hour(lines: list[Line], start: int) -> bool:
    """Whether a header says at what time its mail was sent, as programs do: a table of goods sent has days alone."""
    return any(label(line.text)[0] == "date" and HOUR.search(line.text) for line in lines[start : start + 30])


def _speaks(line: str, writer: Address) -> bool:
    """Whether somebody marks their answers inside a quote with their name, as Outlook offers: "[Ada Laine] Yes"."""
    return bool(writer.name) and line.lstrip().lower().startswith(f"[{writer.name.lower()}]")


def _cited(lines: list[Line], start: int, first: int, kind: Kind) -> tuple[int, int] | None:
    """A quote whose every line is marked, with its introduction. What stands below it and is not marked was written."""
    end = first
    while end < len(lines) and (lines[end].quoted or lines[end].blank):
        end += 1
    above = lines[:start]
    before = any(not line.blank for line in above)
    if _leads_up(above) or any(points_below(line.text) for line in above):
        return None  # answers stand in it, and carry its marks
    rest = [line for line in lines[end:] if not line.blank]
    if all(line.quoted or SIGNATURE.match(line.text.strip()) for line in (*above, *rest) if not line.blank):
        return None  # it would be empty
    if before and not rest and _says_nothing(above, kind.writer):
        return None
    if not rest or not before:
        return None if any(line.quoted for line in rest) else (start, end)
    is_foot = SIGNATURE.match(rest[0].text) and len(rest) < 12 and not any(line.quoted for line in rest)
    return (start, end) if is_foot else None  # else answers between the lines, or above and below
