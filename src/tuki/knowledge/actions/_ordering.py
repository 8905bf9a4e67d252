"""What stands before what. Checks nothing: its callers have, and see to it that nobody else orders meanwhile."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import OuterRef, Subquery

from tuki.knowledge.models import UNPLACED, Article, Category, Section, Showing

T = TypeVar("T", Category, Section, Article)


def lined_up(rows: Iterable[T], one: T, beside: T, *, after: bool) -> list[T]:
    """These rows with one of them right before another, or right after it. Beside itself it stays where it is."""
    if one.pk == beside.pk:
        return list(rows)
    others: list[T] = [row for row in rows if row.pk != one.pk]
    others.insert([row.pk for row in others].index(beside.pk) + after, one)
    return others


def number(rows: Iterable[T]) -> list[int]:
    """Let positions say the order that these are in. The ids of those that have another one by that."""
    renumbered: list[T] = []
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            renumbered.append(row)
    if renumbered:
        type(renumbered[0])._default_manager.bulk_update(renumbered, ["position"], batch_size=200)
    return [row.pk for row in renumbered]


def number_sections(category: Category, siblings: Iterable[Section] = ()) -> bool:
    """Number a category's sections as they are read, each followed by those that lie in it; whether any moved.

    siblings: those that lie in no other, or those of one section, where they are to stand in a new order.
    """
    wanted = {row.pk: n for n, row in enumerate(siblings)}
    inner: dict[int | None, list[Section]] = {}
    for row in Section.objects.filter(category=category, merged_into=None):
        inner.setdefault(row.parent_id, []).append(row)
    for rows in inner.values():
        if {row.pk for row in rows} == wanted.keys():
            rows.sort(key=lambda row: wanted[row.pk])
    return bool(number([one for top in inner.get(None, []) for one in (top, *inner.get(top.pk, []))]))


def number_articles(rows: list[Article], before: list[Article]) -> bool:
    """Number a section's articles, as far as anybody has put them in order; whether any moved. before: as they were.

    What nobody has ordered stays behind, the oldest first, and so does what is written later.
    """
    ordered = [
        n for n, (row, old) in enumerate(zip(rows, before, strict=True)) if row.pk != old.pk or row.position != UNPLACED
    ]
    renumbered = number(rows[: ordered[-1] + 1] if ordered else [])
    if renumbered:
        theirs = Article.objects.filter(pk=OuterRef("article")).values("position")
        Showing.objects.filter(article__in=renumbered).update(position=Subquery(theirs))
    return bool(renumbered)
