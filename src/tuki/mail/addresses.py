"""Addresses that know what a reply to them belongs to: support+1234.56.k3j9x…@desk.example.

The part after the plus names the ticket and to whom we wrote, and carries a signature, so that nobody can make one up.
It holds nothing secret: who answers is looked at all the same.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from tuki.mail.models import Delivery

_TAG = re.compile(r"(\d{1,18})\.(\d{1,18})\.([a-z2-7]{13})")
_RETURN_TAG = re.compile(r"bounce\.(\d{1,18})\.([a-z2-7]{13})")


@dataclass(frozen=True)
class ReplyAddress:
    """What a reply address of ours says."""

    mailbox: str
    thread: int
    person: int


def reply_address(mailbox: str, thread: int, person: int) -> str:
    """Where this person's reply on this ticket is to go; the mailbox itself where that would be too long an address."""
    local, _, domain = mailbox.rpartition("@")
    tagged = f"{local}+{thread}.{person}.{_signature('reply', thread, person)}"
    return f"{tagged}@{domain}" if len(tagged) <= 64 else mailbox


def read_reply_address(address: str) -> ReplyAddress | None:
    """What an address says, if we made it; None for every other one. Letters may have changed their case on the way."""
    local, _, domain = address.lower().rpartition("@")
    local, _, tag = local.partition("+")
    found = _TAG.fullmatch(tag)
    if found is None:
        return None
    thread, person = int(found[1]), int(found[2])
    if not hmac.compare_digest(found[3], _signature("reply", thread, person)):
        return None
    return ReplyAddress(f"{local}@{domain}", thread, person)


def return_address(delivery: "Delivery") -> str:
    """Where a mail server is to send its report on this mail: the mailbox itself where that would be too long.

    It lies in the mailbox that the mail is from, so that reports come in by the same way as answers, and whoever checks
    the sender's domain finds one and the same.
    """
    local, _, domain = delivery.from_address.rpartition("@")
    tagged = f"{local}+bounce.{delivery.pk}.{_signature('return', delivery.pk)}"
    return f"{tagged}@{domain}" if len(tagged) <= 64 else delivery.from_address


def read_return_address(address: str) -> int | None:
    """The id of the delivery whose report comes to this address, if we made it; None for every other one."""
    tag = address.lower().rpartition("@")[0].partition("+")[2]
    found = _RETURN_TAG.fullmatch(tag)
    if found is None or not hmac.compare_digest(found[2], _signature("return", int(found[1]))):
        return None
    return int(found[1])


def _signature(use: str, *numbers: int) -> str:
    """65 bits in letters that survive whatever mail programs do to an address. A use's signature is none of another."""
    key = hashlib.sha256(f"tuki {use} address:".encode() + settings.SECRET_KEY.encode()).digest()
    digest = hmac.digest(key, ".".join(str(number) for number in numbers).encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:13]


def without_tag(address: str) -> str:
    """The mailbox behind a plus-address, in lower case."""
    local, at, domain = address.strip().lower().rpartition("@")
    return local.partition("+")[0] + at + domain


def domain_of(address: str) -> str:
    """The part after the @, in lower case and as the DNS writes it."""
    domain = address.rpartition("@")[2].strip().lower()
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain


def on_the_wire(address: str) -> str:
    """An address as mail servers tell it to each other: the domain as the DNS writes it. An empty one stays so."""
    local, at, _domain = address.rpartition("@")
    return f"{local}@{domain_of(address)}" if at else address
