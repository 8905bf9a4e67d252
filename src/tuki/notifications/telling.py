"""Telling followers of a publish, helping by helping.

A helping is read and its letters are written outside any transaction; they are handed over a few at a time, and with
each few the telling's cursor moves on. Whoever dies anywhere has handed over whole groups only, and whoever goes on
begins behind the last of them. Two who walk at once hold the cursor against what they saw of it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tuki.journal.via import Via
from tuki.knowledge import policy
from tuki.knowledge.queries import following, hearing, reading
from tuki.notifications import actions, announcements, digests
from tuki.notifications.followers import Follower, Key, follower, key_of
from tuki.notifications.letter import Letter
from tuki.notifications.meant import is_meant
from tuki.notifications.models import Telling
from tuki.people import queries as people
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.knowledge.models import Article, Following, Revision, Showing

HELPING = 200
TOGETHER = 25  # mails handed over in one transaction: on SQLite nobody else writes meanwhile


def tell_some(entry: int) -> bool:
    """Tell the next helping; whether there may be more."""
    telling = Telling.objects.filter(pk=entry, ended_at=None).first()
    if telling is None:
        return False
    revision = hearing.announced(telling.revision_id)
    if revision is None or _is_overtaken(telling):
        return _end(telling)
    article = revision.translation.article
    if telling.followers is None:
        telling.followers, telling.last = hearing.how_many(article)
        telling.save(update_fields=["followers", "last"])
    rows = hearing.some_followers(article, telling.cursor, telling.last, HELPING)
    told = _written(telling, revision, rows)
    for start in range(0, len(rows), TOGETHER):
        if not _hand_over(telling, rows[start : start + TOGETHER], told):
            return True
    return True if len(rows) == HELPING else _end(telling)


def _is_overtaken(telling: Telling) -> bool:
    """What has been published and told of since says it better: who has not been told yet hears only that."""
    newer = Telling.objects.filter(article=telling.article_id, language=telling.language, pk__gt=telling.pk)
    return newer.exists()


@dataclass(frozen=True)
class _Told:
    """What is to be done for the followings of a helping, by their ids."""

    letters: dict[int, Letter]
    later: dict[int, tuple[Follower, bool]]  # who hears in the morning, and whether weekly


def _written(telling: Telling, revision: "Revision", rows: "list[Following]") -> _Told:
    article = revision.translation.article
    if not rows:
        return _Told({}, {})
    at_once = hearing.told_at_once(article, rows)
    known = _Known(telling, article)
    twice = _told_as_persons(article, rows, known)
    told, seen = _Told({}, {}), set()
    for row in rows:
        key, reader = key_of(row), follower(row)
        if reader is None or key in seen or row.address in twice or not (showing := known.showing(reader)):
            continue
        if key not in at_once:
            told.later[row.pk] = reader, row.pace == "weekly"
        else:
            seen.add(key)
            told.letters[row.pk] = announcements.published(
                telling, revision, showing, reader, row, known.name(reader, row)
            )
    return told


def _told_as_persons(article: "Article", rows: "list[Following]", known: "_Known") -> set[str]:
    """Those of the addresses that follow whose owner hears of it as a person, and need not twice. Who follows as a
    person and gets nothing by that, as where the account is closed, hears by the address."""
    theirs = hearing.followed_by_owners(article, [row.address for row in rows if row.address])
    owners = {row.person_id: reader for row in theirs if (reader := follower(row)) is not None}
    return {reader.address for reader in owners.values() if known.showing(reader)}


class _Known:
    """What each follower gets of an article now, and what they know what they follow by.

    It is asked for once for all who are let in by the same audiences: they see the same. Which those are is worked out
    once for each reader.
    """

    def __init__(self, telling: Telling, article: "Article") -> None:
        self._telling, self._article = telling, article
        self._showings: dict[object, Showing | None] = {}
        self._names: dict[object, str] = {}
        self._sights: dict[Key, object] = {}

    def showing(self, reader: Follower) -> "Showing | None":
        sight = self._sight(reader)
        if sight not in self._showings:
            found = reading.article(reader.viewer, self._article.pk, reader.language)
            self._showings[sight] = found if found is not None and is_meant(self._telling, found) else None
        return self._showings[sight]

    def name(self, reader: Follower, row: "Following") -> str:
        key = self._sight(reader), row.article_id, row.section_id, row.product_id
        if key not in self._names:
            self._names[key] = following.name(reader.viewer, row.thing, reader.language)
        return self._names[key]

    def _sight(self, reader: Follower) -> object:
        if reader.key not in self._sights:
            self._sights[reader.key] = reader.language, policy.sight(reader.viewer, reader.language)
        return self._sights[reader.key]


def _hand_over(telling: Telling, group: "list[Following]", told: _Told) -> bool:
    """Make a group's mails and move on, or nothing of both. Whether nobody else has moved on meanwhile."""
    by = Actor(people.system(), Via.RULE)
    with transaction.atomic():
        here = Telling.objects.select_for_update().filter(pk=telling.pk, cursor=telling.cursor, ended_at=None)
        if not here.exists():
            return False
        letters = [told.letters[row.pk] for row in group if row.pk in told.letters]
        mails = sum(actions.hand_over(letter, entry=telling.entry_id, by=by) is not None for letter in letters)
        waiting = digests.wait(telling, [told.later[row.pk] for row in group if row.pk in told.later])
        telling.cursor = group[-1].pk
        Telling.objects.filter(pk=telling.pk).update(
            cursor=telling.cursor,
            walked=F("walked") + len(group),
            mails=F("mails") + mails,
            waiting=F("waiting") + waiting,
        )
    return True


def _end(telling: Telling) -> bool:
    Telling.objects.filter(pk=telling.pk, ended_at=None).update(ended_at=timezone.now())
    return False
