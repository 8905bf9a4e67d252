"""What happens, passed on to the pages that show it."""

from typing import TYPE_CHECKING

from django.db.models import BigIntegerField

from tuki.journal.events import EVENTS
from tuki.journal.record import hears
from tuki.lib.questions import Question, Slot
from tuki.live import topics
from tuki.live.signals import tell
from tuki.mail import queries as mail
from tuki.mail.events import DeliveryEvent
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets.events import TicketEvent
from tuki.tickets.policy import visible_tickets

if TYPE_CHECKING:
    from tuki.journal.events import Event
    from tuki.journal.models import Entry


_CONCERNED = Question(
    lambda: (
        visible_tickets(Actor(people.system()))
        .filter(pk=Slot("ticket", BigIntegerField()))
        .values_list("number", "requester_id", "copies__person_id")
    )
)


@hears(*(kind for kind in EVENTS.values() if issubclass(kind, TicketEvent)))
def pass_on(event: TicketEvent, entry: "Entry") -> None:
    """Customers' pages hear of what is public, agents' pages of everything."""
    told = [topics.DESK]
    for number, requester, copied in _CONCERNED.ask(ticket=entry.on_id):
        if number is not None:  # a ticket gets its number as the last thing in its first transaction
            told.append(topics.desk_ticket(number))
        if not event.internal:
            told += [topics.person(person) for person in (requester, copied) if person is not None]
            if number is not None:
                told.append(topics.ticket(number))
    tell(*dict.fromkeys(told))


@hears(*(kind for kind in EVENTS.values() if issubclass(kind, DeliveryEvent)))
def pass_on_to_who_wrote(event: DeliveryEvent, entry: "Entry") -> None:
    """Whose words a mail carries is told what becomes of it, and so is the page on which they stand."""
    delivery = mail.delivery(entry.on_id)
    if delivery is None:
        return
    told = [topics.person(delivery.author_id)] if delivery.author_id else []
    if delivery.thread is not None:
        told += [topics.desk_ticket(number) for number, *_people in _CONCERNED.ask(ticket=delivery.thread) if number]
    tell(*dict.fromkeys(told))


@hears(*(kind for kind in EVENTS.values() if not issubclass(kind, TicketEvent | DeliveryEvent)))
def pass_on_the_rest(event: "Event", entry: "Entry") -> None:
    """What is kept of names and rights is forgotten everywhere."""
    tell(topics.AROUND)
