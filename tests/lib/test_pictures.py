"""A picture's size is read from its first bytes, and nonsense is no picture."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuki.lib.pictures import size

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480)
JPEG = b"\xff\xd8" + b"\xff\xe1" + struct.pack(">H", 300) + bytes(298) + b"\xff\xc2\x00\x11\x08"
JPEG += struct.pack(">HH", 480, 640)
LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 640, 480)
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 639 | 479 << 14)
EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize("head", [PNG, GIF, JPEG, LOSSY, LOSSLESS, EXTENDED])
def test_each_kind_says_its_size(head):
    assert size(head) == (640, 480)


@pytest.mark.parametrize("head", [PNG, GIF, JPEG, LOSSY, LOSSLESS, EXTENDED])
def test_what_is_cut_short_says_none(head):
    assert {size(head[:end]) for end in range(len(head))} == {None}


@given(st.one_of(st.binary(), st.binary().map(lambda tail: JPEG[:2] + tail)))
def test_nonsense_breaks_nothing(head):
    found = size(head)

    assert found is None or all(side > 0 for side in found)
