"""What became of handing a mail over to its server."""

from datetime import timedelta

from django.db.models import BigIntegerField, DateTimeField, F, TextField

from tuki.journal.record import record
from tuki.lib.changes import Change
from tuki.lib.questions import Slot
from tuki.mail import events
from tuki.mail.actions.suppressing import refused
from tuki.mail.harm import harm_of_words
from tuki.mail.models import OPEN, Delivery, State
from tuki.mail.sending import lanes
from tuki.mail.sending.smtp import Answer, Verdict
from tuki.people.actor import Actor

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
LONGEST_WAIT_FOR_SERVER = timedelta(minutes=5)
GIVES_UP_AFTER = timedelta(days=3)


def tried(mail: Delivery, answer: Answer, *, by: Actor) -> None:
    """Write down what the server said at a try. A mail that was stopped meanwhile stays stopped, unless it left.

    Inside the transaction of whoever tried.
    """
    first_tried_at, words = mail.first_tried_at or by.at, answer.words.replace("\0", "")[:2000]
    if answer.verdict == Verdict.TAKEN:
        _SENT.make(delivery=mail.pk, now=by.at, answer=words, first_tried_at=first_tried_at)
        if mail.told_late:
            record(events.DeliveryLeft(), on=mail, by=by)
        return
    changed: dict[str, object] = {"tries": F("tries") + 1, "last_answer": words, "first_tried_at": first_tried_at}
    row = Delivery.objects.filter(pk=mail.pk)
    row.update(in_hand=False, lane_at=None)
    waits = row.filter(state__in=OPEN)
    if answer.verdict == Verdict.NEVER or by.at - first_tried_at >= GIVES_UP_AFTER:
        if waits.update(state=State.FAILED, **changed):
            record(events.DeliveryFailed(), on=mail, by=by)
            if answer.verdict == Verdict.NEVER:
                refused(mail, answer.words, harm=harm_of_words(answer.words), by=by)
    elif waits.update(state=State.DELAYED, **changed):
        longest = LONGEST_WAIT_FOR_SERVER if answer.unreachable else LONGEST_WAIT
        lanes.line_up(mail, by.at + min(FIRST_WAIT * 2 ** min(mail.tries, 10), longest), by.at)
        if mail.is_late_at(by.at) and not mail.told_late:
            row.update(told_late=True)
            record(events.DeliveryLate(), on=mail, by=by)


_SENT = Change(
    lambda: Delivery.objects.filter(pk=Slot("delivery", BigIntegerField())),
    state=State.SENT,
    in_hand=False,
    lane_at=None,
    sent_at=Slot("now", DateTimeField()),
    tries=F("tries") + 1,
    last_answer=Slot("answer", TextField()),
    first_tried_at=Slot("first_tried_at", DateTimeField()),
)
