"""Mail domains as the world publishes them, for tests that hold a sender against them."""

import base64
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tuki.mail.trust.resolver import Written

THEIRS, ELSEWHERE = "192.0.2.7", "203.0.113.66"  # a machine of a domain that publishes one, and anybody's
_SIGNED = [b"from", b"to", b"subject", b"date", b"message-id"]


class Domains(Written):
    """Nothing is known until it is published."""

    def __init__(self) -> None:
        super().__init__({})

    def publish(self, domain: str, *, dmarc: str = "", spf: str = "", dkim: bool = False) -> None:
        """dmarc: a policy, or a whole record. spf: what follows v=spf1."""
        if dmarc:
            record = dmarc if dmarc.startswith("v=") else f"v=DMARC1; p={dmarc}"
            self.records[f"_dmarc.{domain}", "TXT"] = [record]
        if spf:
            self.records[domain, "TXT"] = ["other=text", f"v=spf1 {spf}"]
        if dkim:
            public = _key(domain).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            record = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
            self.records[f"desk._domainkey.{domain}", "TXT"] = [record]

    def guard(self, *domains: str) -> None:
        """Publish all there is: mail comes from THEIRS or is signed, and everything else is to be refused."""
        for domain in domains:
            self.publish(domain, dmarc="reject", spf=f"ip4:{THEIRS} -all", dkim=True)

    @staticmethod
    def sign(raw: bytes, domain: str, *, length: bool = False) -> bytes:
        """A mail with a signature of this domain above it."""
        pem = _key(domain).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        signature: bytes = dkim.sign(raw, b"desk", domain.encode(), pem, include_headers=_SIGNED, length=length)
        return signature + raw


@cache
def _key(domain: str) -> RSAPrivateKey:
    return generate_private_key(65537, 1024)
