"""A passkey as a browser has it, made here: what it says when it is made, and when it is used."""

import hashlib
import json
import secrets
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

from tuki.people.models import Person

ORIGIN = "https://support.festum.example"
_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


class Passkey:
    """A key for a host. verified: by a finger, a face or a PIN."""

    def __init__(self, host: str = "support.festum.example", *, verified: bool = True) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._host = hashlib.sha256(host.encode()).digest()
        self._flags = _PRESENT | (_VERIFIED if verified else 0)
        self.id = secrets.token_bytes(16)
        self.owner = b""

    def made(self, options: dict[str, Any], *, origin: str = ORIGIN) -> dict[str, Any]:
        """Its answer to the page on which it is added."""
        public = options["creation_options"]["publicKey"]
        self.owner = websafe_decode(public["user"]["id"])
        key = cbor.encode(dict(ES256.from_cryptography_key(self._key.public_key())))
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._said(self._flags | _NEW) + about}
        return self._answer(
            clientDataJSON=_client_data("webauthn.create", public["challenge"], origin),
            attestationObject=cbor.encode(attestation),
        )

    def used(self, options: dict[str, Any], *, origin: str = ORIGIN) -> dict[str, Any]:
        """Its answer to a page that asks for it."""
        client = _client_data("webauthn.get", options["request_options"]["publicKey"]["challenge"], origin)
        said = self._said(self._flags)
        signature = self._key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=said, signature=signature, userHandle=self.owner)

    def _said(self, flags: int) -> bytes:
        return self._host + bytes([flags]) + bytes(4)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    said = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps(said).encode()


def passkey_of(person: Person, name: str = "Laptop") -> tuple[Passkey, Authenticator]:
    """One that somebody has already."""
    passkey = Passkey()
    user = {"id": websafe_encode(user_pk_to_url_str(person).encode())}
    options = {"creation_options": {"publicKey": {"user": user, "challenge": websafe_encode(bytes(32))}}}
    return passkey, WebAuthn.add(person, name, passkey.made(options)).instance
