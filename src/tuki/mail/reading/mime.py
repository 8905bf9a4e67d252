"""A mail's parts, found in its bytes.

The standard library's parser raises on some hostile mail and takes quadratic time on other. This one goes over the
bytes a bounded number of times, builds at most MOST_PARTS parts, at most DEEPEST deep, and leaves no byte out: what is
beyond becomes one last part.
"""

import binascii
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tuki.mail.reading import headers, uuencode

MOST_PARTS = 200
DEEPEST = 20
_MOST_FIELDS = 2000
_LONGEST_HEAD = 512 * 1024
_LONGEST_PARTS_HEAD = 16 * 1024

_BLANK = re.compile(rb"[\r\n \t]{1,100}")
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*")
# After a line that is none, only these go on being header fields: "Note: the printer" in a text that lost its empty
# line is what the customer wrote.
_KNOWN = re.compile(
    rb"(?i)(?:from|to|cc|bcc|sender|subject|date|message-id|reply-to|in-reply-to|references|return-path|received|"
    rb"delivered-to|mime-version|content-[a-z-]+|precedence|auto-submitted|list-[a-z-]+|user-agent|importance|"
    rb"thread-[a-z]+|dkim-signature|authentication-results|arc-[a-z-]+|x-[a-z0-9-]+)[ \t]*:"
)
_GUESSED_BOUNDARY = re.compile(
    rb"(?:\A|\n)--([^\s]{1,200})[ \t]*\r*\n(?:[A-Za-z-]+:[^\n]*\n){0,5}?[Cc]ontent-", re.ASCII
)
# Blanks that some server added where a line was to go on.
_QP_BLANKS = re.compile(rb"=[ \t]++(\r?\n)")
_MOST_MENDED = 1000
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NO_LETTERS = bytes(byte for byte in range(256) if byte not in _LETTERS)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]|[A-Za-z0-9+/] +[A-Za-z0-9+/]")


@dataclass(frozen=True)
class Part:
    """A mail or a part of one."""

    fields: tuple[tuple[str, bytes], ...]  # names in lower case; values unfolded
    source: bytes = field(repr=False)
    start: int  # of its body in source
    end: int
    head: int = 0  # of its header fields in source
    parts: tuple["Part", ...] = ()
    beyond: bool = False  # what is left of a mail with too many parts, or too deep: kept, not read

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def first(self, name: str) -> bytes:
        return next((value for key, value in self.fields if key == name), b"")

    @property
    def body(self) -> bytes:
        """As it stands in the mail."""
        return self.source[self.start : self.end]

    @cached_property
    def type(self) -> str:
        return kind_of(headers.parameters(self.first("content-type"))[0])

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        return headers.parameters(self.first("content-type"))[1]

    @cached_property
    def disposition(self) -> tuple[str, Mapping[str, str]]:
        return headers.parameters(self.first("content-disposition"))

    def content(self) -> bytes:
        """The body with its transfer encoding undone, as far as it can be."""
        way = self.first("content-transfer-encoding").lower().partition(b";")[0].strip(b" \t\"'").replace(b" ", b"-")
        body = self.body
        if way == b"base64":
            return from_base64(body)
        if way == b"quoted-printable":
            mends = 0 < body.count(b"= ") + body.count(b"=\t") < _MOST_MENDED
            return binascii.a2b_qp(_QP_BLANKS.sub(rb"=\1", body) if mends else body)
        if way in {b"x-uuencode", b"uuencode", b"x-uue"}:
            return uuencode.decoded(body)
        return body


def all_parts(part: Part) -> Iterator[Part]:
    """A mail's parts with itself, in their order. What stands inside an attached mail is none of them."""
    yield part
    for child in part.parts:
        yield from all_parts(child)


def kind_of(kind: str) -> str:
    """A media type such as image/png, in lower case; empty where it is none."""
    kind = kind.strip().lower()
    return kind if re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}", kind) else ""


