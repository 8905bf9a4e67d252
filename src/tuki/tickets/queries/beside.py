"""What an agent wants at hand beside a list or a ticket: last words, neighbours, the company's other matters."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from tuki.desk.labels import label
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


class Small(NamedTuple):
    """A ticket as it stands beside another. status: in words."""

    number: int
    subject: str
    state: str
    status: str
    updated_at: datetime


_SMALL = ("number", "subject", "state", Cast("status__labels", TextField()), "updated_at")
_VIEWER, _TICKET = Slot("viewer", BigIntegerField()), Slot("ticket", BigIntegerField())
_SOME = 6  # of each kind, one more than is shown
_LINKED = 10
_BESIDE = seen_by_agent(_VIEWER).filter(trashed_at=None).exclude(pk=_TICKET)
# In the order that has an index: newest as customers know it.
_THEIRS = Question(
    lambda: (
        _BESIDE.filter(requester=Slot("requester", BigIntegerField()))
        .order_by("-shown_updated_at", "-pk")
        .values_list(*_SMALL)[:_SOME]
    )
)
_COLLEAGUES = Question(
    lambda: (
        _BESIDE.filter(organization=Slot("organization", BigIntegerField()))
        .exclude(requester=Slot("requester", BigIntegerField()))
        .order_by("-shown_updated_at", "-pk")
        .values_list(*_SMALL)[:_SOME]
    )
)
# In no order: SQLite would walk all tickets in it, sooner than look for the few.
_FOLLOWING = Question(
    lambda: _BESIDE.filter(follow_up_of=_TICKET).order_by().values_list("number", "subject")[:_LINKED]
)
_MENTIONING = Question(lambda: _BESIDE.filter(mentions=_TICKET).order_by().values_list("number", "subject")[:_LINKED])


def others_of_requester(viewer: Actor, ticket: Ticket) -> list[Small]:
    """What else its requester asked for, for the agent beside it."""
    return [
        _small(row) for row in _THEIRS.ask(viewer=viewer.person_id, ticket=ticket.pk, requester=ticket.requester_id)
    ]


def others_of_company(viewer: Actor, ticket: Ticket) -> list[Small]:
    """What the requester's colleagues asked for."""
    if ticket.organization_id is None:
        return []
    found = _COLLEAGUES.ask(
        viewer=viewer.person_id,
        ticket=ticket.pk,
        requester=ticket.requester_id,
        organization=ticket.organization_id,
    )
    return [_small(row) for row in found]


def _small(row: tuple[Any, ...]) -> Small:
    return Small(*row)._replace(status=label(json.loads(row[3])))


def following(viewer: Actor, ticket: Ticket) -> list[tuple[int, str]]:
    """Number and subject of the tickets that follow this one up."""
    return sorted(_FOLLOWING.ask(viewer=viewer.person_id, ticket=ticket.pk), reverse=True)


def mentioning(viewer: Actor, ticket: Ticket) -> list[tuple[int, str]]:
    """Number and subject of the tickets whose mail mentioned this one without a place on it."""
    return sorted(_MENTIONING.ask(viewer=viewer.person_id, ticket=ticket.pk), reverse=True)


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
    named = {ticket.follow_up_of_id, ticket.mentions_id} - {None}
    found = visible_tickets(viewer).in_bulk(named) if named else {}
    return found.get(ticket.follow_up_of_id), found.get(ticket.mentions_id)


def message_of_file(viewer: Actor, file: "File") -> Message | None:
    """The message that a file came with."""
    return visible_messages(viewer).filter(attachments__file=file).select_related("ticket", "author").first()
