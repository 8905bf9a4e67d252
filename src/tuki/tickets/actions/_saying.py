"""How a message comes to stand on a ticket. Nothing here asks for rights or takes a lock; its callers have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from tuki.files import actions as files_actions
from tuki.files.models import File
from tuki.journal.record import record
from tuki.lib.changes import Rows
from tuki.lib.html import clean, excerpt, has_content, to_text
from tuki.lib.refusal import Refused
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import events, marks, policy
from tuki.tickets.actions import _turn
from tuki.tickets.models import Attachment, Message, State, Status, Ticket

_MESSAGES, _TICKETS = Rows(Message), Rows(Ticket)


@dataclass(frozen=True)
class Words:
    """A message's content, cleaned. Made before the transaction: cleaning is slow, and SQLite has one write lock."""

    html: str
    quoted: str
    excerpt: str
    files: tuple[File, ...]


def prepare(body: str, *, quoted: str = "", files: Iterable[File] = ()) -> Words:
    """Clean what somebody wrote. Raises Refused where there is neither a word nor a file."""
    files = tuple(files)
    html = clean(body)
    if not has_content(html) and not files:
        raise Refused(_("Please write something first."), field="body")
    shown = excerpt(to_text(html)) or ", ".join(file.name for file in files)
    return Words(html if has_content(html) else "", clean(quoted), shown[:200], files)


def put(
    ticket: Ticket,
    words: Words,
    *,
    internal: bool = False,
    raw_mail: int | None = None,
    doubt: str = "",
    by: Actor,
) -> Message:
    """Write the message and its files. Records nothing and turns nothing."""
    author = by.person or people.system()
    message = _MESSAGES.add(
        Message(
            ticket=ticket,
            author=author,
            internal=internal,
            by_support=policy.is_support(by, ticket),
            html=words.html,
            quoted=words.quoted,
            excerpt=words.excerpt,
            via=by.via,
            sent_at=by.at,
            raw_mail=raw_mail,
            doubt=doubt,
        )
    )
    if words.files:
        Attachment.objects.bulk_create(
            Attachment(message=message, file=file, inline=_is_shown(file, words.html))
            for file in files_actions.take(words.files, by=by)
        )
    return message


def _is_shown(file: File, html: str) -> bool:
    """Whether a picture stands within the text."""
    return re.search(rf'src="/hc/files/{file.pk}["/]', html) is not None


def say(
    ticket: Ticket,
    words: Words,
    *,
    status: Status | None = None,
    raw_mail: int | None = None,
    doubt: str = "",
    by: Actor,
) -> Message:
    """Say it to both sides. Without a status the turn passes to the other side."""
    _turn.require_open_to_words(ticket, by=by)
    message = put(ticket, words, raw_mail=raw_mail, doubt=doubt, by=by)
    record(events.Replied(message.pk), on=ticket, by=by)
    if message.by_support:
        ticket.first_answer_at = ticket.first_answer_at or by.at
        if ticket.assignee_id is None and by.is_agent:
            # Who answers takes it.
            ticket.assignee = by.person
            record(events.Assigned(None, by.person_id), on=ticket, by=by)
    if status is None:
        _turn.pass_turn(ticket, message, by=by)
    else:
        _turn.go(ticket, status, by=by, message=message)
    touch(ticket, by=by)
    return message


def say_inside(
    ticket: Ticket, words: Words, *, status: Status | None = None, raw_mail: int | None = None, by: Actor
) -> Message:
    """Say it to agents only. The turn stays where it is, unless a status is set with it."""
    message = put(ticket, words, internal=True, raw_mail=raw_mail, by=by)
    record(events.Noted(message.pk), on=ticket, by=by)
    if status is not None:
        _turn.go(ticket, status, by=by)
    touch(ticket, shown=status is not None, by=by)
    return message


def touch(ticket: Ticket, *, shown: bool = True, by: Actor) -> None:
    """Save a ticket that changed: newer, and newer to customers too where they may know of the change.

    An agent's first act on a new ticket makes it an open one.
    """
    read_as = "updated_at" if by.is_agent else "shown_updated_at"
    before = getattr(ticket, read_as)
    ticket.version += 1
    ticket.updated_at = _after(ticket.updated_at, by.at)
    if shown:
        ticket.shown_updated_at = _after(ticket.shown_updated_at, by.at)
        ticket.shown_updated_by = by.person or people.system()
    if ticket.state == State.NEW and policy.is_support(by, ticket) and by.is_agent:
        _turn.go(ticket, _turn.first_status(State.OPEN), by=by)
    _TICKETS.save(ticket)
    if by.person is not None:
        marks.keep_read(by.person, ticket, before, getattr(ticket, read_as))


def _after(last: datetime, at: datetime) -> datetime:
    """When a change counts from: never as early as the last, which somebody may have read already."""
    return max(last + timedelta(microseconds=1), at)
