"""Who may know of what. Each rule is said once, by name: lists are made of the rules, and so are their reasons."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import and_, or_
from typing import NamedTuple

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import In

from tuki.desk.queries import the_desk
from tuki.files.models import File
from tuki.lib.questions import Question, Slot
from tuki.people import standing
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.people.sight import companies_seen
from tuki.tickets.models import Attachment, Copy, Follower, Message, Ticket


class Rules(NamedTuple):
    """The rules by which one person knows of tickets, each what of all tickets it is true of.

    lets: any of these lets the ticket be known; none: every ticket is. spares: what none of these spares is kept away.
    """

    lets: Mapping[str, Q]
    spares: Mapping[str, Q]

    def found(self) -> QuerySet[Ticket]:
        rules = [reduce(or_, self.lets.values())] if self.lets else []
        return Ticket.objects.filter(reduce(and_, [*rules, *self.spares.values()]))


def visible_tickets(viewer: Actor) -> QuerySet[Ticket]:
    """The tickets this viewer may know exist. Every list and every 404 is decided here."""
    person = viewer.person
    if person is None or not person.is_active:
        return Ticket.objects.none()
    if person.is_system:
        return Ticket.objects.all()
    return rules_for(person).found()


def rules_for(person: Person) -> Rules:
    """By which rules somebody with an open account, who is not the desk itself, knows of tickets."""
    if person.is_agent:
        return rules_for_agent(person.pk)
    return rules_for_customer(
        person.pk,
        sorted(organizations_seen(person)),
        sorted(standing.place(person).shut_out),
        the_desk().copies_from_first_answer,
    )


def seen_by_agent(agent: int | Slot) -> QuerySet[Ticket]:
    """What `visible_tickets` gives an agent. agent: their id; for who has made sure that they are one."""
    return rules_for_agent(agent).found()


def rules_for_agent(agent: int | Slot) -> Rules:
    """All tickets but those of private teams the agent is not in, and confidential ones that are others'."""
    # Subqueries, not joins: nothing built on this may ever see a row twice.
    theirs = Team.objects.filter(members=agent).values("pk")
    private = Team.objects.filter(private=True).exclude(pk__in=theirs).values("pk")
    own = reduce(or_, concerns(agent).values())
    return Rules({}, {"private": ~Q(team__in=private), "confidential": Q(confidential=False) | own})


def concerns(agent: int | Slot) -> dict[str, Q]:
    """How an agent has to do with a ticket; of confidential ones they know only so."""
    theirs = Team.objects.filter(members=agent).values("pk")
    followed = Follower.objects.filter(person=agent, ticket=OuterRef("pk"))
    return {"assignee": Q(assignee=agent), "team": Q(team__in=theirs), "follower": Q(Exists(followed))}


def rules_for_customer(
    person: int | Slot,
    companies: Sequence[int | Slot],
    shut_out: Sequence[int | Slot],
    copies_from_first_answer: bool,
) -> Rules:
    """Their own, those they are copied on, and colleagues' as the desk's rule and the company's wish have it.

    companies: those all of whose tickets they see. shut_out: those of whose tickets they see none, not even their own.
    """
    lets = {"own": Q(requester=person), "copied": in_copy(person)}
    if copies_from_first_answer:
        lets["copied"] &= Q(first_answer_at__isnull=False)
    if companies:
        lets["company"] = Q(In(F("organization"), list(companies)), confidential=False)
    spares = {"trash": Q(trashed_at=None)}
    if shut_out:
        spares["suspended"] = Q(organization=None) | ~Q(In(F("organization"), list(shut_out)))
    return Rules(lets, spares)


def in_copy(person: int | Slot) -> Q:
    return Q(pk__in=Copy.objects.filter(person=person).values("ticket"))


def organizations_seen(person: Person) -> frozenset[int]:
    """The companies all of whose tickets this customer sees, as each asked for, or else as the desk has it."""
    return companies_seen(standing.place(person))


def organizations_answered(person: Person) -> frozenset[int]:
    """Of those companies, the ones in whose tickets this customer may also take part."""
    wishes, rule = standing.place(person).wishes, the_desk().colleagues_take_part
    asked = {company: rule if answer is None else answer for company, (_wish, answer) in wishes.items()}
    return frozenset(company for company in organizations_seen(person) if asked[company])


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
    shut_out = {f"shut_out_{place}": pk for place, pk in enumerate(sorted(standing.place(person).shut_out))}
    sees = _customer_sees(len(companies), len(shut_out), the_desk().copies_from_first_answer)
    return bool(sees.ask(person=person.pk, ticket=ticket.pk, **companies, **shut_out))


PERSON, TICKET = Slot("person", BigIntegerField()), Slot("ticket", BigIntegerField())
_AGENT_SEES = Question(lambda: seen_by_agent(PERSON).filter(pk=TICKET).values_list("pk"))


@cache
def _customer_sees(companies: int, shut_out: int, copies_from_first_answer: bool) -> Question[tuple[int]]:
    seen = [Slot(f"company_{place}", BigIntegerField()) for place in range(companies)]
    hidden = [Slot(f"shut_out_{place}", BigIntegerField()) for place in range(shut_out)]
    return Question(
        lambda: (
            rules_for_customer(PERSON, seen, hidden, copies_from_first_answer)
            .found()
            .filter(pk=TICKET)
            .values_list("pk")
        )
    )
