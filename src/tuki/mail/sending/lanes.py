"""Which mail leaves when: each domain has a lane of its own, so that none waits for another's.

A mail is put into the hands of a job while its domain has few there; the rest line up in the lane, without a job, and
follow as those before them leave. So however long one domain's lane is, the queue of jobs stays short. A domain that
says "later" rests, longer each time it says so in a row, and is then tried with one mail.

Bulk, many mails that say the same, keeps no mail waiting that somebody waits for: that goes first in its lane, finds
half of the hands and a fifth of each minute free of bulk, and its jobs go first in the queue.
"""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import BigIntegerField, BooleanField, CharField, DateTimeField, SmallIntegerField
from django.db.models.functions import Least

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.jobs.queue import BULK, KINDS, enqueue
from tuki.lib.changes import Change, slots
from tuki.lib.questions import OneOf, Question, Slot
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
    if at <= now and _has_room(delivery, now):
        _PLACE.make(delivery=delivery.pk, in_hand=True, lane_at=None)
        enqueue(SEND, priority=_priority(SEND, bulk=delivery.bulk), delivery=delivery.pk)
    else:
        line_up(delivery, at, now)


def line_up(delivery: Delivery, at: datetime, now: datetime) -> None:
    """Put a mail into its lane, not to be tried before a moment."""
    _PLACE.make(delivery=delivery.pk, in_hand=False, lane_at=at)
    wake(delivery.domain, at, now, bulk=delivery.bulk)


def rest_no_more(domain: str) -> None:
    """Have a domain that rests tried with one mail."""
    Lane.objects.filter(pk=domain).update(rests_until=None)


def wake(domain: str, at: datetime, now: datetime, *, bulk: bool = False) -> None:
    """Have a lane looked at, at this moment or before. One job at most waits to do so. bulk: for nothing else."""
    priority = _priority(LANE, bulk=bulk)
    key = f"{LANE}:{hashlib.sha256(domain.encode()).hexdigest()[:32]}"
    # Updated even where nothing changes: its lock keeps the job from running before what we put there is to be seen.
    while not _SOONER.make(key=key, at=at, priority=priority):
        enqueue(LANE, dedupe=key, delay=max(at - now, timedelta()), priority=priority, domain=domain)


def _priority(job: str, *, bulk: bool) -> int:
    return BULK if bulk else KINDS[job].priority


_SOONER = Change(
    lambda: Job.objects.filter(dedupe_key=Slot("key", CharField()), state=JobState.READY),
    run_at=Least("run_at", Slot("at", DateTimeField())),
    priority=Least("priority", Slot("priority", SmallIntegerField())),
)
_PLACE = Change(
    lambda: Delivery.objects.filter(pk=Slot("delivery", BigIntegerField())),
    in_hand=Slot("in_hand", BooleanField()),
    lane_at=Slot("lane_at", DateTimeField()),
    parked=False,
)


def _has_room(delivery: Delivery, now: datetime) -> bool:
    if settings.DEMO:
        return True
    lane = _LANE.first(domain=delivery.domain)
    if lane is not None and (lane.opens_at(now, bulk=delivery.bulk) > now or lane.is_careful):
        return False
    if _is_lined_up(delivery.domain, now, {False, delivery.bulk}):
        return False  # those go first
    return _room(_in_hand(delivery.domain), settings.MAIL_PACE[0], bulk=delivery.bulk) > 0


_DOMAIN = Slot("domain", CharField())
_LANE = Question(lambda: Lane.objects.filter(pk=_DOMAIN))
_LINED_UP = Question(
    lambda: Delivery.objects.filter(
        OneOf("bulk", "bulk", BooleanField()), domain=_DOMAIN, lane_at__lte=Slot("now", DateTimeField())
    ).values_list("pk")[:1]
)
_IN_HAND = Question(lambda: Delivery.objects.filter(domain=_DOMAIN, in_hand=True).order_by().values_list("bulk"))


def _is_lined_up(domain: str, now: datetime, bulk: Collection[bool]) -> bool:
    """Whether mails stand in the lane whose turn it is. bulk: which kinds are asked for."""
    return bool(_LINED_UP.ask(domain=domain, now=now, bulk=bulk))


def _in_hand(domain: str) -> list[bool]:
    """Of each mail that jobs have in hand, whether it is bulk: never many more than may be at once."""
    return [bulk for (bulk,) in _IN_HAND.ask(domain=domain)]


