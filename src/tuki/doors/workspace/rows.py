"""A list's rows, drawn once for the same values: of fifty that are shown again, most have not changed."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.lib.paging import Page
from tuki.live import presence
from tuki.people.actor import Actor
from tuki.tickets.queries import Row

_KEPT = 2000  # of some 2 kB each


class Someone(NamedTuple):
    """Another agent who has a ticket open."""

    pk: int
    name: str
    shown_name: str
    typing: bool


@dataclass(frozen=True)
class _Status:
    """A status as its pill shows it."""

    state: str
    words: str

    def __str__(self) -> str:
        return self.words


def drawn(viewer: Actor, page: Page[Row], at: str) -> SafeString:
    """The rows of a page. at: the list they stand in."""
    open_by = presence.who_has_open(viewer, [row.pk for row in page.rows])
    others = {
        pk: tuple(Someone(one.person_id, str(one.person), one.person.shown_name, one.typing) for one in some)
        for pk, some in open_by.items()
    }
    priorities = {value: the_desk().priority_label(value) for value in {row.priority for row in page.rows}}
    # All that a row's words depend on besides its values.
    around = (at, get_language(), timezone.get_current_timezone_name(), timezone.localdate())
    return mark_safe("".join(_row(row, priorities[row.priority], others.get(row.pk, ()), *around) for row in page.rows))


@lru_cache(_KEPT)
def _row(
    row: Row, priority: str, others: tuple[Someone, ...], at: str, language: str, zone: str, today: date
) -> SafeString:
    context = {
        "row": row,
        "status": _Status(row.state, label(json.loads(row.status))),
        "team": label(json.loads(row.team)) if row.team else "",
        "priority": priority,
        "others": others,
        "at": at,
    }
    return render_to_string("workspace/parts/row.html", context)
