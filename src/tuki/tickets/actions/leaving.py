"""An agent who leaves: the account is closed at once, and a job hands on what they had, some at a time."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tuki.files import actions as files_actions
from tuki.jobs.queue import enqueue
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.knowledge import actions as knowledge
from tuki.knowledge.models import Article
from tuki.knowledge.policy import may_edit
from tuki.knowledge.queries.editing import kept_by
from tuki.lib.refusal import Refused, require
from tuki.people import actions as people
from tuki.people import policy as people_policy
from tuki.people import queries as people_queries
from tuki.people.actor import Actor
from tuki.people.duties import require_another_in_private_teams
from tuki.people.models import Person
from tuki.tickets import events
from tuki.tickets.actions import _handing_on, _saying
from tuki.tickets.actions._locking import locked
from tuki.tickets.models import Departure, Draft, Ticket
from tuki.tickets.queries import leaving as left

HAND_ON = "tickets.hand_on"  # the job
BATCH = 200


def begin_departure(person: Person, successor: Person | None, *, by: Actor) -> Departure:
    """Close an agent's account, and have what they had handed on.

    successor: who takes over; None: it comes back to the teams' queues. Raises Refused for oneself, for the last
    administrator, for who is no agent, and where a private team would be left without anybody who sees its tickets.
    """
    require(people_policy.may_give_roles(by))
    if not person.is_agent:
        raise Refused(_("%(person)s is no agent.") % {"person": person})
    if successor is not None and (successor.pk == person.pk or not (successor.is_agent and successor.is_active)):
        raise Refused(_("Choose an agent who stays."), field="successor")
    with transaction.atomic():
        require_another_in_private_teams(person)
        people.close_account(person, by=by)
        departure = Departure.objects.filter(person=person, ended_at=None).first()
        if departure is None:
            departure = Departure.objects.create(
                person=person, successor=successor, begun_by=by.person or people_queries.system(), begun_at=by.at
            )
            record(events.DepartureBegun(successor.pk if successor else None), on=person, by=by)
            enqueue(HAND_ON, departure=departure.pk)
    return departure


def hand_on(departure: int, *, by: Actor) -> bool:
    """Hand on a batch of what somebody had who left. Whether there is more. by: the system.

    Each thing is a transaction of its own, and is looked for where it still is: so it may be broken off anywhere, and
    done again.
    """
    require(by.is_system)
    found = Departure.objects.select_related("person", "successor", "begun_by").get(pk=departure)
    if found.ended_at is not None:
        return False
    tickets = list(left.unsolved_of(found.person)[:BATCH])
    for ticket in tickets:
        _hand_on_ticket(ticket, found, by=by)
    if len(tickets) == BATCH:
        return True
    drafts = list(left.drafts_to_hand_on(found)[:BATCH])
    for draft in drafts:
        _hand_on_draft(draft, found, by=by)
    companies = list(people_queries.companies_managed_by(found.person)[:BATCH])
    for company in companies:
        with transaction.atomic():
            people.name_account_manager(company, found.successor, by=by)
            Departure.objects.filter(pk=found.pk).update(companies=F("companies") + 1)
    articles = list(kept_by(found.person)[:BATCH])
    for article in articles:
        with transaction.atomic():
            knowledge.change_article(article, owner=_keeper(article, found.successor), by=by)
            Departure.objects.filter(pk=found.pk).update(articles=F("articles") + 1)
    return bool(tickets or drafts or companies or articles)


def _keeper(article: Article, successor: Person | None) -> Person | None:
    """The successor, unless the article is another team's own."""
    return successor if successor is not None and may_edit(Actor(successor), article) else None


def end_departure(departure: int, *, by: Actor) -> None:
    """Say that nothing is left to hand on. by: the system."""
    require(by.is_system)
    Departure.objects.filter(pk=departure, ended_at=None).update(ended_at=by.at)


def _hand_on_ticket(ticket: Ticket, departure: Departure, *, by: Actor) -> None:
    asked = Actor(departure.begun_by, Via.RULE, by.at)
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        if ticket.assignee_id != departure.person_id or ticket.solved_at or ticket.trashed_at:
            return
        _handing_on.hand_on(ticket, departure, by=asked)
        # As the desk: that somebody left is no agent's first look at a new ticket.
        _saying.touch(ticket, shown=False, by=by)
        Departure.objects.filter(pk=departure.pk).update(tickets=F("tickets") + 1)


def _hand_on_draft(draft: Draft, departure: Departure, *, by: Actor) -> None:
    """Make a draft the successor's. Who has begun one there by now keeps that, and reads the other beside it."""
    assert departure.successor is not None
    try:
        with transaction.atomic():
            if Draft.objects.filter(pk=draft.pk, person=departure.person).update(person=departure.successor):
                files_actions.give(draft.files.all(), departure.successor, by=by)
                Departure.objects.filter(pk=departure.pk).update(drafts=F("drafts") + 1)
    except IntegrityError:
        return
