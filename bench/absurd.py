"""Mails that nobody writes, of 25 MB each: what makes parsers hang, raise or fill the memory."""

import itertools
import struct
from collections.abc import Callable

SIZE = 25_000_000

_HEAD = (
    b"From: Ada <ada@acme.example>\r\nTo: support@desk.example\r\nSubject: Re: Invoices\r\n"
    b"In-Reply-To: <1@desk.example>\r\n"
)
_TEXT = _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
_HTML = _HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
_PARTS = _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
_REPORT = b"From: mailer-daemon@acme.example\r\nSubject: failure notice\r\n\r\n"
_TNEF = _HEAD + b"Content-Type: application/ms-tnef\r\n\r\n" + struct.pack("<IH", 0x223E9F78, 1)
# As far as where the content of something signed begins, in pieces that never end.
SIGNED = bytes.fromhex("3080 06092a864886f70d010702 a080 3080 020101 3100 3080 06092a864886f70d010701 a080 2480")
_SHOWN = 1_490_000  # bytes of a body that is still read and shown


def _full(piece: bytes, size: int) -> bytes:
    return (piece * (size // len(piece) + 1))[:size]


def _numbered(piece: str, size: int) -> bytes:
    """The piece again and again, each with its own number, up to this size."""
    made: list[bytes] = []
    left = size
    for number in itertools.count():
        made.append((piece % number).encode())
        left -= len(made[-1])
        if left <= 0:
            return b"".join(made)
    raise AssertionError


def _shown(piece: bytes) -> Callable[[int], bytes]:
    return lambda size: _HTML + _full(piece, min(size, _SHOWN))


def _lzfu(size: int) -> bytes:
    packed = min(size, 1_900_000)
    properties = struct.pack("<IHHII", 1, 258, 0x1009, 1, packed + 16)
    properties += struct.pack("<II4sI", packed, 1_999_999, b"LZFu", 0) + _full(b"\xff", packed)
    return _TNEF + b"\x01" + struct.pack("<II", 0x00069003, len(properties)) + properties + b"\0\0"


def _page_in_tnef(size: int) -> bytes:
    page = _full(b"<p>x", size)
    properties = struct.pack("<IHHII", 1, 258, 0x1013, 1, len(page)) + page
    return _TNEF + b"\x01" + struct.pack("<II", 0x00069003, len(properties)) + properties + b"\0\0"


# Each made for a size, so that a test may ask for small ones.
MAILS: dict[str, Callable[[int], bytes]] = {
    "text in one line": lambda size: _TEXT + _full(b"x", size),
    "nothing but line ends": lambda size: _TEXT + _full(b"\n", size),
    "carriage returns alone": lambda size: _TEXT.replace(b"\r\n", b"\r") + _full(b"x\r", size),
    "marked lines": lambda size: _TEXT + _full(b"> quoted\n", size),
    "one line of marks": lambda size: _TEXT + _full(b">", size),
    "introductions": lambda size: _TEXT + _full(b"On 1.1.2026 ada@acme.example wrote:\n", size),
    "introductions that are read": lambda size: (
        _TEXT + _full(b"On 1.1.2026 ada@acme.example wrote\n", min(size, 600_000))
    ),
    "null bytes": lambda size: _full(b"\0", size),
    "a million headers": lambda size: _full(b"X-A: b\r\n", size) + _TEXT,
    "a header without an end": lambda size: b"Subject: " + _full(b"x", size) + b"\r\n" + _TEXT,
    "a header in a million folds": lambda size: b"Subject: x\r\n" + _full(b" x\r\n", size) + _TEXT,
    "encoded words": lambda size: b"Subject: " + _full(b"=?utf-8?q?x?= ", size) + b"\r\n" + _TEXT,
    "beginnings of encoded words": lambda size: b"Subject: " + _full(b"=?a?q?x ", size) + b"\r\n" + _TEXT,
    "a hundred thousand recipients": lambda size: b"To: " + _numbered("A <a%d@acme.example>, ", size) + b"\r\n" + _TEXT,
    "brackets in From": lambda size: b"From: " + _full(b"(<", size) + b"\r\n" + _TEXT,
    "blanks in From": lambda size: b"From: ada at acme.example" + _full(b" ", min(size, 60_000)) + b"x\r\n" + _TEXT,
    "references": lambda size: b"References: " + _full(b"<a@b> ", size) + b"\r\n" + _TEXT,
    "boundaries": lambda size: _PARTS + _full(b"--b\r\n", size),
    "lines like boundaries": lambda size: _PARTS + _full(b"--bb\r\n", size),
    "dashes": lambda size: _PARTS.replace(b"boundary=b", b"boundary=" + b"-" * 70) + _full(b"-", size),
    "boundaries that are not said": lambda size: (
        _PARTS.replace(b"; boundary=b", b"") + _full(b"--b\nA: b\nA: b\n", size)
    ),
    "parts in parts": lambda size: _HEAD + _numbered("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n", size),
    "two hundred pages": lambda size: (
        _PARTS + _full(b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x" * 30_000 + b"\r\n", size)
    ),
    "two hundred pages and a text": lambda size: (
        _PARTS
        + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
        + _full(b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x</p>" * 15_000 + b"\r\n", size)
    ),
    "base64": lambda size: _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + _full(b"QUJD" * 19 + b"\r\n", size),
    "base64 in paddings": lambda size: _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + _full(b"=A", size),
    "quoted-printable": lambda size: (
        _HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + _full(b"=41= \n", size)
    ),
    "letters of no charset": lambda size: _HEAD + b"\r\n" + _full(b"\xb0\xa1\xff", size),
    "beginnings of uuencoded files": lambda size: _TEXT + _full(b"begin 644 a\n#0V%T\n", size),
    "a uuencoded file": lambda size: _TEXT + b"begin 644 a\n" + _full(b"M" + b"#" * 60 + b"\n", size) + b"`\nend\n",
    "attributes of winmail.dat": lambda size: (
        _TNEF + _full(b"\x01" + struct.pack("<II", 0x00069002, 0) + b"\0\0", size)
    ),
    "rich text of winmail.dat": _lzfu,
    "a page in winmail.dat": _page_in_tnef,
    "a signature in a million pieces": lambda size: (
        _HEAD + b"Content-Type: application/pkcs7-mime\r\n\r\n" + _full(b"\x30\x80", size)
    ),
    "a report of line ends": lambda size: (
        _REPORT + b"user unknown" + _full(b"-\n", min(size, 45_000)) + b"\nOriginal message\n"
    ),
    "blanks behind a file's name": lambda size: _TEXT + b"begin 644 a" + _full(b" ", size) + b"x",
    "reports": lambda size: _REPORT + _full(b"message-id: 550 said: a@b.c ", size),
    "parameters in every part": lambda size: (
        _PARTS + _full(b"--b\r\nContent-Type: a/b; " + b"a" * 9000 + b"\r\n\r\nx\r\n", size)
    ),
    "folds in every part": lambda size: _PARTS + _full(b"--b\r\nX: y\r\n" + b" y\r\n" * 30_000 + b"\r\nx\r\n", size),
    "uuencoded files in every part": lambda size: (
        _PARTS + _full(b"--b\r\n\r\n" + b"begin 644 a\n#0V%T\nend\n" * 5000, size)
    ),
    "signatures in every part": lambda size: (
        _PARTS
        + _full(b"--b\r\nContent-Type: application/pkcs7-mime\r\n\r\n" + SIGNED + b"\x04\x01A" * 40_000 + b"\r\n", size)
    ),
    "folds in two hundred attached mails": lambda size: (
        _PARTS + _full(b"--b\r\nContent-Type: message/rfc822\r\n\r\nX: y\r\n" + b" y\r\n" * 30_000 + b"\r\nx\r\n", size)
    ),
    "two hundred reports": lambda size: (
        _PARTS.replace(b"mixed", b"report")
        + _full(b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"a: b\r\n\r\n" * 12_000 + b"\r\n", size)
    ),
    "empty paragraphs": _shown(b"\0<p>"),
    "divs in divs": _shown(b"<div>"),
    "divs in divs, too many to show": lambda size: _HTML + _full(b"<div>", size),
    "quotes in quotes": _shown(b"<blockquote type=cite>x"),
    "tags that overlap": lambda size: _HTML + _numbered("<b id=%d><p>", min(size, _SHOWN)),
    "paragraphs below two thousand spans": lambda size: (
        _HTML + b"<span>" * 1900 + _full(b"<p>x</p>", min(size, _SHOWN))
    ),
    "ends of what never began": lambda size: _HTML + b"<i>" * 1900 + _full(b"</b>", min(size, _SHOWN)),
    "tables in tables": _shown(b"<table><tr><td>x"),
    "list items": _shown(b"<li>x"),
    "line breaks": _shown(b"<br>x"),
    "attributes": lambda size: _HTML + b"<p " + _numbered("a%d='>' ", min(size, _SHOWN)) + b">x</p>",
    "ampersands": _shown(b"&"),
    "angle brackets": _shown(b"<"),
    "comments never closed": _shown(b"<!--"),
    "a style sheet": lambda size: _HTML + b"<style>" + _full(b"a{b:c}", min(size, _SHOWN)) + b"</style>x",
    "a picture in its address": lambda size: _HTML + b'<img src="data:image/png;base64,' + _full(b"AAAA", size) + b'">',
}