def _room(in_hand: list[bool], at_once: int, *, bulk: bool) -> int:
    """How many more jobs may take in hand. Bulk leaves half to others."""
    room = at_once - len(in_hand)
    return min(room, max(1, at_once // 2) - sum(in_hand)) if bulk else room


def move_on(domain: str, now: datetime) -> None:
    """Put those of a lane whose turn it is into the hands of jobs, and see that the lane is looked at again."""
    lane = _locked(domain)
    at_once = 1 if lane.is_careful else settings.MAIL_PACE[0]
    in_hand = _in_hand(domain)
    for bulk in (False, True):
        waiting = Delivery.objects.filter(domain=domain, bulk=bulk, lane_at__isnull=False)
        opens_at = lane.opens_at(now, bulk=bulk)
        room = min(_room(in_hand, at_once, bulk=bulk), lane.left(now, bulk=bulk)) if opens_at <= now else 0
        if room > 0:
            due = waiting.select_for_update().filter(lane_at__lte=now).order_by("lane_at", "pk")[:room]
            found = [delivery.pk for delivery in due.only("pk")]
            Delivery.objects.filter(pk__in=found).update(in_hand=True, lane_at=None)
            for pk in found:
                enqueue(SEND, priority=_priority(SEND, bulk=bulk), delivery=pk)
            in_hand += [bulk] * len(found)
        following = waiting.order_by("lane_at").values_list("lane_at", flat=True).first()
        if following is None:
            continue
        if following <= now and opens_at <= now:
            # Those in hand look after the lane when they have left; if they can't, we do.
            following = now + _LOOKS_AGAIN
        wake(domain, max(following, opens_at), now, bulk=bulk)


def opens_later(delivery: Delivery, now: datetime) -> datetime | None:
    """When a mail in hand may leave, if not now: its domain rests, this minute's are gone, or it is slow and busy."""
    lane = None if settings.DEMO else _LANE.first(domain=delivery.domain)
    if lane is None:
        return None
    if (opens_at := lane.opens_at(now, bulk=delivery.bulk)) > now:
        return opens_at
    before = Delivery.objects.filter(domain=delivery.domain, in_hand=True, pk__lt=delivery.pk)
    return now if lane.is_careful and before.exists() else None


def went(delivery: Delivery, answer: Answer, took: float, now: datetime) -> None:
    """Note how the domain took a mail, and let others follow. The mail is out of hand by then."""
    if not settings.DEMO and not answer.unreachable:
        lane = _locked(delivery.domain)
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
        _WENT.make(**{name: getattr(lane, name) for name in ("domain", *_CHANGES)})
    if _is_lined_up(delivery.domain, now, {False, True}):
        _let_follow(delivery.domain, now)


def _let_follow(domain: str, now: datetime) -> None:
    """Have a lane looked at as soon as half of the hands that there are for what stands in it are free."""
    at_once, in_hand = settings.MAIL_PACE[0], _in_hand(domain)
    for bulk in (False, True):
        has_room = 2 * _room(in_hand, at_once, bulk=bulk) >= _room([], at_once, bulk=bulk)
        if has_room and _is_lined_up(domain, now, {bulk}):
            wake(domain, now, now, bulk=bulk)
            return


_CHANGES = ("minute", "handed", "is_slow", "rests", "rests_until")
_WENT = Change(lambda: Lane.objects.filter(pk=_DOMAIN), **slots(Lane, *_CHANGES))
_LOCKED = Question(lambda: Lane.objects.select_for_update().filter(pk=_DOMAIN))


def _locked(domain: str) -> Lane:
    """A domain's lane, nobody else's until the transaction ends."""
    return _LOCKED.first(domain=domain) or Lane.objects.select_for_update().get_or_create(domain=domain)[0]


def _tell_those_in_line(domain: str, answer: Answer, now: datetime) -> None:
    """What the domain said holds for those in its lane too: pages say why they wait, and their three days begin."""
    untold = Delivery.objects.filter(domain=domain, lane_at__lte=now, first_tried_at=None)
    found = list(untold.order_by("bulk", "lane_at", "pk").values_list("pk", flat=True)[:_TOLD_AT_ONCE])
    words = answer.words.replace("\0", "")[:2000]
    Delivery.objects.filter(pk__in=found).update(first_tried_at=now, last_answer=words)
