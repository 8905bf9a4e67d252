"""Every verb's first step: the ticket under its lock, with all that was due on it settled."""

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField
from django.utils.translation import gettext as _

from tuki.jobs.queue import clear_timer
from tuki.lib.changes import Removal
from tuki.lib.questions import Question, Slot
from tuki.lib.refusal import Denied, Refused
from tuki.people.actor import Actor
from tuki.tickets import policy
from tuki.tickets.actions import _saying
from tuki.tickets.marks import SEND_DRAFT
from tuki.tickets.models import Draft, Message, Ticket

_TICKET = Slot("ticket", BigIntegerField())
_LOCKED = Question(
    lambda: Ticket.objects.select_for_update(of=("self",)).select_related("requester", "status").filter(pk=_TICKET)
)
_DUE = Question(
    lambda: Draft.objects.filter(ticket=_TICKET, sends_at__lte=Slot("at", DateTimeField())).order_by("sends_at", "pk")
)

_SENT = Removal(lambda: Draft.objects.filter(pk=Slot("draft", BigIntegerField())))
_LET_FILES_GO = Removal(lambda: Draft.files.through.objects.filter(draft=Slot("draft", BigIntegerField())))


def locked(ticket: Ticket, *, by: Actor) -> Ticket:
    """The ticket as it is now, nobody else's until the transaction ends. What was due before `by.at` has happened."""
    ticket = lock(ticket.pk)
    for draft in _DUE.ask(ticket=ticket.pk, at=by.at):
        leave(ticket, draft)
    return ticket


def lock(ticket: int) -> Ticket:
    """The ticket, locked, with what is due on it still to be settled."""
    [found] = _LOCKED.ask(ticket=ticket)
    return found


def leave(ticket: Ticket, draft: Draft) -> Message | None:
    """Send a draft whose moment has come, as if at that moment. One that can't go stays, with the reason.

    The ticket is locked by the caller.
    """
    assert draft.sends_at is not None
    author = Actor(draft.person, at=draft.sends_at)
    clear_timer(SEND_DRAFT, draft.pk)
    try:
        with transaction.atomic():
            if not policy.may_work(author, ticket):
                raise Denied
            words = _saying.prepare(draft.html, files=draft.files.all())
            message = _saying.say(ticket, words, status=draft.status, by=author)
    except (Denied, Refused) as refusal:
        _keep(draft, str(refusal))
        return None
    _LET_FILES_GO.make(draft=draft.pk)
    _SENT.make(draft=draft.pk)
    return message


def _keep(draft: Draft, why: str) -> None:
    """Make it an unsent draft again; what was begun meanwhile is put behind it, so that nothing is lost."""
    begun = Draft.objects.filter(person=draft.person, ticket=draft.ticket_id, sends_at=None).first()
    if begun:
        draft.html += begun.html
        draft.files.add(*begun.files.all())
        begun.delete()
    draft.sends_at = None
    draft.held_because = _("Not sent: %(why)s") % {"why": why}
    draft.save()
