"""One ticket: itself, its thread, and what is being written on it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)

from tuki.desk.labels import label
from tuki.lib.questions import OneOf, Question, Slot
from tuki.mail.queries import mailbox_of_thread
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets.models import (
    Attachment,
    CompanyFollower,
    Copy,
    Draft,
    Follower,
    Message,
    ReadMark,
    Status,
    Tag,
    Ticket,
)
from tuki.tickets.policy import may_see, seen_by_agent, visible_messages, visible_tickets

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

_BY_NUMBER = Question(lambda: Ticket.objects.filter(number=Slot("number", BigIntegerField())).select_related(*_SHOWN))


def ticket_by_number(viewer: Actor, number: int) -> Ticket | None:
    if viewer.is_agent:
        return _OF_AGENT.first(viewer=viewer.person_id, number=number)
    found = _BY_NUMBER.first(number=number)
    return found if found is not None and (viewer.is_system or may_see(viewer, found)) else None


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


_SHOWN_TO_ALL = Question(
    lambda: (
        Message.objects.filter(ticket=Slot("ticket", BigIntegerField()), internal=False)
        .select_related("author")
        .order_by("sent_at", "pk")
    )
)


def public_thread(viewer: Actor, ticket: Ticket) -> list[tuple[Message, list[Attachment]]]:
    """What customers see of what was said, oldest first, each with its files. An agent's notes are not among it."""
    said = _SHOWN_TO_ALL.ask(ticket=ticket.pk) if may_see(viewer, ticket) else []
    files: dict[int, list[Attachment]] = {}
    for attachment in _FILES.ask(ticket=ticket.pk) if said else ():
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
    return _OF_DESK_TO_TELL.first(message=pk) if viewer.is_system else messages(viewer).filter(pk=pk).first()


_OF_MESSAGE = Question(
    lambda: Attachment.objects.filter(message=Slot("message", BigIntegerField())).select_related("file").order_by("pk")
)


def files_of(message: Message) -> list[Attachment]:
    """What came with a message, for whoever may read it."""
    return _OF_MESSAGE.ask(message=message.pk)


_SENT_AT = Slot("sent_at", DateTimeField())
_BEFORE = Question(
    lambda: (
        Message.objects.filter(ticket=Slot("ticket", BigIntegerField()), internal=False, redacted_at=None)
        .filter(Q(sent_at__lt=_SENT_AT) | Q(sent_at=_SENT_AT, pk__lt=Slot("message", BigIntegerField())))
        .select_related("author")
        .order_by("-sent_at", "-pk")[:1]
    )
)


def message_before(viewer: Actor, message: Message) -> Message | None:
    """What was last said in public on the ticket before this message, as far as this viewer may read it."""
    if not may_see(viewer, message.ticket):
        return None
    return _BEFORE.first(ticket=message.ticket_id, message=message.pk, sent_at=message.sent_at)


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


def followers_of_company(organization: int) -> list[Person]:
    """Who wants to hear of each new ticket of a company's, while they may: whoever tells them asks."""
    return [row.person for row in _COMPANY_FOLLOWERS.ask(organization=organization)]


def companies_followed(person: Person) -> frozenset[int]:
    """The ids of the companies of whose new tickets a customer hears."""
    return frozenset(pk for (pk,) in _COMPANIES_FOLLOWED.ask(person=person.pk))


_COMPANY_FOLLOWERS = Question(
    lambda: (
        CompanyFollower.objects.filter(organization=Slot("organization", BigIntegerField()))
        .select_related("person")
        .order_by("pk")
    )
)
_COMPANIES_FOLLOWED = Question(
    lambda: CompanyFollower.objects.filter(person=Slot("person", BigIntegerField())).values_list("organization")
)


def tags_of(ticket: Ticket) -> list[str]:
    """By their names."""
    return [name for (name,) in _TAGS.ask(ticket=ticket.pk)]


def newer_messages(viewer: Actor, ticket: Ticket, seen: int) -> QuerySet[Message]:
    """What others said since the viewer last looked: to be read before one's own words leave."""
    return thread(viewer, ticket).filter(pk__gt=seen).exclude(author=viewer.person)


def statuses() -> QuerySet[Status]:
    """What a ticket can be set to, in the desk's order."""
    return Status.objects.filter(retired=False)


_STATUS = Question(lambda: Status.objects.filter(retired=False, key=Slot("key", CharField())))


def status_called(key: str) -> Status | None:
    """One of `statuses`."""
    return _STATUS.first(key=key)


_DRAFT = Question(lambda: Draft.objects.filter(person=_VIEWER, ticket=_TICKET, sends_at=None).select_related("status"))


def draft_of(viewer: Actor, ticket: Ticket) -> Draft | None:
    """What this agent is writing here."""
    draft = _DRAFT.first(viewer=viewer.person_id, ticket=ticket.pk)
    if draft is not None:
        prefetch_related_objects([draft], "files")
    return draft


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


_LATELY = Question(
    lambda: (
        Message.objects.filter(ticket=_TICKET, author=_VIEWER, sent_at__gte=Slot("since", DateTimeField()))
        .order_by("-sent_at", "-pk")
        .values_list("excerpt")[:50]
    )
)
_FIRST_SAID = Question(lambda: Message.objects.filter(ticket=_TICKET).order_by("sent_at", "pk").values_list("pk")[:1])


def first_message_of(ticket: Ticket) -> int:
    """The number of the message with which a ticket began."""
    [(message,)] = _FIRST_SAID.ask(ticket=ticket.pk)
    return message


def said_lately(ticket: Ticket, viewer: Actor, *, since: datetime) -> list[str]:
    """How the latest messages begin that somebody wrote on a ticket themselves."""
    return [excerpt for (excerpt,) in _LATELY.ask(ticket=ticket.pk, viewer=viewer.person_id, since=since)]


_SUBJECTS = Question(
    lambda: Ticket.objects.filter(OneOf("pk", "tickets", BigIntegerField())).order_by().values_list("subject")
)


def subjects(tickets: Iterable[int | None]) -> list[str]:
    """What these tickets are about."""
    named = [pk for pk in tickets if pk is not None]
    return [subject for (subject,) in _SUBJECTS.ask(tickets=named)] if named else []


def signature_of(ticket: Ticket, language: str) -> str:
    """What stands under support's answers: its team's word, else that of the mailbox it was written to."""
    if ticket.team and ticket.team.signatures:
        return label(ticket.team.signatures, language)
    mailbox = mailbox_of_thread(ticket.pk)
    return label(mailbox.signatures, language) if mailbox else ""