def read(raw: bytes) -> Part:
    """The mail as a tree of parts."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # line ends of long ago
    return _Reader(raw).part(0, len(raw), depth=0)


def read_head(raw: bytes) -> Part:
    """The mail's own header fields, with all that follows as one body."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    fields, body = _fields(raw, 0, len(raw), outermost=True)
    return Part(fields, raw, body, len(raw), 0)


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.left = MOST_PARTS

    def part(self, start: int, end: int, *, depth: int) -> Part:
        self.left -= 1
        fields, body = _fields(self.raw, start, end, outermost=depth == 0)
        whole = Part(fields, self.raw, body, end, start)
        kind, parameters = headers.parameters(whole.first("content-type"))
        if not kind.startswith("multipart/"):
            return whole
        boundary = parameters.get("boundary", "").encode("utf-8", "surrogateescape")
        sections = self._sections(body, end, boundary) if boundary else []
        if not sections and (guessed := _GUESSED_BOUNDARY.search(self.raw, body, end)):
            sections = self._sections(body, end, guessed[1])
        if not sections:
            return whole
        if depth >= DEEPEST:
            return Part(fields, self.raw, body, end, start, beyond=True)
        parts: list[Part] = []
        for at, until in sections:
            if self.left <= 0:
                parts.append(Part((), self.raw, at, sections[-1][1], at, beyond=True))
                break
            parts.append(self.part(at, until, depth=depth + 1))
        return Part(fields, self.raw, body, end, start, tuple(parts))

    def _sections(self, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
        """Where the parts between the boundary's lines begin and end. What follows the closing line is no part."""
        raw = self.raw
        says = rb"--" + re.escape(boundary) + rb"(--)?[ \t\r]*(?=\n|\Z)"
        # A search that begins with letters is many times as fast as one that begins with a choice.
        before = b"\n" if raw.find(b"\n--" + boundary, start, end) >= 0 else b"\r"
        first = re.compile(says).match(raw, start, end)
        found = itertools.chain([first] if first else [], re.compile(before + says).finditer(raw, start, end))
        sections: list[tuple[int, int]] = []
        opened: int | None = None
        for line in found:
            if opened is not None:
                at = line.start() if line is first else line.start() + 1
                sections.append((opened, max(opened, _before_line_end(raw, at))))
            opened = None if line[1] else min(line.end() + 1, end)
            if len(sections) > self.left:
                break
        if opened is not None:
            sections.append((opened, end))
        return sections


def _before_line_end(raw: bytes, at: int) -> int:
    """A boundary's line takes the line end before it along."""
    if at > 0 and raw[at - 1] == 0x0A:
        at -= 1
    while at > 0 and raw[at - 1] == 0x0D:
        at -= 1
    return at


def _fields(raw: bytes, start: int, end: int, *, outermost: bool) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """Header fields, and where the body begins."""
    fields: list[tuple[str, list[bytes]]] = []
    stray: int | None = None  # where a line stands that is no field, since the last one that is
    at, limit = start, min(end, start + (_LONGEST_HEAD if outermost else _LONGEST_PARTS_HEAD))
    if outermost and (blank := _BLANK.match(raw, start, end)) and _KNOWN.match(raw, blank.end(), end):
        at = blank.end()
    while at < limit and len(fields) < _MOST_FIELDS:
        line_end = raw.find(b"\n", at, end)
        following = end if line_end < 0 else line_end + 1
        line = raw[at:following].rstrip(b"\r\n")
        found = _FIELD.match(line)
        if not line:
            return _closed(fields), following if stray is None else stray
        if line[:1] in b" \t" and fields and stray is None:
            if not line.strip() and not _goes_on(raw, following, end):
                return _closed(fields), following  # a line of blanks where an empty one was meant
            fields[-1][1].append(line.strip())
        elif found and (stray is None or _KNOWN.match(line)):
            fields.append((found[1].decode("ascii").lower(), [line[found.end() :].strip()]))
            stray = None
        elif fields or outermost:
            # A mailbox's "From " line, or what some gateway wrote: passed over if fields go on after it.
            stray = at if stray is None else stray
        else:
            return (), start  # a part without header: all of it is body
        at = following
    return _closed(fields), at if stray is None else stray


def _goes_on(raw: bytes, at: int, end: int) -> bool:
    line = raw[at : min(end, at + 200)]
    return bool(line[:1] in b" \t" or _FIELD.match(line))


def _closed(fields: list[tuple[str, list[bytes]]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, b" ".join(lines).replace(b"\0", b"")) for name, lines in fields)


def from_base64(body: bytes) -> bytes:
    """What it decodes to. What is plainly something else stays: a whole text, or a footer that a mailing list added."""
    looks_strange = body.translate(None, _LETTERS + b"=\r\n\t")
    plain = _NOT_BASE64.search(body) if looks_strange else None
    if plain:
        line = body.rfind(b"\n", 0, plain.start()) + 1
        rest = body[line:]
        strange = len(rest.translate(None, _LETTERS + b"=\r\n\t"))  # blanks count: base64 has none
        if strange > 3 and strange * 50 > len(rest):
            return _letters_decoded(body[:line]) + rest
    return _letters_decoded(body)


def _letters_decoded(body: bytes) -> bytes:
    out: list[bytes] = []
    # Some writers pad in the middle and go on.
    for block in re.split(rb"=+", body) if body.count(b"=") < 1000 else [body]:
        letters = block.translate(None, _NO_LETTERS)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        out.append(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)))
    return b"".join(out)
