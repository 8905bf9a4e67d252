"""Which ticket a mail may belong to, by what it carries. Whether its sender has a place there is asked elsewhere."""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from tuki.desk.queries import the_desk
from tuki.mail import queries as mails
from tuki.mail.addresses import ReplyAddress, read_reply_address
from tuki.mail.parse import Mail
from tuki.people.actor import Actor
from tuki.people.queries import system
from tuki.tickets import queries as tickets

if TYPE_CHECKING:
    from tuki.mail.models import RawMail
    from tuki.tickets.models import Ticket


class Sign(IntEnum):
    """What of a ticket's a mail carries, by how much it shows of who wrote it."""

    NUMBER = 1  # which anybody can guess
    OTHERS = 2  # an address or a Message-ID that others have seen too
    OWN = 3  # an address or a Message-ID that we sent to this very person


def reply_addresses(raw: "RawMail", mail: Mail) -> list[ReplyAddress]:
    """The signed addresses that a mail was sent to, by its envelope and by its header."""
    named = [*raw.envelope_to, *(who.address for who in (*mail.to, *mail.cc))]
    return [found for address in dict.fromkeys(named) if (found := read_reply_address(address))]


def was_written_to(ticket: "Ticket", raw: "RawMail", mail: Mail, person: int | None) -> bool:
    """Whether a mail was sent to the address that we made for this person and this ticket."""
    return any(found.thread == ticket.pk and found.person == person for found in reply_addresses(raw, mail))


def candidates(raw: "RawMail", mail: Mail) -> "Iterator[Ticket]":
    """The tickets that a mail names, the surest sign first: signed address, Message-IDs, the subject's tag."""
    seen: set[int] = set()
    ids = [thread for thread, _person in _signs(raw, mail)]
    numbers = numbers_in(mail.subject)
    if not ids and not numbers:
        return
    everything = Actor(system())  # whoever wrote
    for pk in ids:
        ticket = tickets.ticket_by_id(everything, pk) if pk not in seen else None
        seen.add(pk)
        if ticket is not None:
            yield ticket
    for number in numbers:
        ticket = tickets.ticket_by_number(everything, number)
        if ticket is not None and ticket.pk not in seen:
            seen.add(ticket.pk)
            yield ticket


def sign(ticket: "Ticket", raw: "RawMail", mail: Mail, person: int | None) -> Sign:
    """The best that a mail carries of a ticket that it names. person: whom it says it is from."""
    found = _signs(raw, mail)
    if person is not None and (ticket.pk, person) in found:
        return Sign.OWN
    return Sign.OTHERS if any(thread == ticket.pk for thread, _person in found) else Sign.NUMBER


def _signs(raw: "RawMail", mail: Mail) -> list[tuple[int, int | None]]:
    """Tickets whose signed address or Message-IDs a mail carries, each with the person we wrote that to."""
    signed = [(found.thread, found.person) for found in reply_addresses(raw, mail)]
    return signed + mails.threads_named(mail.chain)


def numbers_in(subject: str) -> list[int]:
    """What the desk's tag says: 12 of "[Festum #12]"."""
    tag = _tag()
    return [int(number) for number in tag.findall(subject)][:5] if tag else []


def without_tag(subject: str) -> str:
    """A subject for a ticket of its own: with another one's number it would mislead."""
    tag = _tag()
    return " ".join(tag.sub(" ", subject).split()) if tag else subject


def _tag() -> re.Pattern[str] | None:
    tag = the_desk().subject_tag
    return _pattern(tag) if tag else None


@cache
def _pattern(tag: str) -> re.Pattern[str]:
    return re.compile(rf"\[\s*{re.escape(tag)}\s*#\s*(\d{{1,9}})\s*\]", re.I)
