"""Files as Unix sent them before MIME: lines of letters between "begin 644 name" and "end"."""

import binascii
import re

# With the first of its lines, which begins with its length: "begin 644 and then" in a text is no file.
_BEGIN = re.compile(
    rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]{0,199}[^\s])[ \t]*+\r?\n(?=[ -`][^\r\n]{0,100}\r?\n|[A-Za-z0-9+/=]{4})",
    re.M,
)
_END = re.compile(rb"[ \t]*end[ \t]*$")
_LEAST = 3  # lines without an end that are a file cut off, not somebody's words
_MOST_TRIES = 500


def decoded(body: bytes) -> bytes:
    """The first file in a body that is said to be one; the body itself where there is none."""
    _text, files = taken_out(body, 1)
    return files[0][1] if files else body


def taken_out(body: bytes, most: int) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A text without the files in it, and these as (name, content). What is no whole file stays in the text, as do
    more than so many."""
    text: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    at = kept = 0
    for _ in range(_MOST_TRIES):
        begun = _BEGIN.search(body, at)
        if begun is None or len(files) >= most:
            break
        content, at = _file(body, begun.end(), base64=begun[1] is not None)
        if content is not None:
            text.append(body[kept : begun.start()])
            files.append((begun[2], content))
            kept = at
    text.append(body[kept:])
    return b"".join(text), files


def _file(body: bytes, at: int, *, base64: bool) -> tuple[bytes | None, int]:
    """The file whose lines begin here, None where it is none; and where what follows it begins."""
    pieces: list[bytes] = []
    while at < len(body):
        following = body.find(b"\n", at) + 1 or len(body)
        line = body[at:following].rstrip(b"\r\n")
        if line.strip() == b"====" if base64 else _END.match(line):
            return b"".join(pieces), following
        piece = _from_base64(line) if base64 else _from_line(line)
        if piece is None:
            return None, at
        pieces.append(piece)
        at = following
    return (b"".join(pieces) if sum(map(bool, pieces)) >= _LEAST else None), at


def _from_base64(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(line, strict_mode=True) if line else None
    except binascii.Error:
        return None


def _from_line(line: bytes) -> bytes | None:
    """What a line decodes to; None where it is none of a file's."""
    if not line.strip():
        return b""
    if not 0x20 <= line[0] <= 0x60:
        return None
    letters = (((line[0] - 32) & 63) + 2) // 3 * 4 + 1
    # Some writers leave blanks off at the end, others pad with what is none of the file's.
    if len(line) > letters + 2 or len(line) * 2 < letters:
        return None
    try:
        return binascii.a2b_uu(line[:letters])
    except binascii.Error:
        return None
