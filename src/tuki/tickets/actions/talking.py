"""Saying something on a ticket, to both sides or among agents."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField
from django.utils.translation import gettext_lazy as _

from tuki.files.models import File
from tuki.jobs.queue import clear_timer, set_timer
from tuki.lib.questions import Question, Slot
from tuki.lib.refusal import Refused, require
from tuki.people.actor import Actor
from tuki.tickets import policy
from tuki.tickets.actions import _saying, _turn
from tuki.tickets.actions._locking import leave, lock, locked
from tuki.tickets.marks import DRAFTS, SEND_DRAFT
from tuki.tickets.models import Draft, Message, State, Status, Ticket

UNDO_FOR = timedelta(seconds=10)


_KEPT = Question(
    lambda: Draft.objects.filter(
        pk=Slot("draft", BigIntegerField()), person=Slot("person", BigIntegerField())
    ).select_related("status")
)


class Overtaken(Refused):
    """Others wrote while this was being written. The writer reads them first, then decides."""


def reply(
    ticket: Ticket,
    body: str,
    *,
    quoted: str = "",
    files: Iterable[File] = (),
    status: Status | None = None,
    raw_mail: int | None = None,
    doubt: str = "",
    by_machine: bool = False,
    by: Actor,
) -> Message:
    """Say something both sides can read. It hands the turn to the other side, or sets the status that is given.

    body, quoted: HTML as the writer typed it, and as their mail program repeated it; kept clean. status: for agents;
    the requester may say with it that the matter is solved. doubt: why it may be somebody else's. by_machine: a program
    of the author's wrote it, which reopens nothing. Raises Denied (403) to those who may not, Refused (409) where the
    ticket takes no more or nothing was said.
    """
    words = _saying.prepare(body, quoted=quoted, files=files)
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_reply(by, ticket))
        require(status is None or policy.may_work(by, ticket) or (_solves(status) and policy.may_edit(by, ticket)))
        if by_machine and ticket.is_solved:
            status = ticket.status
        return _saying.say(ticket, words, status=status, raw_mail=raw_mail, doubt=doubt, by=by)


def _solves(status: Status) -> bool:
    """Not merely of state solved: whether a matter is rejected is support's to say."""
    return status == _turn.first_status(State.SOLVED)


def note(
    ticket: Ticket,
    body: str,
    *,
    files: Iterable[File] = (),
    status: Status | None = None,
    raw_mail: int | None = None,
    by: Actor,
) -> Message:
    """Say something that only agents read. body, files, status as in `reply`."""
    words = _saying.prepare(body, files=files)
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        return _saying.say_inside(ticket, words, status=status, raw_mail=raw_mail, by=by)


def send_soon(draft: Draft, *, seen: int | None = None, by: Actor) -> Draft:
    """Let an agent's draft leave in ten seconds, until when it can be taken back.

    seen: the newest message the agent had before their eyes; raises Overtaken where there is a newer one of somebody
    else's. Raises Denied, and Refused where there is nothing to send.
    """
    with transaction.atomic():
        ticket = locked(draft.ticket, by=by)
        require(policy.may_work(by, ticket))
        kept = _KEPT.first(draft=draft.pk, person=by.person_id)
        if kept is None:
            raise Refused(_("Too late: the reply has been sent."))
        draft = kept
        _saying.prepare(draft.html, files=draft.files.all())
        if draft.status is None or draft.status.state != ticket.state:
            _turn.require_open_to_words(ticket, by=by)
        newer = ticket.messages.filter(pk__gt=seen).exclude(author=by.person) if seen is not None else None
        if newer is not None and newer.exists():
            raise Overtaken(_("Somebody else wrote while you were writing. Read that first, then send again."))
        draft.sends_at = by.at + UNDO_FOR
        draft.held_because = ""
        DRAFTS.save(draft)
        set_timer(SEND_DRAFT, draft.pk, draft.sends_at)
    return draft


def take_back(draft: Draft, *, by: Actor) -> Draft:
    """Keep a reply that was about to leave. Raises Refused once it has left."""
    with transaction.atomic():
        # Under the ticket's lock the moment decides: what is due by now has left.
        locked(draft.ticket, by=by)
        kept = Draft.objects.filter(pk=draft.pk, person=by.person, sends_at__isnull=False).first()
        if kept is None:
            raise Refused(_("Too late: the reply has been sent."))
        clear_timer(SEND_DRAFT, kept.pk)
        begun = Draft.objects.filter(person=by.person, ticket=kept.ticket_id, sends_at=None).first()
        if begun:
            kept.html += begun.html
            kept.files.add(*begun.files.all())
            begun.delete()
        kept.sends_at = None
        kept.save()
    return kept


def send_due_draft(draft: int, *, by: Actor) -> Message | None:
    """Send a draft whose ten seconds are over. by: the system, at the due moment. Sent or taken back: nothing to do."""
    require(by.is_system)
    with transaction.atomic():
        waiting = _DUE.first(draft=draft, at=by.at)
        if waiting is None:
            return None
        ticket = lock(waiting.ticket_id)
        waiting = _DUE.first(draft=draft, at=by.at)
        return leave(ticket, waiting) if waiting else None


_DUE = Question(
    lambda: Draft.objects.filter(
        pk=Slot("draft", BigIntegerField()), sends_at__lte=Slot("at", DateTimeField())
    ).select_related("person", "status")
)
