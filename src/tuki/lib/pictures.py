"""How large a picture is, from the first bytes of its file."""

import struct

ENOUGH = 256 * 1024  # bytes within which every kind says its size, whatever a camera put before it


def size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, JPEG or WebP; None for what is none, or is cut too short."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return _pair(struct.unpack(">II", head[16:24]))
        if head[:6] in {b"GIF87a", b"GIF89a"}:
            return _pair(struct.unpack("<HH", head[6:10]))
        if head.startswith(b"\xff\xd8"):
            return _jpeg(head)
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(head)
    except (struct.error, IndexError):
        pass
    return None


def _pair(found: tuple[int, ...]) -> tuple[int, int] | None:
    width, height = found
    return (width, height) if width and height else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    """Its size stands in the frame's header: after any number of segments, each with its length."""
    at = 2
    while head[at] == 0xFF:
        kind = head[at + 1]
        if kind == 0xFF:  # what fills up
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return _pair((width, height))
        else:
            at += 2 + struct.unpack(">H", head[at + 2 : at + 4])[0]
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", head[26:30])
            return _pair((width & 0x3FFF, height & 0x3FFF))
        case b"VP8L":
            (bits,) = struct.unpack("<I", head[21:25])
            return _pair(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        case b"VP8X":
            width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
            return _pair((width, height)) if len(head) >= 30 else None
    return None
