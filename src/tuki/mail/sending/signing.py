"""DKIM: a signature on each mail that says that it is the desk's, and that nobody changed it on its way.

Each domain that the desk writes from has a key of its own, made when it is first needed: a file that only its owner can
read, beside the other data, so that all nodes sign with the same. Its public half is for the domain's DNS.
"""

import base64
import os
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from tuki.mail.addresses import domain_of

_BITS = 2048  # longer ones don't fit into what some DNS editors take
# What a reader sees or a mail program acts upon. Fields that a relay adds or changes are not among them.
_SIGNED = (
    *("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-language"),
    *("auto-submitted", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
)
# Signed once more than they occur, so that a second one that somebody adds breaks the signature.
_NO_SECOND = ("from", "to", "reply-to", "subject", "date", "message-id")


def signed(content: bytes, from_address: str, at: datetime) -> bytes:
    """The mail with a signature of the domain that it is from; as it was where signing is left to the relay.

    at: when the mail was made, so that every try has the same bytes. Raises OSError where there is no room for a key.
    """
    if not settings.DKIM_SELECTOR:
        return content
    domain = domain_of(from_address)
    signer = dkim.DKIM(content)
    there = [name.decode().lower() for name, _value in signer.headers]
    names = [name for name in there if name in _SIGNED] + [name for name in _NO_SECOND if name in there]
    write = signer.gen_header

    def dated(fields: list[tuple[bytes, bytes]], *rest: Any, **more: Any) -> bytes:
        fields[:] = [(tag, str(int(at.timestamp())).encode() if tag == b"t" else value) for tag, value in fields]
        written: bytes = write(fields, *rest, **more)
        return written

    signer.gen_header = dated
    signature: bytes = signer.sign(
        settings.DKIM_SELECTOR.encode(),
        domain.encode(),
        _private_key(domain),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in names],
    )
    return signature + content


def _sign_by_openssl(digest: Any, key: dict[str, int]) -> bytes:
    """What dkimpy does itself, in Python, and twenty times as slowly."""
    names = ("prime1", "prime2", "privateExponent", "exponent1", "exponent2", "coefficient")
    private = _private(key["modulus"], key["publicExponent"], *(key[name] for name in names))
    return private.sign(digest.digest(), padding.PKCS1v15(), utils.Prehashed(SHA256()))


dkim.RSASSA_PKCS1_v1_5_sign = _sign_by_openssl


@lru_cache(maxsize=64)
def _private(n: int, e: int, p: int, q: int, d: int, dmp1: int, dmq1: int, iqmp: int) -> rsa.RSAPrivateKey:
    return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, rsa.RSAPublicNumbers(e, n)).private_key()


def public_record(domain: str) -> tuple[str, str]:
    """The DNS record by which others check a domain's signatures: its name, and its text. Makes the key if need be."""
    key = serialization.load_pem_private_key(_private_key(domain), None)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    name = f"{settings.DKIM_SELECTOR}._domainkey.{domain}"
    return name, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def _private_key(domain: str) -> bytes:
    return _kept(Path(settings.DKIM_FOLDER) / f"{settings.DKIM_SELECTOR}.{domain}.pem")


@lru_cache(maxsize=64)
def _kept(path: Path) -> bytes:
    """The key in this file, made now if there is none."""
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """Of two processes that make one at once, the first one's is kept: a key never changes once it signed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="coming-")  # for its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink(missing_ok=True)
