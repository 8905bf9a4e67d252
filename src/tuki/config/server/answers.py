"""Whole answers, kept in memory for readers whom we don't know, and given from there on the loop: no thread is asked.

A view says of an answer that it is the same for all of them (look/everyone.py). It is kept for as long as this process
hears of every change (live/hub.py), until something that it is about changes anywhere on this node (live/node.py), and
never for hours. Whoever comes with a session, or with anything else that could make a difference, goes on to the page.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from tuki.lib.asgi import Scope
from tuki.live.known import KNOWN
from tuki.live.node import TURNS
from tuki.look.everyone import Same

MOST = 16 * 1024 * 1024  # bytes of answers
# Of these, for answers that were asked for once: who asks for one page after the other, or for what nobody else asks,
# pushes out no page that is read.
_UNPROVEN = MOST // 8
_EACH = 2000  # bytes that an answer counts for besides its body
LONGEST = 10 * 60.0  # seconds
_OF_ONE = {b"content-length", b"vary", b"etag", b"x-request-id"}  # headers that are made for each reader
_PERSONAL = frozenset({settings.SESSION_COOKIE_NAME, "messages"})

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Asked:
    """What a request says that matters here. key: None where it must be answered by the page itself."""

    key: bytes | None
    cookies: frozenset[str] = frozenset()
    gzip: bool = False
    tags: tuple[bytes, ...] = ()  # of what the browser has already
    head_only: bool = False

    @property
    def is_read(self) -> bool:
        """Whether somebody reads the whole, and it may be known to others."""
        return self.key is not None and not self.head_only


# Whatever of these comes with a request may make it another one, or is nothing that a plain reader sends.
_OTHERS = frozenset(
    (b"authorization", b"hx-request", b"x-requested-with", b"content-length", b"transfer-encoding", b"upgrade")
)


def asked(scope: Scope) -> Asked:
    """Read a request's line and headers."""
    method, path = scope["method"], scope["raw_path"]
    # Letters can be written as %xx in endless ways, and no address of ours needs it.
    if method not in {"GET", "HEAD"} or b"%" in path:
        return Asked(None)
    cookies: set[str] = set()
    packed, tags = False, b""
    for name, value in scope["headers"]:
        if name in _OTHERS:
            return Asked(None)
        if name == b"cookie":
            cookies.update(part.partition("=")[0].strip() for part in value.decode("latin-1").split(";"))
        elif name == b"accept-encoding":
            packed = packed or _takes_gzip(value)
        elif name == b"if-none-match":
            tags = value
    if not cookies.isdisjoint(_PERSONAL):
        return Asked(None)
    key = path + b"?" + scope["query_string"] if scope["query_string"] else path
    return Asked(key, frozenset(cookies), packed, tuple(_tags(tags)) if tags else (), method == "HEAD")


def _takes_gzip(accepted: bytes) -> bool:
    for part in accepted.lower().split(b","):
        coding, _, weight = part.partition(b";")
        if coding.strip() == b"gzip":
            return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


def _tags(header: bytes) -> Iterable[bytes]:
    return (tag.strip().removeprefix(b"W/") for tag in header.split(b","))


@dataclass(frozen=True)
class Answer:
    """One that is kept. packed: its body, by gzip. marks, era, until: what it holds by."""

    headers: Headers
    packed: bytes
    tag: bytes
    same: Same
    marks: tuple[bytes, ...]
    era: int
    until: float

    @property
    def weight(self) -> int:
        return _EACH + len(self.packed)

    def holds(self) -> bool:
        return KNOWN.era == self.era and TURNS.of(self.same.about) == self.marks and time.monotonic() < self.until

    def told(self, to: Asked) -> tuple[int, Headers, bytes]:
        """Status, headers and body for whoever asks."""
        if self.tag in to.tags or b"*" in to.tags:
            return 304, self.headers, b""
        body = self.packed if to.gzip else gzip.decompress(self.packed)
        coding = [(b"content-encoding", b"gzip")] if to.gzip else []
        kind = [*coding, (b"content-length", str(len(body)).encode())]
        return 200, self.headers + kind, b"" if to.head_only else body


class Before:
    """How things stood before a page was asked: what changes meanwhile makes its answer old at once."""

    def __init__(self) -> None:
        self._era, self._marks, self._at = KNOWN.era, TURNS.now(), time.monotonic()

    def answer(self, same: Same, status: int, headers: Headers, body: bytes) -> Answer | None:
        """What can be kept of a page's answer; None for one that is somebody's own. Slow: it is packed."""
        names = {name for name, _ in headers}
        if self._era is None or status != 200 or not names.isdisjoint({b"set-cookie", b"content-encoding"}):
            return None
        until = self._at + LONGEST
        if same.until is not None:
            until = min(until, time.monotonic() + (same.until - timezone.now()).total_seconds())
        tag = b'"%s"' % hashlib.sha256(body).hexdigest()[:24].encode()
        varies = {part.strip() for name, value in headers if name == b"vary" for part in value.split(b",")}
        kept = [
            *((name, value) for name, value in headers if name not in _OF_ONE),
            (b"vary", b", ".join(sorted(varies | {b"Accept-Encoding", b"Cookie"}))),
            (b"etag", b"W/" + tag),  # weak: it is the same packed and unpacked
        ]
        marks = TURNS.of(same.about, self._marks)
        return Answer(kept, gzip.compress(body, 6, mtime=0), tag, same, marks, self._era, until)


class Answers:
    """Those of one process. Only its loop comes here."""

    def __init__(self, most: int = MOST, unproven: int = _UNPROVEN) -> None:
        self._unproven = _Room(unproven)
        self._proven = _Room(most - unproven)

    def find(self, to: Asked) -> Answer | None:
        """What is kept for this request; None where the page must be asked."""
        if to.key is None:
            return None
        room = self._proven if to.key in self._proven else self._unproven
        found = room.get(to.key)
        if found is None:
            return None
        if not found.holds():
            room.drop(to.key)
            return None
        if not to.cookies.isdisjoint(found.same.unless):
            return None
        # Of addresses with a question behind them there is no end: they stay where there is little room.
        if room is self._unproven and b"?" not in to.key:
            room.drop(to.key)
            self._proven.keep(to.key, found)
        return found

    def keep(self, to: Asked, answer: Answer) -> None:
        if to.key is not None and to.cookies.isdisjoint(answer.same.unless) and answer.holds():
            room = self._proven if to.key in self._proven else self._unproven
            room.keep(to.key, answer)


class _Room:
    """So many bytes of answers; what nobody asked for lately makes room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._weight = 0

    def __contains__(self, key: bytes) -> bool:
        return key in self._answers

    def get(self, key: bytes) -> Answer | None:
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def keep(self, key: bytes, answer: Answer) -> None:
        self.drop(key)
        self._answers[key] = answer
        self._weight += answer.weight + len(key)
        while self._weight > self._most:
            self.drop(next(iter(self._answers)))

    def drop(self, key: bytes) -> None:
        found = self._answers.pop(key, None)
        if found is not None:
            self._weight -= found.weight + len(key)
