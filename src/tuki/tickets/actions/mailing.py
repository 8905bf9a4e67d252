"""Putting on a ticket, by hand, a mail that did not find its way there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.files.models import File
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.lib.refusal import Refused, require
from tuki.mail import actions as mails
from tuki.mail.policy import may_run_mail
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying
from tuki.tickets.actions._locking import locked
from tuki.tickets.models import Message, Ticket

if TYPE_CHECKING:
    from tuki.mail.models import RawMail


def place_mail(
    ticket: Ticket,
    mail: "RawMail",
    body: str,
    *,
    sender: Person | None,
    identity: str,
    quoted: str = "",
    files: Iterable[File] = (),
    by: Actor,
) -> Message:
    """Make a mail of the ledger a message: its sender's, which both sides read, or an internal note of whoever acts.

    sender: whose message it becomes, and whose the files are; None for a note. identity: by which further copies of the
    mail are known. Raises Refused where something became of the mail already, where the ticket takes no more, and for
    a mail that says it is an agent's: a From is easily forged, and nobody speaks for the desk by it.
    """
    words = _saying.prepare(body, quoted=quoted, files=files)
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(may_run_mail(by) and policy.may_work(by, ticket))
        if sender is None:
            message = _saying.say_inside(ticket, words, raw_mail=mail.pk, by=by)
        else:
            author = Actor(sender, Via.EMAIL, by.at)
            if policy.is_support(author, ticket):
                raise Refused(_("This mail says it is from an agent. Put it there as an internal note."))
            message = _saying.say(ticket, words, raw_mail=mail.pk, by=author)
            record(events.MailPlaced(message.pk), on=ticket, by=by)
        mails.place(mail, ticket.pk, message.pk, identity=identity, by=by)
    return message
