"""Putting away what nobody should have to read, and taking it back.

Spam is hidden as trash is: from customers, from every list but its own and from all counts, and no mail tells of it.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import actions as mail_actions
from tuki.people.actor import Actor
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying
from tuki.tickets.actions._locking import locked
from tuki.tickets.models import Ticket


def mark_as_spam(ticket: Ticket, *, block: bool = False, by: Actor) -> Ticket:
    """Put a ticket among the spam. Mails about it that have not left don't; its sender is told nothing.

    block: what its requester sends from now on is spam too. Raises Refused where the requester can't be blocked.
    """
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.spam:
            raise Refused(_("This request is marked as spam already."))
        if block:
            mail_actions.block_sender(ticket.requester.email, by=by)
        ticket.spam, ticket.trashed_at = True, by.at
        mail_actions.stop_thread(ticket.pk, by=by)
        record(events.MarkedAsSpam(block), on=ticket, by=by)
        _saying.touch(ticket, shown=False, by=by)
    return ticket


def mark_as_no_spam(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a ticket back among the others, as it was. Its requester is blocked no longer."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.spam:
            ticket.spam, ticket.trashed_at = False, None
            mail_actions.unblock_sender(ticket.requester.email, by=by)
            record(events.FoundNoSpam(), on=ticket, by=by)
            _saying.touch(ticket, shown=False, by=by)
    return ticket
