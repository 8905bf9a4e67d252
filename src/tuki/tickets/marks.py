"""What one person keeps for themselves on a ticket: drafts and read marks. No entry is written of it."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import BigIntegerField, DateTimeField, QuerySet

from tuki.files.models import File
from tuki.files.queries import keeps_uploads
from tuki.lib.changes import Change, Rows
from tuki.lib.html import clean, has_content
from tuki.lib.questions import Question, Slot
from tuki.people.models import Person
from tuki.tickets.models import Draft, ReadMark, Status, Ticket

_MARKS = Rows(ReadMark, one_by=("person", "ticket"))
_OF_PERSON = {"person": Slot("person", BigIntegerField()), "ticket": Slot("ticket", BigIntegerField())}
DRAFTS = Rows(Draft)
_UNSENT = Question(lambda: Draft.objects.filter(**_OF_PERSON, sends_at=None))
_MARK = Question(lambda: ReadMark.objects.filter(**_OF_PERSON))
_READ_STILL = Change(
    lambda: ReadMark.objects.filter(**_OF_PERSON, at__gte=Slot("before", DateTimeField())),
    at=Slot("now", DateTimeField()),
)

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
        draft = _UNSENT.first(person=person.pk, ticket=ticket.pk)
        attached = list(draft.files.all()) if draft else []
        kept = list(files) if files is not None else attached
        if not has_content(html) and not kept:
            if draft:
                draft.delete()
            return None
        draft = draft or Draft(person=person, ticket=ticket)
        draft.html, draft.internal, draft.status, draft.saved_at = html, internal, status, at
        _write(draft)
        if kept or attached:
            draft.files.set(kept)
    return draft


def _write(draft: Draft) -> None:
    if draft.pk is None:
        try:
            with transaction.atomic():
                DRAFTS.add(draft)
            return
        except IntegrityError:  # there is one by now: the page keeps it as it is left, and is sent as well
            [begun] = _UNSENT.ask(person=draft.person_id, ticket=draft.ticket_id)
            draft.pk = begun.pk
    DRAFTS.save(draft)


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
    mark = _MARK.first(person=person.pk, ticket=ticket)
    if mark is None or mark.at < shown:
        with suppress(OperationalError):  # locked, or no room on the disk: what can't be noted can be read all the same
            _MARKS.add(ReadMark(person=person, ticket_id=ticket, at=shown))


def keep_read(person: Person, ticket: Ticket, before: datetime, now: datetime) -> None:
    """What one did oneself is no news: who had read all there was before has read it still."""
    _READ_STILL.make(person=person.pk, ticket=ticket.pk, before=before, now=now)
