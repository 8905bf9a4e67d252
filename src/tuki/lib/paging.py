"""Keyset paging: a page begins after a row, not after a number of rows, so the thousandth costs what the first did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, newest first, and the cursors to its neighbours; empty where there is none."""

    rows: list[T]
    newer: str
    older: str


def page(rows: QuerySet[T], moment: str, cursor: str = "", size: int = 50) -> Page[T]:
    """The page of `rows` at a cursor, by (moment, id) descending; an unreadable cursor gives the first page.

    moment: the name of a date-time field that is never null in these rows.
    """
    direction, at, pk = _read(cursor)
    if direction == "newer":
        found = list(
            rows.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "pk__gt": pk})).order_by(moment, "pk")[: size + 1]
        )
        more, found = len(found) > size, found[:size][::-1]
        if not more:  # close to the start: show the first page whole
            return page(rows, moment, "", size)
        return Page(found, _cursor("newer", found[0], moment), _cursor("older", found[-1], moment))
    if direction == "older":
        # The plain bound lets the index start where the page does; the second condition settles ties.
        rows = rows.filter(**{f"{moment}__lte": at}).filter(Q(**{f"{moment}__lt": at}) | Q(pk__lt=pk))
    found = list(rows.order_by(f"-{moment}", "-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        _cursor("newer", found[0], moment) if found and direction else "",
        _cursor("older", found[-1], moment) if more else "",
    )


def _cursor(direction: str, row: Model, moment: str) -> str:
    at: datetime = getattr(row, moment)
    return signing.dumps([direction, at.isoformat(), row.pk], salt="tuki.lib.paging", compress=False)


def _read(cursor: str) -> tuple[str, datetime | None, int]:
    try:
        direction, at, pk = signing.loads(cursor, salt="tuki.lib.paging")
        return str(direction), datetime.fromisoformat(at), int(pk)
    except (signing.BadSignature, ValueError, TypeError):
        return "", None, 0


def capped_count(rows: QuerySet[T], cap: int = 999) -> str:
    """How many, as people read it: up to the cap exactly, beyond it "999+"."""
    count = rows.order_by()[: cap + 1].count()
    return str(count) if count <= cap else f"{cap}+"
