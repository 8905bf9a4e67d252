"""What is done with mail: taken into the ledger, settled, made, sent again."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.jobs.queue import enqueue
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy, queries
from tuki.mail.addresses import reply_address, without_tag
from tuki.mail.models import DECIDE, SEND, Delivery, Mailbox, Outcome, RawBytes, RawMail, State
from tuki.mail.parse import message_id_of
from tuki.people.actor import Actor

_AT_ONCE = timedelta()
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
                envelope_from=_storable(arrival.envelope_from)[:320],
                envelope_to=[_storable(to)[:320] for to in arrival.envelope_to],
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


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


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
    mail.outcome, mail.reason, mail.identity = outcome, _storable(reason)[:2000], identity
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


def post(
    *,
    kind: str,
    address: str,
    subject: str,
    text: str,
    html: str = "",
    person_id: int | None = None,
    entry_id: int | None = None,
    thread: int | None = None,
    message: int | None = None,
    language: str = "",
    automatic: bool = False,
    attachments: Iterable[Mapping[str, str]] = (),
    from_address: str = "",
    from_name: str = "",
    reply_to: str = "",
    in_reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    by: Actor,
) -> Delivery | None:
    """Make a mail to one address, and have it sent. None where the entry's mail of this kind to this person is made.

    kind: which mail it is. thread, message: numbers of what it tells of; with a thread and a person a reply finds its
    way back, and mail programs show it with what came before. attachments: path in the default storage, name, type
    and, of pictures in the text, cid. from_address: one of the desk's; its own address unless given. in_reply_to: the
    one mail that it answers, where there is no thread to know it from.
    """
    address, desk = _storable(address).strip().lower(), the_desk()
    from_address = from_address or desk.address
    mailbox = queries.mailbox_of(from_address)
    with transaction.atomic():
        if entry_id is not None and _is_made(entry_id, person_id, address, kind):
            return None
        chain = [in_reply_to] if in_reply_to else queries.chain_of(thread, address) if thread is not None else []
        if thread is not None and person_id is not None:
            reply_to = reply_to or reply_address(from_address, thread, person_id)
        try:
            with transaction.atomic():
                delivery = Delivery.objects.create(
                    entry_id=entry_id,
                    person_id=person_id,
                    kind=kind,
                    address=address,
                    message_id=f"<tuki.{secrets.token_hex(12)}@{from_address.rpartition('@')[2]}>",
                    from_name=_storable(from_name or (label(mailbox.labels, language) if mailbox else "") or desk.name),
                    from_address=from_address,
                    reply_to=reply_to,
                    in_reply_to=_storable(chain[-1]) if chain else "",
                    references=_storable(" ".join(chain)),
                    subject=" ".join(_storable(subject).split())[:400],
                    text=_storable(text),
                    html=_storable(html),
                    headers={name: _storable(value) for name, value in (headers or {}).items()},
                    attachments=[_attachment(one) for one in attachments],
                    language=language,
                    automatic=automatic,
                    thread=thread,
                    message=message,
                    made_at=by.at,
                    due_at=due_at or by.at,
                )
        except IntegrityError:
            if entry_id is not None and _is_made(entry_id, person_id, address, kind):
                return None  # by another worker, this moment
            raise
        enqueue(SEND, delay=max(delivery.due_at - by.at, _AT_ONCE), delivery=delivery.pk)
    return delivery


def _is_made(entry_id: int, person_id: int | None, address: str, kind: str) -> bool:
    made = Delivery.objects.filter(entry=entry_id, kind=kind)
    return (made.filter(person=person_id) if person_id is not None else made.filter(address=address)).exists()


def _attachment(given: Mapping[str, str]) -> dict[str, Any]:
    return {key: _storable(given.get(key, "")) for key in ("path", "name", "type", "cid")}


def send_again(delivery: Delivery, *, by: Actor) -> None:
    """Send a mail that failed, came back or was stopped; or try one now that is delayed. Raises Refused for others."""
    require(policy.may_run_mail(by))
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state in {State.SENT, State.WAITING}:
            raise Refused(_("This mail is on its way, or was sent."))
        record(events.DeliverySentAgain(delivery.state), on=delivery, by=by)
        # One job at most has a delivery in hand: a second would send it twice.
        jobs = _jobs_of(delivery)
        if not jobs.exists():
            enqueue(SEND, delivery=delivery.pk)
        jobs.filter(state=JobState.READY).update(run_at=by.at)
        Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, tries=0, first_tried_at=None, parked=False)


def cancel(delivery: Delivery, *, by: Actor) -> None:
    """Stop a mail that has not left yet. One that is being handed over at this moment may still leave, and says so."""
    require(policy.may_run_mail(by))
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.is_over:
            raise Refused(_("This mail is not waiting to be sent."))
        record(events.DeliveryCancelled(), on=delivery, by=by)
        _jobs_of(delivery).filter(state=JobState.READY).delete()
        Delivery.objects.filter(pk=delivery.pk).update(state=State.CANCELLED, parked=False)


def _jobs_of(delivery: Delivery) -> Any:
    return Job.objects.filter(kind=SEND, args__delivery=delivery.pk)


def bounced(delivery: Delivery, words: str, *, permanent: bool, by: Actor) -> None:
    """Note on a mail of ours what a server said of it later. by: nobody, by mail."""
    changed: dict[str, object] = {"last_answer": _storable(words)[:2000]}
    if permanent:
        changed["state"] = State.BOUNCED
    Delivery.objects.filter(pk=delivery.pk, state__in=[State.SENT, State.BOUNCED]).update(**changed)


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
