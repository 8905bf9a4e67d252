"""One ticket: itself, its thread, and what is being written on it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)

from tuki.desk.labels import label
from tuki.lib.questions import Question, Slot
from tuki.mail.queries import mailbox_of_thread
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets.models import Attachment, Copy, Draft, Follower, Message, ReadMark, Status, Tag, Ticket
from tuki.tickets.policy import seen_by_agent, visible_messages, visible_tickets

_SHOWN = (
    "status",
    "requester",
    "organization",
    "team",
    "assignee",
    "product",
    "module",
    "shown_updated_by",
    "follow_up_of",
    "mentions",
)


def tickets(viewer: Actor) -> QuerySet[Ticket]:
    """What the viewer may know of, with all that a ticket's page shows of itself."""
    return visible_tickets(viewer).select_related(*_SHOWN)


class Glance(NamedTuple):
    """What must be known of a ticket at every look at its page, before anything that may have been drawn already.

    read_at: up to when the viewer has read it.
    """

    pk: int
    number: int
    version: int
    subject: str
    updated_at: datetime
    solved_at: datetime | None
    trashed_at: datetime | None
    read_at: datetime | None


_VIEWER = Slot("viewer", BigIntegerField())
_GLANCE = Question(
    lambda: (
        seen_by_agent(_VIEWER)
        .filter(number=Slot("number", BigIntegerField()))
        .values_list(
            "pk",
            "number",
            "version",
            "subject",
            "updated_at",
            "solved_at",
            "trashed_at",
            Subquery(ReadMark.objects.filter(person=_VIEWER, ticket=OuterRef("pk")).values("at")[:1]),
        )
    )
)


def glance(viewer: Actor, number: int) -> Glance | None:
    """A ticket as an agent who may know of it first sees it."""
    found = _GLANCE.first(viewer=viewer.person_id, number=number) if viewer.is_agent else None
    return Glance(*found) if found else None


_OF_AGENT = Question(
    lambda: (
        seen_by_agent(_VIEWER)
        .filter(number=Slot("number", BigIntegerField()))
        .select_related("status", "requester", "organization", "team", "assignee")
    )
)


def ticket_by_number(viewer: Actor, number: int) -> Ticket | None:
    if viewer.is_agent:
        return _OF_AGENT.first(viewer=viewer.person_id, number=number)
    return tickets(viewer).filter(number=number).first()


def thread(viewer: Actor, ticket: Ticket) -> QuerySet[Message]:
    """What was said, oldest first, with authors and files."""
    files = Attachment.objects.select_related("file").order_by("pk")
    return (
        visible_messages(viewer)
        .filter(ticket=ticket)
        .select_related("author")
        .prefetch_related(Prefetch("attachments", files))
        .order_by("sent_at", "pk")
    )


_SEEN = Exists(seen_by_agent(_VIEWER).filter(pk=OuterRef("ticket")))
_MESSAGES = Question(
    lambda: (
        Message.objects.filter(_SEEN, ticket=Slot("ticket", BigIntegerField()))
        .select_related("author")
        .order_by("sent_at", "pk")
    )
)
_FILES = Question(
    lambda: (
        Attachment.objects.filter(message__ticket=Slot("ticket", BigIntegerField()))
        .select_related("file")
        .order_by("pk")
    )
)


def thread_for_agent(viewer: Actor, ticket: int) -> list[tuple[Message, list[Attachment]]]:
    """What was said, notes too, oldest first, each with its files: as `thread`, by questions that keep their SQL."""
    assert viewer.is_agent
    said = _MESSAGES.ask(viewer=viewer.person_id, ticket=ticket)
    files: dict[int, list[Attachment]] = {}
    for attachment in _FILES.ask(ticket=ticket) if said else ():
        files.setdefault(attachment.message_id, []).append(attachment)
    return [(message, files.get(message.pk, [])) for message in said]


_TOLD = ("author", "ticket__requester", "ticket__assignee", "ticket__team", "ticket__status")


def messages(viewer: Actor) -> QuerySet[Message]:
    """Messages this viewer may read, each with its ticket, author and files: for a mail about one."""
    files = Attachment.objects.select_related("file").order_by("pk")
    return visible_messages(viewer).select_related(*_TOLD).prefetch_related(Prefetch("attachments", files))


_OF_DESK_TO_TELL = Question(
    lambda: Message.objects.filter(pk=Slot("message", BigIntegerField())).select_related(*_TOLD)
)


def message_by_id(viewer: Actor, pk: int) -> Message | None:
    """One of `messages`."""
    if not viewer.is_system:
        return messages(viewer).filter(pk=pk).first()
    found = _OF_DESK_TO_TELL.ask(message=pk)
    prefetch_related_objects(found, Prefetch("attachments", Attachment.objects.select_related("file").order_by("pk")))
    return next(iter(found), None)


