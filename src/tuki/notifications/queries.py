"""What editors are told of how followers hear."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tuki.knowledge import policy
from tuki.notifications.models import Telling
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.knowledge.models import Article

_SHOWN = 5


@dataclass(frozen=True)
class Progress:
    """How far followers have been told of one publish.

    followers: how many followings there are to walk; None until somebody has looked. walked: of those. mails: made at
    once; fewer than walked, since some follow twice, may not read it, or read another language. waiting: hear of it
    with their next daily or weekly mail. again: they were told of this article before.
    """

    language: str
    begun_at: datetime
    ended_at: datetime | None
    followers: int | None
    walked: int
    mails: int
    waiting: int
    again: bool


def progress_of(viewer: Actor, article: "Article") -> list[Progress]:
    """The last times that followers were told of an article, the newest first; nothing for who may not edit it."""
    if not policy.may_edit(viewer, article):
        return []
    return [
        Progress(
            language=row.language,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            followers=row.followers,
            walked=row.walked,
            mails=row.mails,
            waiting=row.waiting,
            again=row.again,
        )
        for row in Telling.objects.filter(article=article).order_by("-pk")[:_SHOWN]
    ]
