"""Parts of a page that are drawn once: for the same values, or until what they show is heard to have changed.

    {% kept places=places at=at %} … {% endkept %}

sees the values that it names and nothing else of the page, so that whatever it shows is among what it is kept by. They
are plain: text, numbers, moments, and tuples of such; a row of the database is none, since it is the same row when its
content is another. A form inside gets the secret of whoever looks. What moves by itself ("3 minutes ago") has no place
in it.

    {% until changed %} … {% enduntil %}

sees all of the page, and is kept by an Until: what tells it from others, its reader where it is theirs alone, and the
topics whose change ends it. Without one it is drawn anew.
"""

import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, datetime
from functools import partial
from math import inf
from operator import getitem
from typing import Any

from django.template import Context, Node, NodeList
from django.template.base import FilterExpression
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from tuki.live.known import KNOWN, Known

DRAWN = Known(4 * 1024 * 1024)
DRAWN.hears(True)  # of nothing: what is drawn of the same values stays the same
_PLAIN = frozenset({type(None), str, SafeString, int, bool, float, date, datetime})
# Stands for the secret of a form. Nobody can write it into a text that is shown.
_SECRET = secrets.token_hex(16)


class Kept(Node):
    """The part between the tags. nodelist: Django's name for it, so that tools find what is inside."""

    child_nodelists = ("nodelist",)

    def __init__(self, values: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.values, self.nodelist = values, nodelist

    def render(self, context: Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        language = get_language()

        def draw() -> str:
            shown = {**values, "language": (language or "en").split("-")[0], "csrf_token": _SECRET}
            return str(self.nodelist.render(context.new(shown)))

        drawn = DRAWN.get((self, language, *map(key, values.values())), (), draw, seconds=inf)
        return _with_secret(drawn, context)


def _with_secret(drawn: str, context: Context) -> SafeString:
    if _SECRET in drawn:
        drawn = drawn.replace(_SECRET, str(context.get("csrf_token", "")))
    return mark_safe(drawn)


def key(value: Any) -> Hashable:
    """What tells a value from every other that would be drawn differently. Raises TypeError for one that may change."""
    kind = type(value)
    if kind in _PLAIN:
        return kind, value  # True is no 1 to a reader, and what is marked as safe is not escaped
    if hasattr(kind, "_fields") or (is_dataclass(value) and kind.__hash__ is not None):
        return kind, value  # a NamedTuple or a frozen dataclass has said of what kinds its values are
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, list | tuple):
        return tuple(map(key, value))
    raise TypeError(f"{type(value).__name__} is no plain value to keep a part of a page by")


@dataclass(frozen=True)
class Until:
    """What a part of a page is kept by (`by`), and the topics whose change ends it. anew: draw it in any case."""

    by: tuple[Hashable, ...]
    about: tuple[str, ...]
    anew: bool = False

    def also(self, *more: Hashable) -> "Until":
        """Kept by more than that."""
        return replace(self, by=(*self.by, *more))


def later(find: Callable[[], dict[str, Any]], *names: str) -> dict[str, Any]:
    """These of a context, found together when the first of them is shown: where it is kept, never."""
    found = SimpleLazyObject(find)
    return {name: SimpleLazyObject(partial(getitem, found, name)) for name in names}


class Standing(Node):
    """The part between {% until %} and {% enduntil %}."""

    child_nodelists = ("nodelist",)

    def __init__(self, until: FilterExpression, nodelist: NodeList) -> None:
        self.until, self.nodelist = until, nodelist

    def render(self, context: Context) -> SafeString:
        until = self.until.resolve(context)
        if not isinstance(until, Until):
            return self.nodelist.render(context)

        def draw() -> bytes:  # a text with one “ in it takes twice the room
            with context.push(csrf_token=_SECRET):
                return str(self.nodelist.render(context)).encode()

        around = (self, get_language(), get_current_timezone_name())
        drawn = KNOWN.get((*around, *until.by), until.about, draw, anew=until.anew)
        return _with_secret(drawn.decode(), context)
