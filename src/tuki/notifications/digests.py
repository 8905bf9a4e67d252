"""Daily and weekly mails: who waits for one, and making those that are due.

Whoever waits has a row for each publish. A mail is made of all that is due for somebody, and takes the rows with it in
one transaction: whoever dies has made it and taken them, or neither.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tuki.jobs.queue import set_timer
from tuki.journal.via import Via
from tuki.knowledge.queries import hearing, reading
from tuki.notifications import actions, announcements
from tuki.notifications.announcements import News
from tuki.notifications.followers import Follower, Key, follower
from tuki.notifications.letter import Letter
from tuki.notifications.meant import is_meant
from tuki.notifications.models import Telling, Waiting
from tuki.notifications.mornings import morning_after
from tuki.people import queries as people
from tuki.people.actor import Actor

DIGEST = "notifications.send_digests"
_HELPING = 200  # rows
_TOGETHER = 25  # mails handed over in one transaction


def wait(telling: Telling, readers: Iterable[tuple[Follower, bool]]) -> int:
    """Have people hear of a publish with their next mail: weekly, or daily. How many wait who did not before.

    Checks nothing: its caller holds the telling.
    """
    now = timezone.now()
    due: dict[Key, datetime] = {}
    for reader, weekly in readers:
        morning = morning_after(now, reader.time_zone, weekly=weekly)
        due[reader.key] = min(morning, due.get(reader.key, morning))  # who follows in several ways hears the soonest
    there = Waiting.objects.filter(_of(due), telling=telling)
    known = {(row.person_id, row.address): row for row in there}
    rows = [
        Waiting(telling=telling, person_id=person, address=address, due_at=morning)
        for (person, address), morning in due.items()
        if (person, address) not in known
    ]
    Waiting.objects.bulk_create(rows)
    sooner = [row for key, row in known.items() if due[key] < row.due_at]
    for row in sooner:
        row.due_at = due[row.person_id, row.address]
    Waiting.objects.bulk_update(sooner, ["due_at"])
    # A timer for each morning that somebody waits for: there are as many as time zones.
    for morning in sorted({row.due_at for row in (*rows, *sooner)}):
        set_timer(DIGEST, int(morning.timestamp()), morning)
    return len(rows)


def _of(readers: Iterable[Key]) -> Q:
    readers = list(readers)
    persons = [person for person, _address in readers if person]
    return Q(person__in=persons) | Q(person=None, address__in=[address for _person, address in readers if address])


def are_due(morning: datetime) -> bool:
    """Whether somebody still waits for a mail of a morning."""
    return Waiting.objects.filter(due_at__lte=morning).exists()


def make_some(morning: datetime) -> None:
    """Make the mails of the next helping of those who wait for a morning."""
    mails = _mails(morning)
    for start in range(0, len(mails), _TOGETHER):
        _hand_over([(_digest(key, rows), rows) for key, rows in mails[start : start + _TOGETHER]])


def _mails(morning: datetime) -> list[tuple[Key, list[Waiting]]]:
    """For whom the next helping of mails is, and of what each is made."""
    first = Waiting.objects.filter(due_at__lte=morning).order_by("due_at", "pk")[:_HELPING]
    readers = dict.fromkeys(first.values_list("person_id", "address"))
    waiting: dict[Key, list[Waiting]] = {}
    for row in Waiting.objects.filter(_of(readers), due_at__lte=morning).select_related("telling").order_by("telling"):
        waiting.setdefault((row.person_id, row.address), []).append(row)
    return list(waiting.items())


def _hand_over(mails: list[tuple[Letter | None, list[Waiting]]]) -> None:
    """Make some mails, each with the end of its rows.

    Two mornings may be made at once, after a worker stood still: whoever finds some rows of a mail gone leaves the
    others, which are read again, or they would go without a mail.
    """
    by = Actor(people.system(), Via.RULE)
    wanted = [row.pk for _letter, rows in mails for row in rows]
    with transaction.atomic():
        # All in one order, so that two who wait for each other's rows do not wait for ever.
        there = Waiting.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        held = set(there.values_list("pk", flat=True))
        for letter, rows in mails:
            taken = {row.pk for row in rows}
            if not taken <= held:
                continue
            Waiting.objects.filter(pk__in=taken).delete()
            if letter is not None:
                actions.hand_over(letter, entry=rows[-1].telling_id, by=by)


def _digest(key: Key, rows: list[Waiting]) -> Letter | None:
    """One mail of all that somebody waited for and may still read, each article once; None where nothing is left."""
    news: dict[int, News] = {}
    reader: Follower | None = None
    for row in rows:
        found = _news(key, row.telling)
        if found is not None:
            news.pop(found.showing.article_id, None)  # a correction stands where it came
            news[found.showing.article_id] = found
            reader = reader or follower(found.by)
    return announcements.digest(list(news.values()), reader) if reader else None


def _news(key: Key, telling: Telling) -> News | None:
    revision = hearing.announced(telling.revision_id)
    by = hearing.why_told(revision.translation.article, *key) if revision else None
    reader = follower(by) if by else None
    if revision is None or by is None or reader is None:
        return None
    showing = reading.article(reader.viewer, revision.translation.article_id, reader.language)
    return News(telling, revision, showing, by) if showing is not None and is_meant(telling, showing) else None
