"""What came in: taken into the ledger, settled, read again."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.jobs.queue import enqueue
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy
from tuki.mail.addresses import without_tag
from tuki.mail.models import DECIDE, Delivery, Mailbox, Outcome, RawBytes, RawMail, State
from tuki.mail.parse import message_id_of
from tuki.mail.storable import storable
from tuki.people.actor import Actor

IN_A_ROW = 1024 * 1024  # a mail up to this many bytes is kept in the database


@dataclass(frozen=True)
class Arrival:
    """A mail as a server hands it to us."""

    raw: bytes
    envelope_from: str
    envelope_to: Sequence[str]


def receive(raw: bytes, *, envelope_from: str, envelope_to: Sequence[str], by: Actor) -> RawMail:
    """Take a mail into the ledger; when this returns, it survives a power cut. What it is, is decided later.

    by: nobody, by mail; its moment is when the mail came.
    """
    return receive_together([Arrival(raw, envelope_from, envelope_to)], by=by)[0]


def receive_together(arrivals: Sequence[Arrival], *, by: Actor) -> list[RawMail]:
    """Take several mails into the ledger at the cost of one: all of them, or, where it raises, none."""
    mailboxes = {mailbox.address: mailbox for mailbox in Mailbox.objects.all()}
    mails, contents = [], []
    for arrival in arrivals:
        large = len(arrival.raw) > IN_A_ROW
        sha256 = hashlib.sha256(arrival.raw).hexdigest()
        if large:
            _keep_file(sha256, arrival.raw)
        mails.append(
            RawMail(
                received_at=by.at,
                mailbox=next(filter(None, (mailboxes.get(without_tag(to)) for to in arrival.envelope_to)), None),
                envelope_from=storable(arrival.envelope_from)[:320],
                envelope_to=[storable(to)[:320] for to in arrival.envelope_to],
                size=len(arrival.raw),
                sha256=sha256,
                path=sha256 if large else "",
                message_id=message_id_of(arrival.raw),
            )
        )
        contents.append(None if large else arrival.raw)
    with transaction.atomic():
        mails = RawMail.objects.bulk_create(mails)
        RawBytes.objects.bulk_create(
            RawBytes(raw_mail=mail, content=content)
            for mail, content in zip(mails, contents, strict=True)
            if content is not None
        )
        for mail in mails:
            enqueue(DECIDE, raw_mail=mail.pk)
    return mails


def _keep_file(name: str, content: bytes) -> None:
    """Have the disk hold a large mail before a row says so. Written again where it stands already: it may be half-made.

    A file whose row never came does no harm; the mail will be sent again and find its place taken by itself.
    """
    folder = Path(settings.MAIL_RAW_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="coming-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(folder / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def became_ticket(mail: RawMail, thread: int, message: int, *, identity: str, by: Actor) -> None:
    """Say that a mail began a ticket, in the transaction in which it did.

    identity: by which further copies of it are known; an IntegrityError says that another was settled this very moment.
    """
    _settle(mail, Outcome.TICKET, identity=identity, thread=thread, message=message)


def became_reply(mail: RawMail, thread: int, message: int, *, identity: str, by: Actor) -> None:
    """Say that a mail was said on a ticket. As `became_ticket`."""
    _settle(mail, Outcome.REPLY, identity=identity, thread=thread, message=message)


def ignore(
    mail: RawMail, reason: str, *, identity: str | None = None, copy_of: RawMail | None = None, by: Actor
) -> None:
    """Say that nothing becomes of a mail, and why. copy_of: the same mail that was first, whose message is its too."""
    thread, message = (copy_of.thread, copy_of.message) if copy_of else (None, None)
    _settle(mail, Outcome.IGNORED, reason=reason, identity=identity, thread=thread, message=message)
    if copy_of and copy_of.is_forgotten:
        _forget_bytes(mail)


def quarantine(mail: RawMail, reason: str, *, identity: str | None = None, by: Actor) -> None:
    """Set a mail aside for somebody to look at, and say why."""
    _settle(mail, Outcome.QUARANTINED, reason=reason, identity=identity)


def _settle(
    mail: RawMail,
    outcome: Outcome,
    *,
    reason: str = "",
    identity: str | None = None,
    thread: int | None = None,
    message: int | None = None,
) -> None:
    """Checks nothing: the door that read the mail is the only one to ask, and its jobs are fenced."""
    mail.outcome, mail.reason, mail.identity = outcome, storable(reason)[:2000], identity
    mail.thread, mail.message = thread, message
    mail.save(update_fields=["outcome", "reason", "thread", "message", "identity"])


def run_again(mail: RawMail, *, by: Actor) -> None:
    """Have a mail read once more that was ignored or set aside, or that waits though no job is left to read it.

    Raises Refused for one that became a message, and for one that is about to be read.
    """
    require(policy.may_run_mail(by))
    with transaction.atomic():
        mail = RawMail.objects.select_for_update().get(pk=mail.pk)
        if mail.outcome in {Outcome.TICKET, Outcome.REPLY}:
            raise Refused(_("This mail became a message already."))
        jobs = Job.objects.filter(kind=DECIDE, args__raw_mail=mail.pk)
        if mail.outcome == Outcome.WAITING and jobs.exclude(state=JobState.FAILED).exists():
            raise Refused(_("This mail is about to be read."))
        record(events.MailRunAgain(mail.outcome), on=mail, by=by)
        jobs.filter(state=JobState.FAILED).delete()
        RawMail.objects.filter(pk=mail.pk).update(outcome=Outcome.WAITING, reason="", tries=0, identity=None)
        enqueue(DECIDE, raw_mail=mail.pk)


def forget(message: int, *, by: Actor) -> None:
    """Remove for good what mails said of a message: the mail it came in by, and those that told of it.

    That there were such mails stays. One that has not left yet is stopped. The caller has checked who may.
    """
    for mail in RawMail.objects.filter(message=message):
        _forget_bytes(mail)
    told = Delivery.objects.filter(message=message)
    told.filter(state__in=[State.WAITING, State.DELAYED]).update(state=State.CANCELLED, parked=False)
    told.update(subject="", text="", html="", attachments=[])


def _forget_bytes(mail: RawMail) -> None:
    """Checks nothing: its callers have."""
    RawBytes.objects.filter(raw_mail=mail).delete()
    if mail.path and not RawMail.objects.filter(path=mail.path).exclude(pk=mail.pk).exists():
        file = Path(settings.MAIL_RAW_FOLDER) / mail.path
        transaction.on_commit(lambda: file.unlink(missing_ok=True))
    RawMail.objects.filter(pk=mail.pk).update(path="", size=0, sha256="")
