"""Where a ticket goes whose assignee has left: when they leave, and when it is reopened later. Asks for no right."""

from tuki.journal.record import record
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import events
from tuki.tickets.models import Departure, Ticket


def hand_on(ticket: Ticket, departure: Departure | None, *, by: Actor) -> None:
    """Give the ticket to whoever took over, or back to its team's queue. Its caller has locked it, and saves it."""
    old, ticket.assignee = ticket.assignee_id, _taker(ticket, departure)
    record(events.TakenOver(old, ticket.assignee_id), on=ticket, by=by)


def _taker(ticket: Ticket, departure: Departure | None) -> Person | None:
    if departure is None:
        return None
    heir, team = departure.successor, ticket.team
    if heir is not None and heir.is_active and (team is None or not team.private or heir in team.members.all()):
        return heir
    if ticket.confidential and team is None and not _is_followed(ticket, departure):
        return departure.begun_by  # else nobody could ever open it
    return None


def _is_followed(ticket: Ticket, departure: Departure) -> bool:
    others = ticket.followers.filter(person__is_active=True).exclude(person=departure.person_id)
    return bool(others.exists())
