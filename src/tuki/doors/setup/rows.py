"""Mails as lists show them: what belongs to a ticket, as far as its reader may know that."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import queries as tickets

if TYPE_CHECKING:
    from tuki.mail.models import Delivery, RawMail


@dataclass(frozen=True)
class MailIn:
    """A mail that came. hidden: it belongs to a ticket that the reader may not know; what it says is not for them."""

    mail: "RawMail"
    number: int | None
    hidden: bool


@dataclass(frozen=True)
class MailOut:
    """A mail to somebody. hidden: as of a MailIn, or news to another agent, which may tell of what is a team's own."""

    delivery: "Delivery"
    number: int | None
    hidden: bool


def of_ledger(viewer: Actor, mails: "Iterable[RawMail]") -> list[MailIn]:
    mails = list(mails)
    numbers = _numbers(viewer, (mail.thread for mail in mails))
    return [MailIn(mail, *_known(mail.thread, numbers)) for mail in mails]


def of_outbox(viewer: Actor, deliveries: "Iterable[Delivery]") -> list[MailOut]:
    deliveries = list(deliveries)
    numbers = _numbers(viewer, (delivery.thread for delivery in deliveries))
    colleagues = people.agents_among({one.person_id for one in deliveries if one.bulk} - {viewer.person_id})
    found = []
    for delivery in deliveries:
        number, hidden = _known(delivery.thread, numbers)
        found.append(MailOut(delivery, number, hidden or (delivery.bulk and delivery.person_id in colleagues)))
    return found


def _numbers(viewer: Actor, threads: Iterable[int | None]) -> dict[int, int]:
    return tickets.numbers_of(viewer, [thread for thread in threads if thread is not None])


def _known(thread: int | None, numbers: dict[int, int]) -> tuple[int | None, bool]:
    number = numbers.get(thread) if thread is not None else None
    return number, thread is not None and number is None
