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
# Looked at in all. Those within others of unsaid length are looked at once for each of these: some eight times.
_MOST_PIECES = 1_000_000


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
        return _Signature(data).content()
    except (ValueError, IndexError, RecursionError):
        return b""


class _Signature:
    """Bytes as nested elements (BER). Reading them ends with a ValueError after so many, wherever they stand."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_PIECES

    def content(self) -> bytes:
        """What is signed: ContentInfo, SignedData, encapContentInfo, [0], its octets."""
        data = self._data
        at, end = self._enter(0, len(data), 0x30)
        kind, start, stop = self._element(at, end)
        if kind != 0x06 or data[start:stop] != _SIGNED_DATA:
            raise ValueError
        at, end = self._enter(stop, end, 0xA0)
        at, end = self._enter(at, end, 0x30)
        for _ in range(2):  # version, digest algorithms
            _kind, _start, stop = self._element(at, end)
            at = self._after(stop, at)
        at, end = self._enter(at, end, 0x30)
        kind, start, stop = self._element(at, end)
        if kind != 0x06 or data[start:stop] != _DATA:
            raise ValueError
        return b"".join(self._octets(*self._enter(stop, end, 0xA0), depth=0))

    def _enter(self, at: int, end: int, kind: int) -> tuple[int, int]:
        found, start, stop = self._element(at, end)
        if found != kind:
            raise ValueError
        return start, stop

    def _after(self, stop: int, at: int) -> int:
        """Where the next element stands: behind the two null bytes that end one of unsaid length."""
        return stop + 2 if self._data[at + 1] == 0x80 else stop

    def _element(self, at: int, end: int, depth: int = 0) -> tuple[int, int, int]:
        """An element's kind, and where its content begins and ends."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise ValueError
        data = self._data
        kind, length = data[at], data[at + 1]
        start = at + 2
        if length == 0x80:
            stop = start
            while data[stop : stop + 2] != b"\0\0":
                inner = stop
                _kind, _start, stop = self._element(stop, end, depth + 1)
                stop = self._after(stop, inner)
                if stop >= end:
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

    def _octets(self, at: int, end: int, *, depth: int) -> Iterator[bytes]:
        """An octet string's bytes, which may stand in pieces."""
        if depth > _DEEPEST:
            raise ValueError
        while at < end and self._data[at : at + 2] != b"\0\0":
            kind, start, stop = self._element(at, end)
            if kind == 0x04:
                yield self._data[start:stop]
            elif kind == 0x24:
                yield from self._octets(start, stop, depth=depth + 1)
            else:
                raise ValueError
            at = self._after(stop, at)
