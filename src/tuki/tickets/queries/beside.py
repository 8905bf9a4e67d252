"""What an agent wants at hand beside a list or a ticket: last words, neighbours, the company's other matters."""

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tuki.lib import paging
from tuki.people.actor import Actor
from tuki.tickets.models import Draft, Message, Ticket
from tuki.tickets.policy import visible_messages, visible_tickets
from tuki.tickets.queries.lists import VIEWS

if TYPE_CHECKING:
    from tuki.files.models import File
    from tuki.people.models import Organization


def with_last_words(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Each ticket with `last_words`, what was said last, and `last_internal`, whether among agents only.

    For agents: notes are among the words.
    """
    newest = Message.objects.filter(ticket=OuterRef("pk")).order_by("-sent_at", "-pk")
    return rows.annotate(
        last_words=Subquery(newest.values("excerpt")[:1]), last_internal=Subquery(newest.values("internal")[:1])
    )


def neighbours(viewer: Actor, key: str, ticket: Ticket) -> tuple[Ticket | None, Ticket | None]:
    """The tickets above and below this one in one of the VIEWS; below, the one to go on with."""
    assert viewer.person is not None
    view = VIEWS[key]
    if getattr(ticket, view.moment) is None:
        return None, None
    rows = visible_tickets(viewer).filter(view.chosen(viewer.person)).exclude(pk=ticket.pk)
    above = paging.page(rows, view.moment, paging.newer_than(ticket, view.moment), size=1).rows
    below = paging.page(rows, view.moment, paging.older_than(ticket, view.moment), size=1).rows
    return next(iter(above), None), next(iter(below), None)


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


def leaving_of(viewer: Actor) -> QuerySet[Draft]:
    """The viewer's replies that leave in a moment, on whatever ticket: each can still be taken back."""
    return (
        Draft.objects.filter(person=viewer.person, sends_at__isnull=False).select_related("ticket").order_by("sends_at")
    )


def message_of_file(viewer: Actor, file: "File") -> Message | None:
    """The message that a file came with."""
    return visible_messages(viewer).filter(attachments__file=file).select_related("ticket", "author").first()
