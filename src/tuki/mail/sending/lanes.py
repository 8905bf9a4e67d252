"""Which mail leaves when: each domain has a lane of its own, so that none waits for another's.

A mail is put into the hands of a job while its domain has few there; the rest line up in the lane, without a job, and
follow as those before them leave. So however long one domain's lane is, the queue of jobs stays short. A domain that
says "later" rests, longer each time it says so in a row, and is then tried with one mail.
"""

import hashlib
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import CharField, DateTimeField, Value
from django.db.models.functions import Least

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.jobs.queue import enqueue
from tuki.lib.questions import Question, Slot
from tuki.mail.models import LANE, SEND, Delivery, Lane
from tuki.mail.sending.smtp import Answer, Verdict

_FIRST_REST, _LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
_SLOW = 3.0  # seconds; a domain whose mails take longer has one of them under way at a time
_LOOKS_AGAIN = timedelta(minutes=1)
_TOLD_AT_ONCE = 200  # the others when it says so the next time
# Said of one address, such as a full mailbox, and not of its domain.
_OF_ADDRESS = re.compile(r"\d{3}[ -]4\.[12]\.")


def set_out(delivery: Delivery, at: datetime, now: datetime) -> None:
    """Give a mail that waits its place: in the hands of a job, where its domain has room by then; else in line."""
    if at <= now and _has_room(delivery.domain, now):
        Delivery.objects.filter(pk=delivery.pk).update(in_hand=True, lane_at=None, parked=False)
        enqueue(SEND, delivery=delivery.pk)
    else:
        line_up(delivery, at, now)


def line_up(delivery: Delivery, at: datetime, now: datetime) -> None:
    """Put a mail into its lane, not to be tried before a moment."""
    Delivery.objects.filter(pk=delivery.pk).update(in_hand=False, lane_at=at, parked=False)
    wake(delivery.domain, at, now)


def rest_no_more(domain: str) -> None:
    """Have a domain that rests tried with one mail."""
    Lane.objects.filter(pk=domain).update(rests_until=None)


def wake(domain: str, at: datetime, now: datetime) -> None:
    """Have a lane looked at, at this moment or before. One job at most waits to do so."""
    key = f"{LANE}:{hashlib.sha256(domain.encode()).hexdigest()[:32]}"
    waiting = Job.objects.filter(dedupe_key=key, state=JobState.READY)
    # Updated even where nothing changes: its lock keeps the job from running before what we put there is to be seen.
    while not waiting.update(run_at=Least("run_at", Value(at, output_field=DateTimeField()))):
        enqueue(LANE, dedupe=key, delay=max(at - now, timedelta()), domain=domain)


def _has_room(domain: str, now: datetime) -> bool:
    if settings.DEMO:
        return True
    lane = _LANE.first(domain=domain)
    if lane is not None and (lane.opens_at(now) > now or lane.is_careful):
        return False
    if _is_lined_up(domain, now):
        return False  # those go first
    return _in_hand(domain) < settings.MAIL_PACE[0]


_DOMAIN = Slot("domain", CharField())
_LANE = Question(lambda: Lane.objects.filter(pk=_DOMAIN))
_LINED_UP = Question(
    lambda: Delivery.objects.filter(domain=_DOMAIN, lane_at__lte=Slot("now", DateTimeField())).values_list("pk")[:1]
)
_IN_HAND = Question(lambda: Delivery.objects.filter(domain=_DOMAIN, in_hand=True).order_by().values_list("pk"))


def _is_lined_up(domain: str, now: datetime) -> bool:
    """Whether mails stand in the lane whose turn it is."""
    return bool(_LINED_UP.ask(domain=domain, now=now))


def _in_hand(domain: str) -> int:
    """How many mails jobs have in hand: never many more than may be at once."""
    return len(_IN_HAND.ask(domain=domain))


def move_on(domain: str, now: datetime) -> None:
    """Put those of a lane whose turn it is into the hands of jobs, and see that the lane is looked at again."""
    lane, _new = Lane.objects.select_for_update().get_or_create(domain=domain)
    waiting = Delivery.objects.filter(domain=domain, lane_at__isnull=False)
    opens_at = lane.opens_at(now)
    at_once = 1 if lane.is_careful else settings.MAIL_PACE[0]
    room = min(at_once - _in_hand(domain), lane.left(now)) if opens_at <= now else 0
    if room > 0:
        due = waiting.select_for_update().filter(lane_at__lte=now).order_by("lane_at", "pk")[:room]
        found = [delivery.pk for delivery in due.only("pk")]
        Delivery.objects.filter(pk__in=found).update(in_hand=True, lane_at=None)
        for pk in found:
            enqueue(SEND, delivery=pk)
    following = waiting.order_by("lane_at").values_list("lane_at", flat=True).first()
    if following is None:
        return
    if following <= now and opens_at <= now:
        following = now + _LOOKS_AGAIN  # those in hand look after the lane when they have left; if they can't, we do
    wake(domain, max(following, opens_at), now)


def opens_later(delivery: Delivery, now: datetime) -> datetime | None:
    """When a mail in hand may leave, if not now: its domain rests, this minute's are gone, or it is slow and busy."""
    lane = None if settings.DEMO else _LANE.first(domain=delivery.domain)
    if lane is None:
        return None
    if (opens_at := lane.opens_at(now)) > now:
        return opens_at
    before = Delivery.objects.filter(domain=delivery.domain, in_hand=True, pk__lt=delivery.pk)
    return now if lane.is_careful and before.exists() else None


def went(delivery: Delivery, answer: Answer, took: float, now: datetime) -> None:
    """Note how the domain took a mail, and let others follow. The mail is out of hand by then."""
    if not settings.DEMO and not answer.unreachable:
        lane, _new = Lane.objects.select_for_update().get_or_create(domain=delivery.domain)
        if lane.minute is None or now - lane.minute >= timedelta(minutes=1):
            lane.minute, lane.handed = now, 0
        lane.handed += 1
        lane.is_slow = took > _SLOW
        if answer.verdict != Verdict.LATER or _OF_ADDRESS.match(answer.words):
            lane.rests, lane.rests_until = 0, None
        elif lane.rests_until is None or lane.rests_until <= now:
            lane.rests_until = now + min(_FIRST_REST * 2 ** min(lane.rests, 10), _LONGEST_REST)
            lane.rests = min(lane.rests + 1, 100)
            _tell_those_in_line(delivery.domain, answer, now)
        lane.save()
    at_once, _a_minute = settings.MAIL_PACE
    if _is_lined_up(delivery.domain, now) and _in_hand(delivery.domain) <= at_once // 2:
        wake(delivery.domain, now, now)


def _tell_those_in_line(domain: str, answer: Answer, now: datetime) -> None:
    """What the domain said holds for those in its lane too: pages say why they wait, and their three days begin."""
    untold = Delivery.objects.filter(domain=domain, lane_at__lte=now, first_tried_at=None)
    found = list(untold.order_by("lane_at", "pk").values_list("pk", flat=True)[:_TOLD_AT_ONCE])
    words = answer.words.replace("\0", "")[:2000]
    Delivery.objects.filter(pk__in=found).update(first_tried_at=now, last_answer=words)
