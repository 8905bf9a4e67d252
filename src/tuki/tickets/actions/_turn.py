"""Whose turn it is: how a ticket changes state. Nothing here asks for rights or takes a lock; its callers have."""

from django.db.models import CharField
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.questions import Question, Slot
from tuki.lib.refusal import Refused
from tuki.people.actor import Actor
from tuki.tickets import events, policy
from tuki.tickets.actions._handing_on import hand_on
from tuki.tickets.models import UNSOLVED, Message, State, Status, Ticket
from tuki.tickets.queries.leaving import departure_of

_FIRST = Question(lambda: Status.objects.filter(state=Slot("state", CharField()), retired=False)[:1])


def first_status(state: str) -> Status:
    """What the machine sets by itself for a state."""
    [status] = _FIRST.ask(state=state)
    return status


def pass_turn(ticket: Ticket, message: Message, *, by: Actor) -> None:
    """Give the turn to whoever did not just speak."""
    if policy.is_support(by, ticket):
        if ticket.state in {State.NEW, State.OPEN}:
            go(ticket, first_status(State.PENDING), by=by, message=message)
    elif ticket.state in {State.PENDING, State.HOLD, State.SOLVED}:
        go(ticket, first_status(State.OPEN), by=by, message=message)


def go(ticket: Ticket, status: Status, *, by: Actor, message: Message | None = None) -> None:
    """Set a status, and record it as what it means: solved, reopened, or neither."""
    if status.pk == ticket.status_id:
        return
    old_status, old_state = ticket.status_id, ticket.state
    ticket.status, ticket.state = status, status.state
    ticket.ours = status.state in {State.NEW, State.OPEN}
    if _side(old_state) != _side(status.state):
        ticket.turn_since = by.at
    was_solved, is_solved = old_state not in UNSOLVED, status.state not in UNSOLVED
    if is_solved and not was_solved:
        ticket.solved_at = by.at
        change: events.TicketEvent = events.Solved(old_status, status.pk, message.pk if message else None)
    elif was_solved and not is_solved:
        ticket.solved_at = None
        if ticket.assignee is not None and not ticket.assignee.is_active:
            hand_on(ticket, departure_of(ticket.assignee), by=by)
        change = events.Reopened(old_status, status.pk)
    else:
        change = events.StatusChanged(old_status, status.pk)
    record(change, on=ticket, by=by)


def _side(state: str) -> str:
    if state in {State.NEW, State.OPEN}:
        return "ours"
    return "theirs" if state == State.PENDING else state


def require_open_to_words(ticket: Ticket, *, by: Actor) -> None:
    """Raise Refused where a ticket takes no more messages: a follow-up is the way then. Spam is to be none first."""
    if ticket.spam:
        raise Refused(
            _("This request is put away as spam, and nobody would get a reply. Say first that it is no spam.")
        )
    if policy.is_closed_to(by, ticket):
        raise Refused(_("This request is closed. Please send a new one and mention this number."))
