"""Parts of a page that are drawn once for the same values.

    {% kept places=places at=at %} … {% endkept %}

sees the values that it names and nothing else of the page, so that whatever it shows is among what it is kept by. They
are plain: text, numbers, moments, and tuples of such; a row of the database is none, since it is the same row when its
content is another. A form inside gets the secret of whoever looks. What moves by itself ("3 minutes ago") has no place
in it.
"""

import secrets
from collections.abc import Hashable
from dataclasses import is_dataclass
from datetime import date, datetime
from math import inf
from typing import Any

from django.template import Context, Node, NodeList
from django.template.base import FilterExpression
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tuki.live.known import Known

DRAWN = Known()
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

        drawn: str = DRAWN.get((self, language, *map(key, values.values())), (), draw, seconds=inf)
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
