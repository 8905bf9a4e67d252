"""Answers that are the same for every reader whom we don't know.

A view says so of its answer, and the server (config/server/answers.py) gives it to others from memory until what it is
about changes. Such a page says nothing of its reader, shows no message to them, and has no secret of theirs in a form;
its address alone names its language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse

from tuki.live.topics import AROUND

Later = Callable[[], object]


@dataclass
class Same:
    """What the server has to know of such an answer.

    about: topics whose change ends it. until: the moment at which it is another by itself. unless: cookies with which a
    browser is shown something else. seen: called on the server's loop each time somebody reads it, so it must not wait
    for anything; what it returns is done in a thread.
    """

    about: tuple[str, ...] = (AROUND,)
    until: datetime | None = None
    unless: frozenset[str] = frozenset()
    seen: Callable[[], Later | None] = lambda: None


def same(response: HttpResponse) -> Same:
    """Say that an answer is the same for everyone, and let more be said of it."""
    said: Same = response.__dict__.setdefault("_same", Same())
    return said


def is_same(response: object) -> Same | None:
    """What a view said of its answer; None where it said nothing."""
    said: Same | None = getattr(response, "_same", None)
    return said
