"""Files as Unix sent them before MIME: lines of letters between "begin 644 name" and "end"."""

import binascii
import re

_BEGIN = re.compile(rb"begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200}?)\s*$")
_END = re.compile(rb"\s*end\s*$")
_LEAST = 3  # lines without an end that are a file cut off, not somebody's words


def decoded(body: bytes) -> bytes:
    """The first file in a body that is said to be one; the body itself where there is none."""
    _text, files = taken_out(body)
    return files[0][1] if files else body


def taken_out(body: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A text without the files in it, and these as (name, content). What is no whole file stays in the text.

    Each line is looked at once, also where every line begins a file and none ends.
    """
    if b"begin" not in body:
        return body, []
    text: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    held: list[bytes] = []  # the lines of a file that may prove to be none
    content: list[bytes] = []
    name, way = b"", b""
    for line in body.splitlines(keepends=True):
        if held:
            piece = None if _is_end(line, way) else _line(line.rstrip(b"\r\n"), way)
            if piece is not None:
                held.append(line)
                content.append(piece)
                continue
            if _is_end(line, way) and content:
                files.append((name, b"".join(content)))
                held, content = [], []
                continue
            text += held
            held, content = [], []
        begun = _BEGIN.match(line)
        if begun:
            name, way = begun[1], b"base64" if line.startswith(b"begin-") else b""
            held.append(line)
        else:
            text.append(line)
    if sum(map(bool, content)) >= _LEAST:
        files.append((name, b"".join(content)))
    else:
        text += held
    return b"".join(text), files


def _is_end(line: bytes, way: bytes) -> bool:
    return line.strip() == b"====" if way else bool(_END.match(line))


def _line(line: bytes, way: bytes) -> bytes | None:
    """What a line decodes to; None where it is none of a file's."""
    if way:
        try:
            return binascii.a2b_base64(line, strict_mode=True) if line else None
        except binascii.Error:
            return None
    if not line or not 0x20 <= line[0] <= 0x60:
        return b"" if not line.strip() else None
    letters = (((line[0] - 32) & 63) + 2) // 3 * 4 + 1
    if len(line) > letters + 2 or (len(line) < letters - 12 and len(line.rstrip()) < letters // 2):
        return None
    try:
        # Some writers leave blanks off at the end, others pad with what is none of the file's.
        return binascii.a2b_uu(line[:letters])
    except binascii.Error:
        return None
