"""What happens, passed on to the pages that show it."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.models import Session
from django.db.models import BigIntegerField
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

# Here so that they are among EVENTS by now; their app comes later.
import tuki.upkeep.events  # noqa: F401
from tuki.desk.events import BlueprintApplied
from tuki.journal.events import EVENTS
from tuki.journal.record import hears
from tuki.knowledge.events import Voted
from tuki.lib.questions import Question, Slot
from tuki.live import topics
from tuki.live.signals import tell
from tuki.mail import queries as mail
from tuki.mail.events import DeliveryEvent
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.events import PersonsMerged
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
    """Customers' pages hear of what is public, agents' of everything; streams of who may not any more are over."""
    told = [topics.DESK]
    for number, requester, copied in _CONCERNED.ask(ticket=entry.on_id):
        if number is not None:  # a ticket gets its number as the last thing in its first transaction
            told += [topics.sight(number)] if event.narrows else []
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


@hears(Voted)
def pass_on_to_what_was_voted_on(event: Voted, entry: "Entry") -> None:
    """How many found an article helpful stands on its page and nowhere else."""
    tell(topics.article(entry.on_id))


@hears(*(kind for kind in EVENTS.values() if not issubclass(kind, TicketEvent | DeliveryEvent | Voted)))
def pass_on_the_rest(event: "Event", entry: "Entry") -> None:
    """What is kept of names and rights is forgotten everywhere, and streams of whom it is about are asked anew."""
    tell(topics.AROUND, *_rights(event, entry))


def _rights(event: "Event", entry: "Entry") -> list[str]:
    """The topics of whose rights it may have changed. The desk's own rules are about everybody."""
    if isinstance(event, BlueprintApplied):
        return [topics.RIGHTS]
    return [topics.rights(person) for person in _concerned(event, entry)]


def _concerned(event: "Event", entry: "Entry") -> Collection[int]:
    if entry.on_kind == "person":
        return [entry.on_id, event.duplicate] if isinstance(event, PersonsMerged) else [entry.on_id]
    if entry.on_kind == "organization":
        one: int | None = getattr(event, "person", None)
        return people.members(entry.on_id) if one is None else [one]
    return []


@receiver(post_delete, sender=Session)
def a_session_ended(instance: Session, **_more: Any) -> None:
    """By signing out, here or from elsewhere, or by a new password. One that is only too old has no stream any more."""
    if instance.expire_date > timezone.now():
        tell(topics.session(instance.session_key))
