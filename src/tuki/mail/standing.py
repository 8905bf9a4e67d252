"""Whether mail flows: how long it waits, what nobody has looked at, and when somebody must."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Subquery
from django.utils import timezone

from tuki.desk.models import Desk
from tuki.lib.paging import CAP, capped
from tuki.lib.questions import HowMany, Question, Slot
from tuki.mail.lists import unseen_failures
from tuki.mail.models import LATE_AFTER, Delivery, Outcome, RawMail, Source, State

IN_TOO_LONG = timedelta(minutes=5)
FETCH_TOO_LONG = timedelta(minutes=10)
OUT_TOO_LONG = LATE_AFTER


@dataclass(frozen=True)
class Standing:
    """How mail stands at a moment.

    in_waiting, out_waiting: how long the oldest mail waits to be read, or to leave; news to many, which may take hours,
    only once its server has said: later. quarantined, failed: how many are to be looked at; failed are those that
    nobody has seen to. failing: accounts from which mail has not been fetched for too long. All counts end at
    paging.CAP + 1.
    """

    in_waiting: timedelta = timedelta()
    out_waiting: timedelta = timedelta()
    quarantined: int = 0
    failed: int = 0
    failing: int = 0

    @property
    def in_is_late(self) -> bool:
        return self.in_waiting > IN_TOO_LONG

    @property
    def out_is_late(self) -> bool:
        return self.out_waiting > OUT_TOO_LONG

    @property
    def is_late(self) -> bool:
        """Mail is not where it should be by now, in whichever direction."""
        return self.in_is_late or self.out_is_late or self.failing > 0

    @property
    def alarms(self) -> bool:
        """An administrator should look now."""
        return self.is_late or self.failed > 0

    @property
    def in_waiting_minutes(self) -> int:
        return int(self.in_waiting.total_seconds() // 60)

    @property
    def out_waiting_minutes(self) -> int:
        return int(self.out_waiting.total_seconds() // 60)

    @property
    def quarantined_words(self) -> str:
        return capped(self.quarantined)

    @property
    def failed_words(self) -> str:
        return capped(self.failed)


# By ids, which come in the order of time: so the index of an outcome, or of a state, begins with what waits longest.
_ALL = Question(
    lambda: Desk.objects.values_list(
        Subquery(RawMail.objects.filter(outcome=Outcome.WAITING).order_by("pk").values("received_at")[:1]),
        Subquery(Delivery.objects.filter(state=State.WAITING, bulk=False).order_by("pk").values("due_at")[:1]),
        Subquery(Delivery.objects.filter(state=State.DELAYED).order_by("pk").values("first_tried_at")[:1]),
        HowMany(RawMail.objects.filter(outcome=Outcome.QUARANTINED).values("pk")[: CAP + 1]),
        HowMany(
            Source.objects.filter(enabled=True, retired=False, failing_since__lt=Slot("fails_since", DateTimeField()))
            .order_by()
            .values("pk")
        ),
        HowMany(unseen_failures().order_by().values("pk")[: CAP + 1]),
    )[:1]
)


def standing(now: datetime | None = None) -> Standing:
    """As it is now. One question, so that every page of the workspace can ask it."""
    now = now or timezone.now()
    found = _ALL.first(fails_since=now - FETCH_TOO_LONG)
    if found is None:
        return Standing()
    received, due, tried, quarantined, failing, failed = found
    return Standing(
        in_waiting=_since(received, now=now),
        out_waiting=_since(due, tried, now=now),
        quarantined=quarantined or 0,
        failed=failed or 0,
        failing=failing or 0,
    )


def _since(*moments: datetime | None, now: datetime) -> timedelta:
    return max([timedelta(), *(now - moment for moment in moments if moment is not None)])
