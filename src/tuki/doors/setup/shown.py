"""Strangers' mail as an administrator may look at it without harm: nothing runs, nothing is loaded, nothing hides."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from tuki.lib.html import clean, from_text, has_content, to_text
from tuki.mail.parse import Mail

_SHOWN = 100_000  # bytes of a mail's source, and letters of its text; the rest is in the file
# What a terminal or a reader obeys instead of showing it: its number is shown.
_OBEYED = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
_OBEYED |= {code: f"\\u{code:04x}" for code in (0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF)}
_OBEYED |= {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
# Whoever has such a link, or writes to such an address, is taken for its reader.
_LETS_IN = re.compile(r"(/(?:welcome|leave|leave-digests|following/of)/|\+\d{1,18}\.\d{1,18}\.)[^\s\"'<>/@]+")
_PICTURE = re.compile(r"<img\b[^>]*>", re.I)


@dataclass(frozen=True)
class Source:
    """A mail as it came, as text. cut: there is more of it."""

    text: str
    cut: bool


def source(raw: bytes) -> Source:
    text = raw[:_SHOWN].decode("utf-8", "replace").replace("\r\n", "\n")
    return Source(text.translate(_OBEYED), len(raw) > _SHOWN)


def written(mail: Mail) -> SafeString:
    """What was written in this mail."""
    return _body(mail.reply_html, mail.reply_text)


def repeated(mail: Mail) -> SafeString:
    """What it repeats of earlier ones."""
    return _body(mail.quoted_html, mail.quoted_text)


def _body(html: str, text: str) -> SafeString:
    if has_content(html):
        cleaned = _PICTURE.sub("", clean(html))  # its pictures are among the files
        if len(cleaned) <= _SHOWN:
            return mark_safe(cleaned)
        text = to_text(cleaned)
    cut = len(text) > _SHOWN
    return mark_safe(from_text(text[:_SHOWN].translate(_OBEYED) + ("\n\n…" if cut else "")))


def without_keys(words: str) -> str:
    """A mail of ours without what would let in whoever reads it."""
    return _LETS_IN.sub(r"\1…", words)
