"""Who hears of what. Rights are asked again here: between a change and its mail somebody may have lost them."""

from typing import TYPE_CHECKING

from tuki.desk.queries import the_desk
from tuki.people.actor import Actor
from tuki.tickets import policy, queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuki.people.models import Person
    from tuki.tickets.models import Message, Ticket


def of_message(message: "Message") -> "list[Person]":
    """The requester and those in copy, for a public message: all who may read it, but not who wrote it.

    Nobody, where it may be somebody else's than it says: the desk passes on no stranger's words in a customer's name.
    """
    if message.doubt:
        return []
    ticket = message.ticket
    customers = [ticket.requester]
    if ticket.first_answer_at is not None or not the_desk().copies_from_first_answer:
        customers += queries.people_in_copy(ticket)
    return [person for person in customers if person.pk != message.author_id and _reads(person, message)]


def of_company(message: "Message", told: "Iterable[Person]") -> "list[Person]":
    """Who follows the company, for the first message of a colleague's ticket: but nobody who hears of it anyway.

    told: those in copy who do. Others in copy, whom the desk lets hear from its first answer on, follow like anybody.
    """
    ticket = message.ticket
    if message.doubt or ticket.organization_id is None:
        return []
    heard = {message.author_id, ticket.requester_id, *(person.pk for person in told)}
    followers = queries.followers_of_company(ticket.organization_id)
    return [
        person for person in followers if person.pk not in heard and not person.is_agent and _reads(person, message)
    ]


def agents_of_message(message: "Message") -> "list[Person]":
    """The assignee and the followers, when a customer said something, unless they wish not to hear."""
    if message.by_support:
        return []
    ticket = message.ticket
    assignee = [ticket.assignee] if ticket.assignee else []
    wanted = {person.pk: person for person in assignee + queries.people_who_follow(ticket)}
    return [
        person
        for person in wanted.values()
        if person.hears_of_replies and person.is_agent and person.pk != message.author_id and _reads(person, message)
    ]


def of_assignment(ticket: "Ticket", agent: int | None) -> "list[Person]":
    """Who was given the ticket, while they have it and may see it, unless they wish not to hear."""
    assignee = ticket.assignee
    if assignee is None or assignee.pk != agent or not assignee.hears_of_assignments:
        return []
    return [assignee] if policy.may_work(Actor(assignee), ticket) else []


def of_ticket(ticket: "Ticket") -> "list[Person]":
    """The requester, where they may still see it."""
    return [ticket.requester] if policy.may_see(Actor(ticket.requester), ticket) else []


def _reads(person: "Person", message: "Message") -> bool:
    """Of a public message: notes are told to nobody."""
    return not message.internal and policy.may_see(Actor(person), message.ticket)
