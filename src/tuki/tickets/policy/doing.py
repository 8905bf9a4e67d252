"""Who may do what. "May she see it?" is asked of the query that her lists are made of: see `seeing`."""

from datetime import timedelta

from tuki.desk.models import Desk, WhoIsCopied, WhoSubmits
from tuki.desk.queries import the_desk
from tuki.journal.queries import entries_of
from tuki.journal.via import Via
from tuki.lib.questions import Question
from tuki.people import standing
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets.events import CameBack, CopyAdded, CopyRemoved, Left
from tuki.tickets.models import Copy, State, Ticket
from tuki.tickets.policy.seeing import PERSON, TICKET, may_see, organizations_answered, organizations_seen


def may_submit(viewer: Actor) -> bool:
    """Whether this person may ask for help. Agents do so on a customer's behalf."""
    person = viewer.person
    if person is None or not person.is_active:
        return False
    if person.is_agent or person.is_system or who_submits(viewer.via) == WhoSubmits.ANYONE:
        return True
    return bool(companies_to_submit_for(viewer))


def companies_to_submit_for(viewer: Actor) -> tuple[int, ...]:
    """The companies on whose behalf this person may ask for help, by the channel that they come by; the usual first."""
    if viewer.person is None:
        return ()
    place = standing.place(viewer.person)
    if who_submits(viewer.via) == WhoSubmits.SEATS:
        return tuple(company for company in place.organizations if company in place.seated)
    return place.organizations


def who_submits(via: Via) -> WhoSubmits:
    """The desk's rule for those who come by this channel."""
    desk = the_desk()
    return WhoSubmits((via == Via.EMAIL and desk.who_submits_by_mail) or desk.who_submits)


def may_reply(viewer: Actor, ticket: Ticket) -> bool:
    """Who sees a ticket may take part, but for colleagues where these only read.

    So may who is in copy, whom a mail may reach before the ticket shows (F10), unless their company shut them out.
    """
    person = viewer.person
    if person is None or not person.is_active:
        return False
    if may_see(viewer, ticket) and (
        person.is_agent
        or person.is_system
        or ticket.requester_id == person.pk
        or ticket.organization_id in organizations_answered(person)
    ):
        return True
    shut_out = ticket.organization_id in standing.place(person).shut_out
    return not shut_out and ticket.trashed_at is None and bool(_IN_COPY.ask(person=person.pk, ticket=ticket.pk))


_IN_COPY = Question(lambda: Copy.objects.filter(ticket=TICKET, person=PERSON).values_list("pk"))


def may_follow_company(viewer: Actor, organization: int) -> bool:
    """Who sees all of a company's tickets may be told of each new one (A17)."""
    person = viewer.person
    return (
        person is not None and person.is_active and not person.is_agent and organization in organizations_seen(person)
    )


def may_work(viewer: Actor, ticket: Ticket) -> bool:
    """Note, assign, hand over, correct: what agents do with a ticket they see."""
    return (viewer.is_agent or viewer.is_system) and may_see(viewer, ticket)


def may_edit(viewer: Actor, ticket: Ticket) -> bool:
    """Change subject and severity (F15), and mark as solved (H12): the requester, or an agent."""
    return may_work(viewer, ticket) or (viewer.person_id == ticket.requester_id and may_see(viewer, ticket))


def may_manage_copies(viewer: Actor, ticket: Ticket) -> bool:
    return may_edit(viewer, ticket)


def has_left(viewer: Actor, ticket: Ticket) -> bool:
    """Whether this person left the conversation by themselves, and nobody has added or removed them since."""
    for entry in entries_of("ticket", ticket.pk, (Left, CameBack, CopyAdded, CopyRemoved)):
        if entry.data.get("person", entry.person_id) == viewer.person_id:
            return entry.event == Left.name
    return False


def may_come_back(viewer: Actor, ticket: Ticket) -> bool:
    """Who left by themselves may, while the desk's rule still lets them be in copy."""
    person = viewer.person
    return (
        person is not None
        and person.is_active
        and ticket.trashed_at is None
        and ticket.organization_id not in standing.place(person).shut_out
        and has_left(viewer, ticket)
        and may_be_copied(person, ticket)
    )


def is_support(viewer: Actor, ticket: Ticket) -> bool:
    """Whether this viewer speaks for the desk here. An agent's own request makes them its customer."""
    return (viewer.is_agent or viewer.is_system) and viewer.person_id != ticket.requester_id


def is_closed_to(viewer: Actor, ticket: Ticket) -> bool:
    """Whether the ticket takes no more words of this viewer's: closed, or solved longer ago than a reply reopens."""
    days = the_desk().reopen_days
    too_late = (
        ticket.state == State.SOLVED
        and days is not None
        and ticket.solved_at is not None
        and viewer.at > ticket.solved_at + timedelta(days=days)
        and not is_support(viewer, ticket)
    )
    return ticket.state == State.CLOSED or too_late


def may_be_copied(person: Person, ticket: Ticket, desk: Desk | None = None, *, only_colleagues: bool = False) -> bool:
    """Whether the desk's rule lets this person be in copy of this ticket.

    only_colleagues: where it lets anybody, people of the ticket's company alone.
    """
    rule = (desk or the_desk()).who_is_copied
    if rule == WhoIsCopied.ANYONE and not only_colleagues:
        return not person.is_system
    place = standing.place(person)
    allowed = place.seated if rule == WhoIsCopied.COMPANY_SEATS else frozenset(place.organizations)
    return ticket.organization_id in allowed
