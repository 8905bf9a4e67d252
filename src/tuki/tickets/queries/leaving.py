"""What an agent has who leaves, and what is left of it."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet

from tuki.knowledge.queries.editing import kept_by
from tuki.lib.paging import capped_count
from tuki.lib.questions import Question, Slot
from tuki.people.actor import Actor
from tuki.people.duties import gives_work
from tuki.people.models import Person
from tuki.people.queries import companies_managed_by
from tuki.tickets.models import Departure, Draft, Follower, Ticket
from tuki.tickets.policy import visible_tickets


@dataclass(frozen=True)
class Belongings:
    """What an agent has in hand, counted as people read it."""

    tickets: str
    drafts: str
    followed: str
    companies: str
    articles: str


def belongings(person: Person) -> Belongings:
    return Belongings(
        tickets=capped_count(unsolved_of(person)),
        drafts=capped_count(Draft.objects.filter(person=person)),
        followed=capped_count(Follower.objects.filter(person=person, ticket__solved_at=None)),
        companies=capped_count(companies_managed_by(person)),
        articles=capped_count(kept_by(person)),
    )


def departure_of(person: Person) -> Departure | None:
    """The last time that this agent left."""
    found = Departure.objects.filter(person=person).select_related("person", "successor", "begun_by")
    return found.order_by("-pk").first()


def unsolved_of(person: Person) -> QuerySet[Ticket]:
    """What an agent has in hand, the longest untouched first."""
    return Ticket.objects.filter(assignee=person, solved_at=None, trashed_at=None).order_by("updated_at", "pk")


@gives_work
def has_unsolved(agent: Person) -> bool:
    return unsolved_of(agent).exists()


def drafts_to_hand_on(departure: Departure) -> QuerySet[Draft]:
    """Drafts that can become the successor's: on tickets that they see, and on which they have none."""
    if departure.successor is None:
        return Draft.objects.none()
    theirs = Draft.objects.filter(person=departure.successor, ticket=OuterRef("ticket"), sends_at=None)
    seen = visible_tickets(Actor(departure.successor)).filter(pk=OuterRef("ticket"))
    drafts = Draft.objects.filter(person=departure.person, sends_at=None)
    return drafts.filter(Exists(seen)).exclude(Exists(theirs)).order_by("pk")


def words_are_leaving(departure: int) -> bool:
    """Whether the agent had something about to be sent. It is kept as a draft, once that moment has come."""
    left = Departure.objects.filter(pk=departure).values("person")
    return Draft.objects.filter(person__in=left, sends_at__isnull=False).exists()


_LEFT = Question(
    lambda: (
        Draft.objects.filter(ticket=Slot("ticket", BigIntegerField()), sends_at=None, person__is_active=False)
        .select_related("person")
        .order_by("pk")
    )
)


def drafts_left(ticket: int) -> list[Draft]:
    """What people who have left had begun to write on a ticket: for whoever works on it now to read."""
    return _LEFT.ask(ticket=ticket)
