"""What one person keeps for themselves on a ticket: drafts and read marks. No entry is written of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db import transaction

from tuki.files.models import File
from tuki.lib.html import clean, has_content
from tuki.people.models import Person
from tuki.tickets.models import Draft, ReadMark, Status, Ticket

SEND_DRAFT = "tickets.send_draft"  # the timer, and the job, that lets a draft leave


def save_draft(
    person: Person,
    ticket: Ticket,
    html: str,
    *,
    internal: bool,
    status: Status | None = None,
    files: Iterable[File] | None = None,
    at: datetime,
) -> Draft | None:
    """Keep what an agent is writing; nothing written and nothing attached is no draft.

    files: the uploads attached so far; None leaves them as they are.
    """
    html = clean(html)
    with transaction.atomic():
        draft = Draft.objects.filter(person=person, ticket=ticket, sends_at=None).first()
        kept = list(files) if files is not None else (list(draft.files.all()) if draft else [])
        if not has_content(html) and not kept:
            if draft:
                draft.delete()
            return None
        if draft is None:
            draft = Draft(person=person, ticket=ticket)
        draft.html, draft.internal, draft.status, draft.saved_at = html, internal, status, at
        draft.save()
        draft.files.set(kept)
    return draft


def discard_draft(person: Person, ticket: Ticket) -> None:
    Draft.objects.filter(person=person, ticket=ticket, sends_at=None).delete()


class Readable(Protocol):
    """A ticket, or what is known of one at a glance."""

    @property
    def pk(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


def mark_read(person: Person, ticket: Readable, at: datetime) -> None:
    """Remember that a person has seen all there was at this moment. Reading again what is read costs no write."""
    mark = ReadMark.objects.filter(person=person, ticket=ticket.pk).first()
    if mark is None or mark.at < min(at, ticket.updated_at):
        ReadMark.objects.update_or_create(person=person, ticket_id=ticket.pk, defaults={"at": at})


def keep_read(ticket: Ticket, before: datetime, person: Person | None) -> None:
    """What one did oneself is no news: who had read all there was before it has read it still."""
    if person is not None:
        ReadMark.objects.filter(person=person, ticket=ticket, at__gte=before).update(at=ticket.updated_at)
