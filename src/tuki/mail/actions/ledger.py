"""What came in: taken into the ledger, settled, read again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.jobs.queue import enqueue
from tuki.journal.record import record
from tuki.lib.changes import Change, slots
from tuki.lib.questions import Slot
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy, queries
from tuki.mail.actions._taking import Arrival, prepare, write_down
from tuki.mail.models import DECIDE, OPEN, Delivery, Outcome, RawBytes, RawMail, State
from tuki.mail.reasons import written
from tuki.mail.storable import storable
from tuki.mail.trust.authentication import Findings
from tuki.people.actor import Actor


def receive(
    raw: bytes, *, envelope_from: str, envelope_to: Sequence[str], client_ip: str = "", helo: str = "", by: Actor
) -> RawMail:
    """Take a mail into the ledger; when this returns, it survives a power cut. What it is, is decided later.

    client_ip, helo: of the machine that brought it. by: nobody, by mail; its moment is when the mail came.
    """
    return receive_together([Arrival(raw, envelope_from, envelope_to, client_ip, helo)], by=by)[0]


def receive_together(arrivals: Sequence[Arrival], *, by: Actor) -> list[RawMail]:
    """Take several mails into the ledger at the cost of one: all of them, or, where it raises, none."""
    coming = prepare(arrivals, by.at)
    with transaction.atomic():
        return write_down(coming)


def know_sender(mail: RawMail, findings: Findings, *, by: Actor) -> None:
    """Say whether a mail is from its sender. Kept with its end, whichever that is."""
    mail.authenticity, mail.authentication = findings.authenticity, findings.as_json()


def became_ticket(
    mail: RawMail, thread: int, message: int, *, identity: str, calls_for_no_answer: bool, by: Actor
) -> None:
    """Say that a mail began a ticket, in the transaction in which it did.

    identity: by which further copies of it are known; an IntegrityError says that another was settled this very moment.
    """
    mail.calls_for_no_answer = calls_for_no_answer
    _settle(mail, Outcome.TICKET, identity=identity, thread=thread, message=message)


def became_reply(mail: RawMail, thread: int, message: int, *, identity: str, by: Actor) -> None:
    """Say that a mail was said on a ticket. As `became_ticket`."""
    _settle(mail, Outcome.REPLY, identity=identity, thread=thread, message=message)


def ignore(
    mail: RawMail,
    reason: str,
    *,
    about: Mapping[str, object] | None = None,
    identity: str | None = None,
    copy_of: RawMail | None = None,
    by: Actor,
) -> None:
    """Say that nothing becomes of a mail, and why (`mail.reasons`).

    copy_of: the same mail that was first, whose message is its too.
    """
    thread, message = (copy_of.thread, copy_of.message) if copy_of else (None, None)
    _settle(mail, Outcome.IGNORED, reason=reason, about=about, identity=identity, thread=thread, message=message)
    if copy_of and copy_of.is_forgotten:
        _forget_bytes(mail)


def quarantine(
    mail: RawMail,
    reason: str,
    *,
    about: Mapping[str, object] | None = None,
    identity: str | None = None,
    lacks_right: bool = False,
    by: Actor,
) -> None:
    """Set a mail aside for somebody to look at, and say why (`mail.reasons`).

    lacks_right: until its sender may send requests.
    """
    _settle(mail, Outcome.QUARANTINED, reason=reason, about=about, identity=identity, lacks_right=lacks_right)


def _settle(
    mail: RawMail,
    outcome: Outcome,
    *,
    reason: str = "",
    about: Mapping[str, object] | None = None,
    identity: str | None = None,
    thread: int | None = None,
    message: int | None = None,
    lacks_right: bool = False,
) -> None:
    """Checks nothing: the door that read the mail is the only one to ask, and its jobs are fenced."""
    mail.outcome, mail.reason, mail.identity = outcome, storable(reason)[:2000], identity
    mail.reason_about = written(about or {})
    mail.thread, mail.message, mail.lacks_right = thread, message, lacks_right
    _END.make(mail=mail.pk, **{name: getattr(mail, name) for name in _WRITTEN_AT_ITS_END})


_WRITTEN_AT_ITS_END = (
    *("outcome", "reason", "reason_about", "thread", "message", "identity"),
    *("lacks_right", "calls_for_no_answer", "authenticity", "authentication"),
)
_END = Change(
    lambda: RawMail.objects.filter(pk=Slot("mail", BigIntegerField())),
    **slots(RawMail, *_WRITTEN_AT_ITS_END),
)


def run_again(mail: RawMail, *, by: Actor) -> None:
    """Have a mail read once more that was ignored or set aside, or that waits though no job is left to read it.

    Raises Refused for one that became a message, and for one that is about to be read.
    """
    require(policy.may_run_mail(by))
    with transaction.atomic():
        mail = _in_hand(mail)
        if mail.is_forgotten:
            raise Refused(_("What this mail said was removed for good."))
        if mail.is_cut:
            raise Refused(_("Only the beginning of this mail is here. It lies where it was fetched."))
        record(events.MailRunAgain(mail.outcome), on=mail, by=by)
        RawMail.objects.filter(pk=mail.pk).update(
            outcome=Outcome.WAITING, reason="", reason_about={}, tries=0, identity=None, lacks_right=False
        )
        enqueue(DECIDE, raw_mail=mail.pk)


def dismiss(mail: RawMail, *, by: Actor) -> None:
    """Say of a mail that was set aside that nothing is to become of it. `run_again` takes that back."""
    require(policy.may_run_mail(by))
    with transaction.atomic():
        mail = _in_hand(mail)
        if mail.outcome == Outcome.IGNORED:
            raise Refused(_("This mail is ignored already."))
        record(events.MailDismissed(mail.outcome), on=mail, by=by)
        _settle(mail, Outcome.IGNORED, reason=gettext_noop("Marked as ignored by hand."), identity=mail.identity)


def place(mail: RawMail, thread: int, message: int, *, identity: str, by: Actor) -> None:
    """Say that somebody put a mail on a thread by hand, in the transaction in which it became that message."""
    require(policy.may_run_mail(by))
    mail = _in_hand(mail)
    first = queries.same_mail(identity, other_than=mail) is None
    _settle(mail, Outcome.REPLY, identity=identity if first else None, thread=thread, message=message)
    record(events.MailPlaced(thread, message), on=mail, by=by)


def _in_hand(mail: RawMail) -> RawMail:
    """A mail that nothing became of, locked; no job reads it any more. Raises Refused where that can't be had."""
    mail = RawMail.objects.select_for_update().get(pk=mail.pk)
    if mail.outcome in {Outcome.TICKET, Outcome.REPLY}:
        raise Refused(_("This mail became a message already."))
    jobs = Job.objects.filter(kind=DECIDE, args__raw_mail=mail.pk)
    if mail.outcome == Outcome.WAITING and jobs.exclude(state=JobState.FAILED).exists():
        raise Refused(_("This mail is about to be read."))
    jobs.filter(state=JobState.FAILED).delete()
    return mail


def forget(message: int, *, by: Actor) -> None:
    """Remove for good what mails said of a message: the mail it came in by, and those that told of it.

    That there were such mails stays. One that has not left yet is stopped. The caller has checked who may.
    """
    for mail in RawMail.objects.filter(message=message):
        _forget_bytes(mail)
    told = Delivery.objects.filter(message=message)
    told.filter(state__in=OPEN).update(state=State.CANCELLED, parked=False, lane_at=None)
    told.update(subject="", text="", html="", attachments=[], earlier={})
    for thread in told.exclude(thread=None).values_list("thread", flat=True).distinct():
        Delivery.objects.filter(thread=thread, earlier__message=message).update(earlier={})


def _forget_bytes(mail: RawMail) -> None:
    """Checks nothing: its callers have."""
    RawBytes.objects.filter(raw_mail=mail).delete()
    if mail.path and not RawMail.objects.filter(path=mail.path).exclude(pk=mail.pk).exists():
        file = Path(settings.MAIL_RAW_FOLDER) / mail.path
        transaction.on_commit(lambda: file.unlink(missing_ok=True))
    RawMail.objects.filter(pk=mail.pk).update(
        path="", size=0, sha256="", subject="", client_ip="", helo="", authentication={}
    )
