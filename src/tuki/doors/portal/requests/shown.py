"""How a request's people and places are called before customers."""

from typing import TYPE_CHECKING

from tuki.desk.queries import the_desk

if TYPE_CHECKING:
    from tuki.people.models import Person
    from tuki.tickets.models import Ticket


def by_whom(person: "Person") -> str:
    """Who did something; what the machine did, the desk did."""
    return the_desk().name if person.is_system else person.shown_name


def queue(ticket: "Ticket") -> str:
    """The team that has the request. That a private team exists is nobody's to know."""
    return str(ticket.team) if ticket.team and not ticket.team.private else ""


def is_news(ticket: "Ticket", reader: "Person") -> bool:
    """Whether something happened that the reader neither did nor saw. ticket: with its `unread`."""
    return bool(ticket.unread) and ticket.shown_updated_by_id != reader.pk  # type: ignore[attr-defined]
