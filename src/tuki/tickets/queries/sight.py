"""Who knows of a ticket and why; and what a customer sees, looked at through their eyes."""

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet

from tuki.desk.queries import the_desk
from tuki.lib.paging import capped_count
from tuki.people import lists
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets.models import Ticket
from tuki.tickets.policy import Why, of_company, seen_by_agent, why_each
from tuki.tickets.queries.lists import customer_requests
from tuki.tickets.queries.ticket import people_in_copy, people_who_follow

if TYPE_CHECKING:
    from tuki.people.models import Organization

_AT_MOST = 20  # people whose reasons are shown at once


class Told(NamedTuple):
    """Somebody, and why they know of the ticket or don't."""

    person: Person
    why: Why


def told_of(persons: list[Person], ticket: Ticket) -> list[Told]:
    """The reasons of some people, for an agent who sees the ticket."""
    return [Told(*pair) for pair in zip(persons, why_each(persons, ticket), strict=True)] if persons else []


def concerned(viewer: Actor, ticket: Ticket) -> list[Told]:
    """The viewer, and everybody who has a part in the ticket, each once; not all, where they are many."""
    some = [viewer.person, ticket.requester, ticket.assignee, *people_in_copy(ticket), *people_who_follow(ticket)]
    each = {person.pk: person for person in some if person is not None}
    return told_of(list(each.values())[:_AT_MOST], ticket)


class RuleOf(NamedTuple):
    """Who of a company sees its tickets. wished: as it asked; else as the desk has it. answer: they may answer, too."""

    rule: str
    words: str
    wished: bool
    answer: bool


def rule_of(company: "Organization") -> RuleOf:
    rule, wished = of_company(company)
    answer = company.colleagues_take_part
    return RuleOf(rule, str(rule.label), wished, the_desk().colleagues_take_part if answer is None else answer)


class Colleagues(NamedTuple):
    """Those of the ticket's company who see what their colleagues ask for.

    words: who they are. wished: because the company asked for it. how_many: for whom that holds. hidden: from them all.
    """

    company: "Organization"
    words: str
    wished: bool
    how_many: str
    hidden: bool


def colleagues_who_see(ticket: Ticket) -> Colleagues | None:
    """None for a ticket without a company."""
    company = ticket.organization
    if company is None:
        return None
    rule, wished = of_company(company)
    count = capped_count(lists.who_sees(company))
    return Colleagues(company, str(rule.label), wished, count, ticket.confidential or ticket.trashed_at is not None)


def through_eyes_of(viewer: Actor, person: Person, tab: str) -> QuerySet[Ticket]:
    """One of a customer's lists as that customer has it, for an agent: but for what is kept from the agent.

    It is only looked at: nothing is read in their name, so nothing is written down.
    """
    assert viewer.person_id is not None
    theirs = customer_requests(Actor(person), tab=tab, status="all")
    return theirs.filter(pk__in=seen_by_agent(viewer.person_id).values("pk"))