def message_before(viewer: Actor, message: Message) -> Message | None:
    """What was last said in public on the ticket before this message, as far as this viewer may read it."""
    before = visible_messages(viewer).filter(ticket=message.ticket_id, internal=False, redacted_at=None)
    return (
        before.filter(Q(sent_at__lt=message.sent_at) | Q(sent_at=message.sent_at, pk__lt=message.pk))
        .select_related("author")
        .order_by("-sent_at", "-pk")
        .first()
    )


_TICKET = Slot("ticket", BigIntegerField())
_OF_DESK = Question(lambda: Ticket.objects.filter(pk=_TICKET).select_related(*_SHOWN))


def ticket_by_id(viewer: Actor, pk: int) -> Ticket | None:
    """For work that follows a change and knows the row, not the number."""
    if viewer.is_system:
        return _OF_DESK.first(ticket=pk)
    return tickets(viewer).filter(pk=pk).first()


_COPIES = Question(lambda: Copy.objects.filter(ticket=_TICKET).select_related("person").order_by("pk"))
_FOLLOWERS = Question(lambda: Follower.objects.filter(ticket=_TICKET).select_related("person").order_by("pk"))
_TAGS = Question(lambda: Tag.objects.filter(ticket=_TICKET).order_by("name").values_list("name"))


def numbers_of(viewer: Actor, tickets: Iterable[int]) -> dict[int, int]:
    """The numbers of those of these tickets that the viewer may know of."""
    seen = visible_tickets(viewer).filter(pk__in=set(tickets))
    return dict(seen.order_by().values_list("pk", "number"))


def people_in_copy(ticket: Ticket) -> list[Person]:
    return [copy.person for copy in _COPIES.ask(ticket=ticket.pk)]


def people_who_follow(ticket: Ticket) -> list[Person]:
    return [follower.person for follower in _FOLLOWERS.ask(ticket=ticket.pk)]


def tags_of(ticket: Ticket) -> list[str]:
    """By their names."""
    return [name for (name,) in _TAGS.ask(ticket=ticket.pk)]


def newer_messages(viewer: Actor, ticket: Ticket, seen: int) -> QuerySet[Message]:
    """What others said since the viewer last looked: to be read before one's own words leave."""
    return thread(viewer, ticket).filter(pk__gt=seen).exclude(author=viewer.person)


def statuses() -> QuerySet[Status]:
    """What a ticket can be set to, in the desk's order."""
    return Status.objects.filter(retired=False)


def draft_of(viewer: Actor, ticket: Ticket) -> Draft | None:
    """What this agent is writing here."""
    return (
        Draft.objects.filter(person=viewer.person, ticket=ticket, sends_at=None)
        .select_related("status")
        .prefetch_related("files")
        .first()
    )


def leaving_drafts(viewer: Actor, ticket: Ticket) -> QuerySet[Draft]:
    """What is about to leave and can still be taken back: one's own to undo, others' to know of."""
    return Draft.objects.filter(ticket=ticket, sends_at__isnull=False).select_related("person").order_by("sends_at")


_LEAVING = Question(
    lambda: Draft.objects.filter(ticket=Slot("ticket", BigIntegerField()), sends_at__isnull=False).values_list("pk")
)


def has_leaving_drafts(ticket: int) -> bool:
    """Whether anything is about to leave. Mostly not, so that the drafts need not be looked for."""
    return bool(_LEAVING.ask(ticket=ticket))


def unsent_drafts(viewer: Actor) -> QuerySet[Draft]:
    """All that this agent has begun and not sent, latest first."""
    return (
        Draft.objects.filter(person=viewer.person, sends_at=None)
        .filter(Exists(visible_tickets(viewer).filter(pk=OuterRef("ticket"))))
        .select_related("ticket", "ticket__requester")
        .order_by("-saved_at")
    )


def said_lately(ticket: Ticket, viewer: Actor, *, since: datetime) -> list[str]:
    """How the latest messages begin that somebody wrote on a ticket themselves."""
    own = Message.objects.filter(ticket=ticket, author=viewer.person, sent_at__gte=since)
    return list(own.order_by("-sent_at", "-pk").values_list("excerpt", flat=True)[:50])


def subjects(tickets: Iterable[int | None]) -> list[str]:
    """What these tickets are about."""
    return list(
        Ticket.objects.filter(pk__in=[pk for pk in tickets if pk is not None]).values_list("subject", flat=True)
    )


def signature_of(ticket: Ticket, language: str) -> str:
    """What stands under support's answers: its team's word, else that of the mailbox it was written to."""
    if ticket.team and ticket.team.signatures:
        return label(ticket.team.signatures, language)
    mailbox = mailbox_of_thread(ticket.pk)
    return label(mailbox.signatures, language) if mailbox else ""
