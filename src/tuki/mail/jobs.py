"""What mail does later: read what came in, send what goes out."""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.db.models import BigIntegerField, F, IntegerField, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from tuki.jobs.daily import daily
from tuki.jobs.queue import Ending, Later, enqueue, job
from tuki.jobs.worker import LeaseLost
from tuki.journal.via import Via
from tuki.lib.changes import Change
from tuki.lib.disk import is_full
from tuki.lib.questions import Slot
from tuki.mail import actions, queries
from tuki.mail.actions.leaving import GIVES_UP_AFTER
from tuki.mail.addresses import return_address
from tuki.mail.decider import the_decider
from tuki.mail.models import DECIDE, LANE, OPEN, SEND, Delivery, Outcome, RawMail, State
from tuki.mail.permission import is_still_theirs
from tuki.mail.sending import lanes, smtp
from tuki.mail.sending.compose import compose
from tuki.mail.sending.signing import signed
from tuki.mail.sending.smtp import Answer, Verdict
from tuki.people.actor import Actor

log = logging.getLogger("tuki.mail")

MOST_READINGS = 5
LOOKS_FOR_SERVER = timedelta(minutes=1)
LOOKS_FOR_ROOM = timedelta(minutes=1)
INSISTS_FOR = timedelta(minutes=10)
KEPT = "kept in the outbox"


@job(DECIDE, priority=40, waits_for_disk=False)
def decide(raw_mail: int, *, ending: Ending) -> None:
    """Read a mail of the ledger and do what it asks for. One that can't be read is set aside after a few tries."""
    mail = queries.raw_mail(raw_mail)
    if mail is None or mail.outcome != Outcome.WAITING:
        return
    decider = the_decider()
    if decider is None:
        raise Later(timedelta(minutes=1), "no door for mail is open")
    nobody = Actor(None, Via.EMAIL, mail.received_at)
    if mail.tries >= MOST_READINGS:
        with ending():
            actions.quarantine(mail, mail.reason or _KILLS, by=nobody)
        return
    # Before it is read: what kills the process that reads it must not come back for ever.
    if mail.pk not in _counted:
        _COUNT.make(mail=mail.pk, by=1)
    _counted.discard(mail.pk)
    try:
        decider(mail, nobody, ending)
    except LeaseLost:
        raise
    except (Later, OperationalError, InterfaceError):
        # It waits for another mail, or the database was busy or gone: no fault of this one's.
        _take_back(mail.pk)
        raise
    except Exception as error:
        if is_full(error):  # its files find no room: as little its fault
            _take_back(mail.pk)
            raise Later(LOOKS_FOR_ROOM, "the disk is full") from error
        words = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
        RawMail.objects.filter(pk=mail.pk, outcome=Outcome.WAITING).update(reason=words)
        raise


def _take_back(mail: int) -> None:
    """This reading does not count. Where not even that can be written, it stands for the next one."""
    try:
        _COUNT.make(mail=mail, by=-1)
    except (OperationalError, InterfaceError):
        _counted.add(mail)


_counted: set[int] = set()  # mails of which a reading is counted that this process has lived through
_COUNT = Change(
    lambda: RawMail.objects.filter(pk=Slot("mail", BigIntegerField())), tries=F("tries") + Slot("by", IntegerField())
)
_KILLS = gettext_noop("Reading it ended the process that did, several times.")


