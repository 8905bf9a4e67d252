"""What mail does later: read what came in, send what goes out."""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.db.models import F
from django.utils import timezone

from tuki.jobs.daily import daily
from tuki.jobs.queue import Ending, Later, enqueue, job
from tuki.jobs.worker import LeaseLost
from tuki.journal.via import Via
from tuki.lib.disk import is_full
from tuki.mail import actions, queries, smtp
from tuki.mail.compose import compose
from tuki.mail.decider import the_decider
from tuki.mail.models import DECIDE, SEND, Delivery, Outcome, RawMail, State
from tuki.mail.smtp import Answer, Verdict
from tuki.people.actor import Actor

log = logging.getLogger("tuki.mail")

MOST_READINGS = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
LONGEST_WAIT_FOR_SERVER = timedelta(minutes=5)
GIVES_UP_AFTER = timedelta(days=3)
LOOKS_FOR_SERVER = timedelta(minutes=1)
LOOKS_FOR_ROOM = timedelta(minutes=1)
INSISTS_FOR = timedelta(minutes=10)
KEPT = "kept in the outbox"


@job(DECIDE, priority=40)
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
    RawMail.objects.filter(pk=mail.pk).update(tries=F("tries") + 1)
    try:
        decider(mail, nobody, ending)
    except LeaseLost:
        raise
    except (Later, OperationalError, InterfaceError):
        # It waits for another mail, or the database was busy or gone: no fault of this one's.
        RawMail.objects.filter(pk=mail.pk).update(tries=F("tries") - 1)
        raise
    except Exception as error:
        if is_full(error):  # its files find no room: as little its fault
            RawMail.objects.filter(pk=mail.pk).update(tries=F("tries") - 1)
            raise Later(LOOKS_FOR_ROOM, "the disk is full") from error
        words = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
        RawMail.objects.filter(pk=mail.pk, outcome=Outcome.WAITING).update(reason=words)
        raise


_KILLS = "Reading it ended the process that did, several times."


@job(SEND, priority=40)
def send(delivery: int, *, ending: Ending) -> None:
    """Hand a mail over. Twice only where we die between the server's word that it has it and our commit."""
    mail = queries.delivery(delivery)
    if mail is None:
        return
    if mail.is_over:
        with ending():
            # Somebody may ask for it again at this very moment, and leave it to the job that we are.
            if Delivery.objects.select_for_update().filter(pk=mail.pk, state=State.WAITING).exists():
                enqueue(send, delivery=mail.pk)
        return
    if settings.SMTP is None and not settings.DEMO:
        with ending():
            Delivery.objects.filter(pk=mail.pk, state__in=[State.WAITING, State.DELAYED]).update(parked=True)
            enqueue(unpark, delay=LOOKS_FOR_SERVER, dedupe="mail.unpark")
        return
    answer = Answer(Verdict.TAKEN, KEPT) if settings.DEMO else _hand_over(mail)
    now = timezone.now()
    insists_until = time.monotonic() + INSISTS_FOR.total_seconds()
    while True:
        try:
            with ending():
                _write_down(mail, answer, now)
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
    return smtp.hand_over(mail.from_address, mail.address, content)


def _write_down(mail: Delivery, answer: Answer, now: datetime) -> None:
    """What became of a try. A mail that was stopped meanwhile stays stopped, unless it left."""
    first_tried_at = mail.first_tried_at or now
    changed: dict[str, object] = {
        "tries": F("tries") + 1,
        "last_answer": answer.words.replace("\0", "")[:2000],
        "first_tried_at": first_tried_at,
    }
    if answer.verdict == Verdict.TAKEN:
        Delivery.objects.filter(pk=mail.pk).update(state=State.SENT, sent_at=now, **changed)
        return
    waits = Delivery.objects.filter(pk=mail.pk, state__in=[State.WAITING, State.DELAYED])
    if answer.verdict == Verdict.NEVER or now - first_tried_at >= GIVES_UP_AFTER:
        waits.update(state=State.FAILED, **changed)
    elif waits.update(state=State.DELAYED, **changed):
        longest = LONGEST_WAIT_FOR_SERVER if answer.unreachable else LONGEST_WAIT
        enqueue(send, delay=min(FIRST_WAIT * 2 ** min(mail.tries, 10), longest), delivery=mail.pk)


@job("mail.unpark", priority=60, attempts=30_000)
def unpark(*, ending: Ending) -> None:
    """Once there is a mail server, set on their way the mails that waited for one. One job looks, however many wait."""
    with ending():
        if settings.SMTP is None and not settings.DEMO:
            enqueue(unpark, delay=LOOKS_FOR_SERVER, dedupe="mail.unpark")
            return
        waiting = Delivery.objects.select_for_update().filter(parked=True).order_by("pk")[:200]
        found = [mail.pk for mail in waiting.only("pk")]
        Delivery.objects.filter(pk__in=found).update(parked=False)
        for pk in found:
            enqueue(send, delivery=pk)
        if found:
            enqueue(unpark, dedupe="mail.unpark")


@daily("mail.forget_sign_in")
def forget_sign_in(now: datetime) -> bool:
    """What mails about signing in said, their codes and links, is blanked once none of them works any more."""
    spent = Delivery.objects.filter(entry=None, thread=None, automatic=True, made_at__lt=now - GIVES_UP_AFTER)
    found = list(spent.exclude(text="").values_list("pk", flat=True)[:200])
    return Delivery.objects.filter(pk__in=found).update(text="", html="") == 200
