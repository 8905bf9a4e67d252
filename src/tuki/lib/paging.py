"""Keyset paging: a page begins after a row, not after a number of rows, so the thousandth costs what the first did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

T = TypeVar("T")
M = TypeVar("M", bound=Model)
Row = TypeVar("Row")

CAP = 999  # what is counted stops here: nobody works through more, and counting them would take longer than the page


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, newest first, and the cursors to its neighbours; empty where there is none."""

    rows: list[T]
    newer: str
    older: str


def page(rows: QuerySet[M], moment: str, cursor: str = "", size: int = 50) -> Page[M]:
    """The page of `rows` at a cursor, by (moment, id) descending; an unreadable cursor gives the first page.

    moment: the name of a date-time field that is never null in these rows.
    """

    def find(direction: str, at: datetime | None, pk: int) -> list[M]:
        return list(whole(beyond(rows, moment, direction, at, pk)[: size + 1]))

    return page_of(find, moment, cursor, size)


def page_by_id(rows: QuerySet[M], cursor: str = "", size: int = 50) -> Page[M]:
    """As `page`, of rows whose ids follow the order in which they came."""

    def find(direction: str, _at: datetime | None, pk: int) -> list[M]:
        if direction == "newer":
            return list(rows.filter(pk__gt=pk).order_by("pk")[: size + 1])
        older = rows.filter(pk__lt=pk) if direction else rows
        return list(older.order_by("-pk")[: size + 1])

    return page_of(find, "", cursor, size)


def page_of(find: Callable[[str, datetime | None, int], list[T]], moment: str, cursor: str, size: int) -> Page[T]:
    """As `page`, where the rows are found in another way.

    find: gives size + 1 rows, or what there is, as `beyond` has them. moment: empty where ids alone give the order.
    """
    direction, at, pk = _read(cursor, moment)
    found = find(direction, at, pk)
    more, found = len(found) > size, found[:size]
    if direction == "newer":
        if not more:  # close to the start: show the first page whole
            return page_of(find, moment, "", size)
        found = found[::-1]
        return Page(found, _cursor("newer", found[0], moment), _cursor("older", found[-1], moment))
    return Page(
        found,
        _cursor("newer", found[0], moment) if found and direction else "",
        _cursor("older", found[-1], moment) if more else "",
    )


def beyond(rows: QuerySet[M, Row], moment: str, direction: str, at: object, pk: object) -> QuerySet[M, Row]:
    """Rows from a place on, the nearest to it first. direction: "newer", "older", or "" for the newest of all."""
    if direction == "newer":
        # The plain bound lets the index start where the page does; the second condition settles ties.
        rows = rows.filter(**{f"{moment}__gte": at}).filter(Q(**{f"{moment}__gt": at}) | Q(pk__gt=pk))
        return rows.order_by(moment, "pk")
    if direction == "older":
        rows = rows.filter(**{f"{moment}__lte": at}).filter(Q(**{f"{moment}__lt": at}) | Q(pk__lt=pk))
    return rows.order_by(f"-{moment}", "-pk")


def whole(found: QuerySet[M]) -> QuerySet[M]:
    """Rows that are found by an index (so many, in their order), with what else is shown of them.

    First found, then joined: a database that knows little of its tables may else begin with what is joined, and look at
    every row there is.
    """
    rows = found.all()
    rows.query.clear_limits()
    rows.query.clear_where()
    return rows.filter(pk__in=found.values("pk"))


def _cursor(direction: str, row: Any, moment: str) -> str:
    at = getattr(row, moment).isoformat() if moment else ""
    return signing.dumps([direction, at, row.pk], salt=_salt(moment), compress=False)


def _read(cursor: str, moment: str) -> tuple[str, datetime | None, int]:
    try:
        direction, at, pk = signing.loads(cursor, salt=_salt(moment))
        return str(direction), datetime.fromisoformat(at) if moment else None, int(pk)
    except (signing.BadSignature, ValueError, TypeError):
        return "", None, 0


def _salt(moment: str) -> str:
    """A cursor of one order means nothing in another."""
    return "tuki.lib.paging" if moment else "tuki.lib.paging.by_id"


def capped_count(rows: QuerySet[M], cap: int = CAP) -> str:
    """How many, as people read it."""
    return capped(rows.order_by()[: cap + 1].count(), cap)


def capped(count: int, cap: int = CAP) -> str:
    """Up to the cap exactly, beyond it "999+"."""
    return str(count) if count <= cap else f"{cap}+"
