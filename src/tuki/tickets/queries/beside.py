"""What an agent wants at hand beside a list or a ticket: last words, neighbours, the company's other matters."""

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery

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
    moment, at = view.moment, getattr(ticket, view.moment)
    if at is None:
        return None, None
    rows = visible_tickets(viewer).filter(view.chosen(viewer.person))
    # The plain bound lets the index start where the ticket stands; the second condition settles ties.
    newer = rows.filter(Q(**{f"{moment}__gt": at}) | Q(pk__gt=ticket.pk), **{f"{moment}__gte": at})
    older = rows.filter(Q(**{f"{moment}__lt": at}) | Q(pk__lt=ticket.pk), **{f"{moment}__lte": at})
    return newer.order_by(moment, "pk").first(), older.order_by(f"-{moment}", "-pk").first()


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