@job(SEND, priority=40)
def send(delivery: int, *, ending: Ending) -> None:
    """Hand a mail over. Twice only where we die between the server's word that it has it and our commit."""
    mail = queries.delivery(delivery)
    if mail is None:
        return
    now = timezone.now()
    if mail.is_over:
        with ending():
            # Somebody may ask for it again at this very moment, and leave it to the job that we are.
            again = Delivery.objects.select_for_update().filter(pk=mail.pk, state=State.WAITING).exists()
            Delivery.objects.filter(pk=mail.pk).update(in_hand=again)
            if again:
                enqueue(send, delivery=mail.pk)
        return
    held = queries.holds_back(
        mail.address, automatic=mail.automatic, asked_for=mail.entry_id is None and mail.thread is None
    )
    if held is not None:
        with ending():
            actions.hold_back(mail, held, by=_nobody(now))
            lanes.wake(mail.domain, now, now)
        return
    if settings.SMTP is None and not settings.DEMO:
        with ending():
            _park(Delivery.objects.filter(pk=mail.pk))
            lanes.wake(mail.domain, now, now)
        return
    if not is_still_theirs(mail):
        with ending():
            actions.withhold(mail, by=_nobody(now))
            lanes.wake(mail.domain, now, now)
        return
    if opens_at := lanes.opens_later(mail, now):
        with ending():
            if Delivery.objects.select_for_update().filter(pk=mail.pk, state__in=OPEN).exists():
                lanes.line_up(mail, opens_at, now)
            else:
                Delivery.objects.filter(pk=mail.pk).update(in_hand=False)
        return
    began = time.monotonic()
    answer = Answer(Verdict.TAKEN, KEPT) if settings.DEMO else _hand_over(mail)
    took, now = time.monotonic() - began, timezone.now()
    insists_until = time.monotonic() + INSISTS_FOR.total_seconds()
    while True:
        try:
            with ending():
                actions.tried(mail, answer, by=_nobody(now))
                lanes.went(mail, answer, took, now)
            return
        except (OperationalError, InterfaceError):
            # The database is locked, full or gone. A mail that left and is not written down would leave once more.
            if answer.verdict != Verdict.TAKEN or time.monotonic() > insists_until:
                raise
            log.warning("delivery %d has left and can't be written down yet", mail.pk, exc_info=True)
            close_old_connections()
            time.sleep(1)


def _hand_over(mail: Delivery) -> Answer:
    try:
        content = compose(mail)
    except FileNotFoundError as error:
        return Answer(Verdict.NEVER, f"an attachment is gone: {error.filename or error}")
    except (ValueError, LookupError, UnicodeError) as error:
        log.exception("delivery %d can't be written", mail.pk)
        return Answer(Verdict.NEVER, f"the mail can't be written: {error}")
    except Exception as error:
        # A fault of ours, or of the disk's. Were the job to fail for good, the mail would stay in hand for ever.
        log.exception("delivery %d can't be written", mail.pk)
        return Answer(Verdict.LATER, f"the mail can't be written: {error}", unreachable=True)
    try:
        content = signed(content, mail.from_address, mail.made_at)
    except OSError as error:
        log.exception("delivery %d can't be signed", mail.pk)
        return Answer(Verdict.LATER, f"the mail can't be signed: {error}", unreachable=True)
    return smtp.hand_over(return_address(mail), mail.address, content)


def _nobody(now: datetime) -> Actor:
    return Actor(None, Via.RULE, now)


@job(LANE, priority=40, attempts=30_000, waits_for_disk=False)
def lane(domain: str, *, ending: Ending) -> None:
    """See whose turn it is on the way to a domain."""
    with ending():
        if settings.SMTP is None and not settings.DEMO:
            _park(Delivery.objects.filter(domain=domain, lane_at__isnull=False))
        else:
            lanes.move_on(domain, timezone.now())


def _park(mails: QuerySet[Delivery]) -> None:
    """Set mails aside until there is a server, with one job that looks for one, however many wait."""
    mails.update(in_hand=False)
    if mails.filter(state__in=OPEN).update(parked=True, lane_at=None):
        enqueue(unpark, delay=LOOKS_FOR_SERVER, dedupe="mail.unpark")


@job("mail.unpark", attempts=30_000)
def unpark(*, ending: Ending) -> None:
    """Once there is a mail server, put the mails that waited for one into their lanes."""
    with ending():
        if settings.SMTP is None and not settings.DEMO:
            enqueue(unpark, delay=LOOKS_FOR_SERVER, dedupe="mail.unpark")
            return
        now = timezone.now()
        waiting = Delivery.objects.select_for_update().filter(parked=True).order_by("pk")[:200]
        found = list(waiting.only("pk", "domain"))
        Delivery.objects.filter(pk__in=[mail.pk for mail in found]).update(parked=False, lane_at=now)
        for domain in sorted({mail.domain for mail in found}):
            lanes.wake(domain, now, now)
        if found:
            enqueue(unpark, dedupe="mail.unpark")


@daily("mail.forget_sign_in")
def forget_sign_in(now: datetime) -> bool:
    """What mails about signing in said, their codes and links, is blanked once none of them works any more."""
    spent = Delivery.objects.filter(entry=None, thread=None, automatic=True, made_at__lt=now - GIVES_UP_AFTER)
    found = list(spent.exclude(text="").values_list("pk", flat=True)[:200])
    return Delivery.objects.filter(pk__in=found).update(text="", html="") == 200
