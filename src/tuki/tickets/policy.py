"""Who may see and who may do. "May she?" is asked of the same query that her lists are made of."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import In

from tuki.desk.models import Desk, WhoIsCopied, WhoSees, WhoSubmits
from tuki.desk.queries import the_desk
from tuki.files.models import File
from tuki.journal.queries import entries_of
from tuki.lib.questions import Question, Slot
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.tickets.events import CameBack, CopyAdded, CopyRemoved, Left
from tuki.tickets.models import Attachment, Copy, Follower, Message, State, Ticket


def visible_tickets(viewer: Actor) -> QuerySet[Ticket]:
    """The tickets this viewer may know exist. Every list and every 404 is decided here."""
    person = viewer.person
    if person is None or not person.is_active:
        return Ticket.objects.none()
    if person.is_system:
        return Ticket.objects.all()
    if person.is_agent:
        return seen_by_agent(person.pk)
    return _seen_by_customer(person.pk, sorted(organizations_seen(person)), the_desk().copies_from_first_answer)


def seen_by_agent(agent: int | Slot) -> QuerySet[Ticket]:
    """What `visible_tickets` gives an agent. agent: their id; for who has made sure that they are one."""
    return Ticket.objects.exclude(_kept_from(agent))


def _kept_from(agent: int | Slot) -> Q:
    """Tickets of private teams the agent is not in, and confidential ones that are others'."""
    # Subqueries, not joins: nothing built on this may ever see a row twice.
    theirs = Team.objects.filter(members=agent).values("pk")
    private = Team.objects.filter(private=True).exclude(pk__in=theirs).values("pk")
    followed = Follower.objects.filter(person=agent, ticket=OuterRef("pk"))
    own = Q(assignee=agent) | Q(team__in=theirs) | Q(Exists(followed))
    return Q(team__in=private) | (Q(confidential=True) & ~own)


def _seen_by_customer(
    person: int | Slot, companies: Sequence[int | Slot], copies_from_first_answer: bool
) -> QuerySet[Ticket]:
    """Their own, those they are copied on, and colleagues' as the desk's rule and the company's wish have it.

    companies: those all of whose tickets they see.
    """
    copied = Q(pk__in=Copy.objects.filter(person=person).values("ticket"))
    if copies_from_first_answer:
        copied &= Q(first_answer_at__isnull=False)
    seen = Q(requester=person) | copied
    if companies:
        seen |= Q(In(F("organization"), list(companies)), confidential=False)
    return Ticket.objects.filter(seen, trashed_at=None)


def organizations_seen(person: Person) -> frozenset[int]:
    """The companies all of whose tickets this customer sees."""
    place = people.place(person)
    return {
        WhoSees.NOBODY: frozenset[int](),
        WhoSees.MANAGERS: place.managed,
        WhoSees.SEATS: place.seated,
        WhoSees.WHERE_ASKED: place.seated & place.sharing,
    }[WhoSees(the_desk().who_sees)]


def visible_messages(viewer: Actor) -> QuerySet[Message]:
    """What this viewer may read. Internal notes are for agents, on every road out."""
    # Asked of each message that is looked at: SQLite would first put together the list of all tickets for an "in".
    messages = Message.objects.filter(Exists(visible_tickets(viewer).filter(pk=OuterRef("ticket"))))
    return messages if _reads_notes(viewer) else messages.filter(internal=False)


def visible_files(viewer: Actor) -> QuerySet[File]:
    """Files of messages that this viewer may read, and own uploads that no message has taken yet."""
    read = Exists(visible_messages(viewer).filter(pk=OuterRef("message")))
    of_messages = Exists(Attachment.objects.filter(read, file=OuterRef("pk")))
    return File.objects.filter(of_messages | Q(taken=False, owner_id=viewer.person_id, owner__isnull=False))


def _reads_notes(viewer: Actor) -> bool:
    return viewer.is_agent or viewer.is_system


def may_see(viewer: Actor, ticket: Ticket) -> bool:
    """Asked of the same query, at nearly every step: so by questions that keep their SQL."""
    person = viewer.person
    if person is None or not person.is_active:
        return False
    if person.is_system:
        return Ticket.objects.filter(pk=ticket.pk).exists()
    if person.is_agent:
        return bool(_AGENT_SEES.ask(person=person.pk, ticket=ticket.pk))
    companies = {f"company_{place}": pk for place, pk in enumerate(sorted(organizations_seen(person)))}
    sees = _customer_sees(len(companies), the_desk().copies_from_first_answer)
    return bool(sees.ask(person=person.pk, ticket=ticket.pk, **companies))


_PERSON, _TICKET = Slot("person", BigIntegerField()), Slot("ticket", BigIntegerField())
_AGENT_SEES = Question(lambda: seen_by_agent(_PERSON).filter(pk=_TICKET).values_list("pk"))


@cache
def _customer_sees(companies: int, copies_from_first_answer: bool) -> Question[tuple[int]]:
    slots = [Slot(f"company_{place}", BigIntegerField()) for place in range(companies)]
    return Question(
        lambda: _seen_by_customer(_PERSON, slots, copies_from_first_answer).filter(pk=_TICKET).values_list("pk")
    )


def may_submit(viewer: Actor) -> bool:
    """Whether this person may ask for help. Agents do so on a customer's behalf."""
    person = viewer.person
    if person is None or not person.is_active:
        return False
    if person.is_agent or person.is_system:
        return True
    return {
        WhoSubmits.SEATS: bool(people.place(person).seated),
        WhoSubmits.MEMBERS: bool(people.place(person).organizations),
        WhoSubmits.ANYONE: True,
    }[WhoSubmits(the_desk().who_submits)]


def may_reply(viewer: Actor, ticket: Ticket) -> bool:
    """Who sees a ticket may take part; and who is in copy, whom a mail may reach before the ticket shows (F10)."""
    if may_see(viewer, ticket):
        return True
    active = viewer.person is not None and viewer.person.is_active
    return active and ticket.trashed_at is None and Copy.objects.filter(ticket=ticket, person=viewer.person).exists()


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


def may_be_copied(person: Person, ticket: Ticket, desk: Desk | None = None) -> bool:
    """Whether the desk's rule lets this person be in copy of this ticket."""
    rule = (desk or the_desk()).who_is_copied
    if rule == WhoIsCopied.ANYONE:
        return not person.is_system
    place = people.place(person)
    allowed = place.seated if rule == WhoIsCopied.COMPANY_SEATS else frozenset(place.organizations)
    return ticket.organization_id in allowed
