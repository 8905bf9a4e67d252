"""The mark on each of our mails: by it a desk knows its own mail when it comes back, and another desk's."""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

from tuki.mail.reading import headers, mime

HEADER = "X-Tuki-Desk"
_AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Mark:
    """What a mail's mark says. automatic: nobody wrote it, even where the header fields that say so are gone."""

    ours: bool
    automatic: bool


def mark(*, automatic: bool) -> str:
    """What our mails carry."""
    return f"{_name()}; {_AUTOMATIC}" if automatic else _name()


def read_mark(raw: bytes) -> Mark | None:
    """A mail's mark; None for mail that no desk of this kind wrote."""
    name, _, kind = headers.words(mime.read_head(raw).first(HEADER.lower())).strip().lower().partition(";")
    return Mark(name.strip() == _name(), kind.strip() == _AUTOMATIC) if name else None


def _name() -> str:
    """The same at each node of a desk and at no other desk; tells nothing of the secret."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"tuki desk", hashlib.sha256).hex()[:20]
