"""What one person keeps for themselves on a ticket: drafts and read marks. No entry is written of it."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from tuki.files.models import File
from tuki.files.queries import keeps_uploads
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
        if draft is None:  # or there is one by now: the page keeps it as it is left, and is sent as well
            draft, _new = Draft.objects.get_or_create(
                person=person, ticket=ticket, sends_at=None, defaults={"saved_at": at}
            )
        draft.html, draft.internal, draft.status, draft.saved_at = html, internal, status, at
        draft.save()
        draft.files.set(kept)
    return draft


@keeps_uploads
def _files_of_drafts() -> QuerySet[Any, Any]:
    """What is attached to a draft waits with it, however long that lies."""
    return Draft.objects.filter(files__isnull=False).values("files")


def discard_draft(person: Person, ticket: Ticket) -> None:
    Draft.objects.filter(person=person, ticket=ticket, sends_at=None).delete()


def mark_read(person: Person, ticket: int, shown: datetime) -> None:
    """Remember up to which change a person has seen a ticket. Reading again what is read costs no write.

    ticket: its id. shown: when what they were shown last changed. Not when they looked: a mail that came before that
    may become a message only after it.
    """
    mark = ReadMark.objects.filter(person=person, ticket=ticket).first()
    if mark is None or mark.at < shown:
        with suppress(OperationalError):  # locked, or no room on the disk: what can't be noted can be read all the same
            ReadMark.objects.update_or_create(person=person, ticket_id=ticket, defaults={"at": shown})


def keep_read(person: Person, ticket: Ticket, before: datetime, now: datetime) -> None:
    """What one did oneself is no news: who had read all there was before has read it still."""
    ReadMark.objects.filter(person=person, ticket=ticket, at__gte=before).update(at=now)
