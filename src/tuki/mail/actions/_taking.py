"""How a mail gets into the ledger, whichever way it came. Checks nothing: its callers have."""

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tuki.jobs.queue import enqueue
from tuki.lib.changes import Rows
from tuki.mail.addresses import without_tag
from tuki.mail.models import DECIDE, Mailbox, Outcome, RawBytes, RawMail
from tuki.mail.reading.head import head_of
from tuki.mail.storable import storable

_MAILS, _BYTES = Rows(RawMail), Rows(RawBytes)
IN_A_ROW = 1024 * 1024  # a mail up to this many bytes is kept in the database


@dataclass(frozen=True)
class Arrival:
    """A mail as a server hands it to us."""

    raw: bytes
    envelope_from: str
    envelope_to: Sequence[str]
    client_ip: str = ""
    helo: str = ""


@dataclass(frozen=True)
class Coming:
    """A mail that is about to be in the ledger. content: what goes into the database; a larger one is on disk."""

    mail: RawMail
    content: bytes | None


def prepare(arrivals: Sequence[Arrival], at: datetime) -> list[Coming]:
    """Do all that is slow: hash them, read their headers, have the disk hold those that are large."""
    mailboxes = {mailbox.address: mailbox for mailbox in Mailbox.objects.all()}
    return [_prepared(arrival, mailboxes, at) for arrival in arrivals]


def _prepared(arrival: Arrival, mailboxes: Mapping[str, Mailbox], at: datetime) -> Coming:
    large = len(arrival.raw) > IN_A_ROW
    sha256 = hashlib.sha256(arrival.raw).hexdigest()
    if large:
        _keep_file(sha256, arrival.raw)
    head = head_of(arrival.raw)
    mail = RawMail(
        received_at=at,
        mailbox=next(filter(None, (mailboxes.get(without_tag(to)) for to in arrival.envelope_to)), None),
        envelope_from=storable(arrival.envelope_from)[:320],
        envelope_to=[storable(to)[:320] for to in arrival.envelope_to],
        client_ip=arrival.client_ip[:45],
        helo=storable(arrival.helo)[:255],
        size=len(arrival.raw),
        sha256=sha256,
        path=sha256 if large else "",
        sender=head.sender,
        subject=head.subject,
        message_id=head.message_id,
    )
    return Coming(mail, None if large else arrival.raw)


def write_down(coming: Sequence[Coming]) -> list[RawMail]:
    """Write prepared mails into the ledger, in a transaction of the caller's. Those that wait will be read."""
    mails = [one.mail for one in coming]
    _MAILS.add_all(mails)
    if kept := [RawBytes(raw_mail=one.mail, content=one.content) for one in coming if one.content is not None]:
        _BYTES.add_all(kept)
    for mail in mails:
        if mail.outcome == Outcome.WAITING:
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
