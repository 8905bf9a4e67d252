"""Keyset paging: a page begins after a row, not after a number of rows, so the thousandth costs what the first did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
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


def page_of_several(lists: Sequence[QuerySet[M]], moment: str, cursor: str = "", size: int = 50) -> Page[M]:
    """As `page`, of some lists that share no row, put together. Each is found by its own index, and never sorted whole.

    lists: alike but for which rows they hold; at least one.
    """

    def find(direction: str, at: datetime | None, pk: int) -> list[M]:
        nearest = [
            place
            for rows in lists
            for place in beyond(rows, moment, direction, at, pk).values_list(moment, "pk")[: size + 1]
        ]
        pks = [place[1] for place in sorted(nearest, reverse=direction != "newer")[: size + 1]]
        rows = lists[0].all()
        rows.query.clear_where()
        found = rows.filter(pk__in=pks).in_bulk()
        return [found[one] for one in pks if one in found]

    return page(lists[0], moment, cursor, size) if len(lists) == 1 else page_of(find, moment, cursor, size)


def page_by_id(rows: QuerySet[M], cursor: str = "", size: int = 50) -> Page[M]:
    """As `page`, of rows whose ids follow the order in which they came."""

    def find(direction: str, _at: datetime | None, pk: int) -> list[M]:
        if direction == "newer":
            return list(rows.filter(pk__gt=pk).order_by("pk")[: size + 1])
        older = rows.filter(pk__lt=pk) if direction else rows
        return list(older.order_by("-pk")[: size + 1])

    return page_of(find, "", cursor, size)


def page_by_name(rows: QuerySet[M], name: str, cursor: str = "", size: int = 50) -> Page[M]:
    """As `page`, by (name, id) ascending, as a telephone book has it: its `newer` is what stands before.

    name: a field of text, never null, such as "name" or "person__name".
    """
    everything = rows
    direction, at, pk = _read_name(cursor)
    backwards = direction == "newer"
    if direction:
        way = "lt" if backwards else "gt"
        # As in `beyond`: the plain bound is what the index begins at.
        near = rows.filter(**{f"{name}__{way}e": at})
        rows = near.filter(Q(**{f"{name}__{way}": at}) | Q(**{f"pk__{way}": pk}))
    order = (f"-{name}", "-pk") if backwards else (name, "pk")
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards and not more:  # close to the start: show the first page whole
        return page_by_name(everything, name, "", size)
    if backwards:
        found = found[::-1]
    return Page(
        found,
        _cursor_by_name("newer", found[0], name) if found and direction else "",
        _cursor_by_name("older", found[-1], name) if more or backwards else "",
    )


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


def _cursor_by_name(direction: str, row: Any, name: str) -> str:
    return signing.dumps([direction, attrgetter(name.replace("__", "."))(row), row.pk], salt="tuki.lib.paging.by_name")


def _read_name(cursor: str) -> tuple[str, str, int]:
    try:
        direction, at, pk = signing.loads(cursor, salt="tuki.lib.paging.by_name")
        return str(direction), str(at), int(pk)
    except (signing.BadSignature, ValueError, TypeError):
        return "", "", 0


def _salt(moment: str) -> str:
    """A cursor of one order means nothing in another."""
    return "tuki.lib.paging" if moment else "tuki.lib.paging.by_id"


def capped_count(rows: QuerySet[M], cap: int = CAP) -> str:
    """How many, as people read it."""
    return capped(rows.order_by()[: cap + 1].count(), cap)


def capped(count: int, cap: int = CAP) -> str:
    """Up to the cap exactly, beyond it "999+"."""
    return str(count) if count <= cap else f"{cap}+"
