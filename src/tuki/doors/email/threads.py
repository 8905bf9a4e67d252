"""Which ticket a mail may belong to, by what it carries. Whether its sender has a place there is asked elsewhere."""

import re
from collections.abc import Iterator
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


def reply_addresses(raw: "RawMail", mail: Mail) -> list[ReplyAddress]:
    """The signed addresses that a mail was sent to, by its envelope and by its header."""
    named = [*raw.envelope_to, *(who.address for who in (*mail.to, *mail.cc))]
    return [found for address in dict.fromkeys(named) if (found := read_reply_address(address))]


def candidates(raw: "RawMail", mail: Mail) -> "Iterator[Ticket]":
    """The tickets that a mail names, the surest sign first: signed address, Message-IDs, the subject's tag."""
    seen: set[int] = set()
    ids = _answered(raw, mail)
    numbers = numbers_in(mail.subject)
    if not ids and not numbers:
        return
    everything = Actor(system())
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


def is_answer(ticket: "Ticket", raw: "RawMail", mail: Mail) -> bool:
    """Whether its writer had a mail of that ticket before them. The number alone, anybody can guess."""
    return ticket.pk in _answered(raw, mail)


def _answered(raw: "RawMail", mail: Mail) -> list[int]:
    """The ids of tickets whose signed address or Message-IDs a mail carries."""
    ids = [found.thread for found in reply_addresses(raw, mail)]
    return ids + [thread for thread, _ in mails.threads_named(mail.chain)]


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
    return re.compile(rf"\[\s*{re.escape(tag)}\s*#\s*(\d{{1,9}})\s*\]", re.I) if tag else None
