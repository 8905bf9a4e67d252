"""winmail.dat: the envelope in which Outlook, set to its own format, sends text and files (MS-OXTNEF).

A list of attributes, some of which hold lists of MAPI properties. What is read before the first broken one counts.
"""

import struct
from dataclasses import dataclass, field
from uuid import UUID

from tuki.mail.reading.charsets import decode

_SIGNATURE = 0x223E9F78
_MOST_FILES = 200
_MOST_RICH = 3  # attached mails whose rich text is unpacked
_LONGEST_RTF = 2_000_000
_DEEPEST = 1  # mails in the mail

# Attributes, by the lower half of their number.
_BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

# Properties.
_TEXT, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_OBJECT, _SHORT_NAME, _LONG_NAME, _TYPE, _CID, _SHOWN_NAME = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712, 0x3001
_A_MESSAGE = UUID("00020307-0000-0000-c000-000000000046").bytes_le

_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_SIZED = {13, 30, 31, 258}  # object, text, wide text, bytes: each with its length before it
_MANY = 0x1000


@dataclass
class File:
    """One of the files in it."""

    name: str = ""
    type: str = ""
    cid: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass
class Envelope:
    """What was in a winmail.dat."""

    text: str = ""
    html: str = ""
    rtf: bytes = b""  # as it is packed; see `rich_text`
    files: list[File] = field(default_factory=list)
    whole: bool = True  # it was read to its end
    mails: int = 0  # attached to it


class _Broken(Exception):
    """It ends where it should not, or is something else."""


def unpacked(data: bytes, *, depth: int = 0) -> Envelope:
    """What is in it; an empty Envelope that is not `whole` where it is no such thing."""
    found = Envelope()
    try:
        _read(data, found, depth)
    except (_Broken, struct.error, ValueError):
        found.whole = False
    found.files = [file for file in found.files if file.content or (file.name and found.whole)]
    return found


def _read(data: bytes, found: Envelope, depth: int) -> None:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise _Broken
    at, charset = 6, "cp1252"
    while at < len(data):
        if len(data) - at < 11 and not data[at:].strip(b"\0\r\n "):
            break  # what some transport padded
        _level, number, size = struct.unpack_from("<BII", data, at)
        at += 9
        if at + size > len(data):
            raise _Broken
        value = data[at : at + size]
        at += size + 2  # a checksum, which senders get wrong
        attribute = number & 0xFFFF
        if attribute == _CODEPAGE and size >= 4:
            charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif attribute == _BODY:
            found.text = found.text or _text(value, charset)
        elif attribute == _MESSAGE_PROPERTIES:
            _take_message(found, _properties(value), charset)
        elif attribute == _NEW_FILE:
            if len(found.files) >= _MOST_FILES:
                raise _Broken
            found.files.append(File())
        elif attribute in {_FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES}:
            if not found.files:
                found.files.append(File())
            file = found.files[-1]
            if attribute == _FILE_TITLE:
                file.name = file.name or _text(value, charset)
            elif attribute == _FILE_DATA:
                file.content = file.content or value
            else:
                _take_file(found, file, _properties(value), charset, depth)


def _take_message(found: Envelope, properties: dict[int, tuple[int, bytes]], charset: str) -> None:
    if _TEXT in properties:
        found.text = _said(properties, _TEXT, charset)
    if _HTML in properties:
        kind, value = properties[_HTML]
        found.html = _said(properties, _HTML, charset) if kind == 31 else _text(value, charset)
    if _RTF in properties:
        found.rtf = properties[_RTF][1]


