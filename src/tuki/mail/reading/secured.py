"""Mail that is encrypted or signed: PGP and S/MIME. Tuki holds no keys; it says what a mail is and keeps every byte."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from tuki.mail.reading.mime import Part


class Sealed(StrEnum):
    """What a mail's writer did to it."""

    NONE = ""
    ENCRYPTED = "encrypted"  # in whole or in part: who has no key can't read it
    SIGNED = "signed"


PKCS7 = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_DEEPEST = 20
_MOST_PIECES = 100_000


def sealed(parts: Iterable[Part], text: str) -> Sealed:
    """Whether a mail of these parts and this text is encrypted or signed."""
    signed = "-----BEGIN PGP SIGNED MESSAGE-----" in text
    if "-----BEGIN PGP MESSAGE-----" in text:
        return Sealed.ENCRYPTED
    for part in parts:
        if part.type == "multipart/encrypted":
            return Sealed.ENCRYPTED
        if part.type in PKCS7:
            kind = part.parameters.get("smime-type", "").lower()
            if kind in {"enveloped-data", "authenveloped-data", "compressed-data"}:
                return Sealed.ENCRYPTED
            if not kind and _SIGNED_DATA not in part.content()[:40]:
                return Sealed.ENCRYPTED
            signed = True
        signed |= part.type == "multipart/signed"
    return Sealed.SIGNED if signed else Sealed.NONE


def signed_content(data: bytes) -> bytes:
    """The mail that stands inside a signature (PKCS #7 signed-data); empty where there is none to be read."""
    try:
        return b"".join(_octets(data, *_content(data), depth=0))
    except (ValueError, IndexError, RecursionError):
        return b""


def _content(data: bytes) -> tuple[int, int]:
    """Where the signed content's octets stand: ContentInfo, SignedData, encapContentInfo, [0]."""
    at, end = _enter(data, 0, len(data), 0x30)
    kind, start, stop = _element(data, at, end)
    if kind != 0x06 or data[start:stop] != _SIGNED_DATA:
        raise ValueError
    at, end = _enter(data, stop, end, 0xA0)
    at, end = _enter(data, at, end, 0x30)
    for _ in range(2):  # version, digest algorithms
        _kind, _start, stop = _element(data, at, end)
        at = _after(data, stop, at)
    at, end = _enter(data, at, end, 0x30)
    kind, start, stop = _element(data, at, end)
    if kind != 0x06 or data[start:stop] != _DATA:
        raise ValueError
    return _enter(data, stop, end, 0xA0)


def _enter(data: bytes, at: int, end: int, kind: int) -> tuple[int, int]:
    found, start, stop = _element(data, at, end)
    if found != kind:
        raise ValueError
    return start, stop


def _after(data: bytes, stop: int, at: int) -> int:
    """Where the next element stands: behind the two null bytes that end one of unsaid length."""
    return stop + 2 if data[at + 1] == 0x80 else stop


def _element(data: bytes, at: int, end: int, depth: int = 0) -> tuple[int, int, int]:
    """An element's kind, and where its content begins and ends."""
    kind, length = data[at], data[at + 1]
    start = at + 2
    if length == 0x80:
        if depth > _DEEPEST:
            raise ValueError
        stop, count = start, 0
        while data[stop : stop + 2] != b"\0\0":
            inner = stop
            _kind, _start, stop = _element(data, stop, end, depth + 1)
            stop = _after(data, stop, inner)
            count += 1
            if stop >= end or count > _MOST_PIECES:
                raise ValueError
        return kind, start, stop
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise ValueError
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > end:
        raise ValueError
    return kind, start, start + length


def _octets(data: bytes, at: int, end: int, *, depth: int) -> Iterator[bytes]:
    """An octet string's bytes, which may stand in pieces."""
    if depth > _DEEPEST:
        raise ValueError
    while at < end and data[at : at + 2] != b"\0\0":
        kind, start, stop = _element(data, at, end)
        if kind == 0x04:
            yield data[start:stop]
        elif kind == 0x24:
            yield from _octets(data, start, stop, depth=depth + 1)
        else:
            raise ValueError
        at = _after(data, stop, at)
