"""What editors are told of how followers hear."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tuki.knowledge import policy
from tuki.mail import queries as mail
from tuki.notifications.announcements import PUBLISHED
from tuki.notifications.models import Telling
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.knowledge.models import Article

_SHOWN = 5
_WATCHED = timedelta(days=7)  # by then each mail has left, or never will


@dataclass(frozen=True)
class Progress:
    """How far followers have been told of one publish.

    followers: how many followings there are to walk; None until somebody has looked. walked: of those. mails: made at
    once; fewer than walked, since some follow twice, may not read it, or read another language. waiting: hear of it
    with their next daily or weekly mail. again: they were told of this article before. late, late_since, lost: of its
    mails, those that have waited too long to leave and the oldest since when, and those that did not arrive.
    """

    language: str
    begun_at: datetime
    ended_at: datetime | None
    followers: int | None
    walked: int
    mails: int
    waiting: int
    again: bool
    late: int = 0
    late_since: datetime | None = None
    lost: int = 0


def progress_of(viewer: Actor, article: "Article") -> list[Progress]:
    """The last times that followers were told of an article, the newest first; nothing for who may not edit it."""
    if not policy.may_edit(viewer, article):
        return []
    rows = list(Telling.objects.filter(article=article).order_by("-pk")[:_SHOWN])
    lately = [row.entry_id for row in rows if row.begun_at > timezone.now() - _WATCHED]
    outstanding = mail.outstanding(PUBLISHED, lately) if lately else {}
    return [_progress(row, outstanding.get(row.entry_id)) for row in rows]


def _progress(row: Telling, outstanding: "mail.Outstanding | None") -> Progress:
    return Progress(
        language=row.language,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        followers=row.followers,
        walked=row.walked,
        mails=row.mails,
        waiting=row.waiting,
        again=row.again,
        late=outstanding.late if outstanding else 0,
        late_since=outstanding.since if outstanding else None,
        lost=outstanding.lost if outstanding else 0,
    )
