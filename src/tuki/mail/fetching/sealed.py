"""Secrets of others that we must be able to say again: kept sealed, by a key made of the desk's own."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unreadable(Exception):
    """Sealed by another key than TUKI_SECRET_KEY is now, or damaged."""


def seal(secret: str) -> str:
    """A text from which nobody reads the secret without the key. Nothing stays nothing."""
    return _sealer().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret. Raises Unreadable."""
    try:
        return _sealer().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise Unreadable from error


def _sealer() -> Fernet:
    key = hashlib.sha256(b"tuki sealed secret:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