def _take_file(found: Envelope, file: File, properties: dict[int, tuple[int, bytes]], charset: str, depth: int) -> None:
    named = (_said(properties, number, charset) for number in (_LONG_NAME, _SHOWN_NAME, _SHORT_NAME))
    file.name = next((name for name in named if name), file.name)
    file.type = _said(properties, _TYPE, charset) or file.type
    file.cid = _said(properties, _CID, charset) or file.cid
    if _OBJECT not in properties:
        return
    value = properties[_OBJECT][1]
    if value[:16] == _A_MESSAGE and depth < _DEEPEST:
        # A mail attached to the mail: its own words and files stand beside ours.
        inner = unpacked(value[16:], depth=depth + 1)
        found.mails += 1
        words = inner.html.encode() or inner.text.encode()
        if not words and found.mails <= _MOST_RICH:
            words = rich_text(inner.rtf)
        ending = ".html" if inner.html else ".txt" if inner.text else ".rtf"
        file.name, file.content = f"{file.name or 'message'}{ending}", words
        found.files += inner.files[: _MOST_FILES - len(found.files)]
        found.whole &= inner.whole and bool(words or inner.files)
    elif not file.content:
        file.content = value[16:]


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """A list of properties by number, as (type, value)."""
    (count,) = struct.unpack_from("<I", data)
    at = 4
    found: dict[int, tuple[int, bytes]] = {}
    for _ in range(count):
        if at + 4 > len(data):
            break
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _after_name(data, at)
        value, at = _value(data, at, kind)
        found.setdefault(number, (kind & ~_MANY, value))
    return found


def _after_name(data: bytes, at: int) -> int:
    """A property without a number of its own has a name: a GUID with another number, or with words."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    at += 20
    if kind == 0:
        return at + 4
    (size,) = struct.unpack_from("<I", data, at)
    return at + 4 + _padded(size)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """A property's first value, and where the next property begins."""
    plain = kind & ~_MANY
    if plain not in _SIZED:
        if plain not in _FIXED:
            raise _Broken
        count, size = 1, _FIXED[plain]
        if kind & _MANY:
            (count,) = struct.unpack_from("<I", data, at)
            at += 4
        return data[at : at + size], at + _padded(size) * count
    (count,) = struct.unpack_from("<I", data, at)
    at += 4
    first = b""
    for number in range(count):
        (size,) = struct.unpack_from("<I", data, at)
        if at + 4 + size > len(data):
            raise _Broken
        if number == 0:
            first = data[at + 4 : at + 4 + size]
        at += 4 + _padded(size)
    return first, at


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _said(properties: dict[int, tuple[int, bytes]], number: int, charset: str) -> str:
    if number not in properties:
        return ""
    kind, value = properties[number]
    return _text(value, "utf-16-le" if kind == 31 else charset)


def _text(value: bytes, charset: str) -> str:
    return decode(value, charset).strip("\0").replace("\r\n", "\n")


_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING = 4096


def rich_text(data: bytes) -> bytes:
    """Rich text as Outlook packs it (MS-OXRTFCP): letters, and references to what stood within the last 4,096.

    Looks at each byte by itself, so what is longer than anybody writes is left alone: empty, as what is none.
    """
    if len(data) < 16:
        return b""
    _size, plain_size, way = struct.unpack_from("<II4s", data)
    if max(len(data), plain_size) > _LONGEST_RTF:
        return b""
    if way == b"MELA":
        return data[16 : 16 + plain_size]
    if way != b"LZFu":
        return b""
    ring = bytearray(_DICTIONARY.ljust(_RING, b" "))
    to, at = len(_DICTIONARY), 16
    out = bytearray()
    while at < len(data) and len(out) < plain_size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data) or len(out) >= plain_size:
                break
            if not flags >> bit & 1:
                out.append(data[at])
                ring[to] = data[at]
                to, at = (to + 1) % _RING, at + 1
                continue
            if at + 2 > len(data):
                return bytes(out)
            reference = data[at] << 8 | data[at + 1]
            at += 2
            start, length = reference >> 4, (reference & 15) + 2
            if start == to:
                return bytes(out)
            for step in range(length):
                byte = ring[(start + step) % _RING]
                out.append(byte)
                ring[to] = byte
                to = (to + 1) % _RING
    return bytes(out)
