"""What an agent wants at hand beside a list or a ticket: last words, neighbours, the company's other matters."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet

from tuki.lib.questions import Question, Slot
from tuki.people.actor import Actor
from tuki.tickets.models import Draft, Message, Ticket
from tuki.tickets.policy import seen_by_agent, visible_messages, visible_tickets

if TYPE_CHECKING:
    from tuki.files.models import File
    from tuki.people.models import Organization


def requests_of_organization(viewer: Actor, organization: "Organization") -> QuerySet[Ticket]:
    """All of a company's tickets, for the agent beside them."""
    return (
        visible_tickets(viewer).filter(organization=organization, trashed_at=None).select_related("status", "requester")
    )


def linked(viewer: Actor, ticket: Ticket) -> QuerySet[Ticket]:
    """The tickets that follow this one up, or mention it."""
    return (
        visible_tickets(viewer)
        .filter(Q(follow_up_of=ticket) | Q(mentions=ticket), trashed_at=None)
        .select_related("status")
        .order_by("-number")
    )


class Leaving(NamedTuple):
    """A reply of the viewer's own that leaves in a moment and can still be taken back."""

    pk: int
    sends_at: datetime
    ticket_id: int
    number: int


_DRAFTS = Question(
    lambda: (
        Draft.objects.filter(person=Slot("viewer", BigIntegerField()))
        .filter(
            Q(sends_at__isnull=False)
            | Exists(seen_by_agent(Slot("viewer", BigIntegerField())).filter(pk=OuterRef("ticket")))
        )
        .order_by("sends_at")
        .values_list("pk", "sends_at", "ticket_id", "ticket__number")
    )
)


def drafts_of(viewer: Actor) -> tuple[frozenset[int], list[Leaving]]:
    """On which tickets an agent has begun something and not sent it, and what of theirs leaves in a moment."""
    found = _DRAFTS.ask(viewer=viewer.person_id)
    leaving = [Leaving(pk, at, ticket, number) for pk, at, ticket, number in found if at is not None]
    return frozenset(ticket for _pk, at, ticket, _number in found if at is None), leaving


def named_by(viewer: Actor, ticket: Ticket) -> tuple[Ticket | None, Ticket | None]:
    """The ticket that this one follows up, and the one that it mentions, where the viewer may know of them."""
    found = visible_tickets(viewer).in_bulk({ticket.follow_up_of_id, ticket.mentions_id} - {None})
    return found.get(ticket.follow_up_of_id), found.get(ticket.mentions_id)


def message_of_file(viewer: Actor, file: "File") -> Message | None:
    """The message that a file came with."""
    return visible_messages(viewer).filter(attachments__file=file).select_related("ticket", "author").first()
