"""Keeping a ticket, or what was said on it, from eyes it is not for."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.files import actions as files_actions
from tuki.files.models import File
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import actions as mail_actions
from tuki.people.actor import Actor
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying
from tuki.tickets.actions._locking import locked
from tuki.tickets.actions.copying import _follow
from tuki.tickets.models import Attachment, FormerText, Message, Ticket


def set_confidential(ticket: Ticket, confidential: bool, *, by: Actor) -> Ticket:
    """Keep a ticket to its assignee, its team and its followers, and from the requester's colleagues; or cease to.

    Whoever does so follows it from then on: nobody hides a ticket from themselves.
    """
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.confidential != confidential:
            ticket.confidential = confidential
            record(events.ConfidentialityChanged(confidential), on=ticket, by=by)
            if confidential and by.is_agent:
                _follow(ticket, by=by)
            _saying.touch(ticket, shown=False, by=by)
    return ticket


def redact_message(message: Message, *, by: Actor) -> None:
    """Remove for good what a message says; that there was one stays. Its files go too, and its mails, in and out.

    With the first message go the subjects that the ticket had before, and one that was made of its words.
    """
    with transaction.atomic():
        ticket = locked(message.ticket, by=by)
        require(policy.may_work(by, ticket))
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.redacted_at:
            return
        for attachment in message.attachments.select_related("file"):
            if not attachment.file.redacted_at:
                files_actions.redact(attachment.file, by=by)
        if not ticket.messages.filter(pk__lt=message.pk).exists():
            FormerText.objects.filter(ticket=ticket).update(text="")
            if ticket.subject == message.excerpt[:80]:
                ticket.subject = str(_("(no subject)"))
                ticket.folded_subject = ticket.subject.casefold()[:400]
        message.html = message.quoted = message.excerpt = ""
        message.redacted_at = by.at
        message.save()
        mail_actions.forget(message.pk, by=by)
        record(events.MessageRedacted(message.pk, of_note=message.internal), on=ticket, by=by)
        _saying.touch(ticket, shown=not message.internal, by=by)


def redact_file(file: File, *, by: Actor) -> None:
    """Remove a file for good; that there was one stays. Mails that carried it, in or out, go with it."""
    attachment = Attachment.objects.select_related("message__ticket").get(file=file)
    with transaction.atomic():
        ticket = locked(attachment.message.ticket, by=by)
        require(policy.may_work(by, ticket))
        file = File.objects.select_for_update().get(pk=file.pk)
        if not file.redacted_at:
            files_actions.redact(file, by=by)
            mail_actions.forget(attachment.message_id, by=by)
            record(events.FileRedacted(file.pk), on=ticket, by=by)
            _saying.touch(ticket, shown=not attachment.message.internal, by=by)


def trash(ticket: Ticket, *, by: Actor) -> Ticket:
    """Put a ticket away: customers see it no longer, agents find it in the trash."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.spam:
            raise Refused(_("This request is put away as spam."))
        if ticket.trashed_at:
            raise Refused(_("This request is in the trash already."))
        ticket.trashed_at = by.at
        record(events.Trashed(), on=ticket, by=by)
        _saying.touch(ticket, shown=False, by=by)
    return ticket


def restore(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a ticket out of the trash, as it was."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.spam:
            raise Refused(_("This request is put away as spam."))
        if ticket.trashed_at:
            ticket.trashed_at = None
            record(events.Restored(), on=ticket, by=by)
            _saying.touch(ticket, shown=False, by=by)
    return ticket
