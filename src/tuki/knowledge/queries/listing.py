"""The lists that editors work through."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from tuki.knowledge import policy
from tuki.knowledge.models import Article, Schedule, Section, Translation
from tuki.lib.paging import Page, page, page_by_id, page_of
from tuki.people.actor import Actor


def changed(viewer: Actor, words: str = "", cursor: str = "", size: int = 50) -> Page[Translation]:
    """Every translation, the last changed first. words: only those with all of them in a title, whichever their case.

    Titles that are only drafted count too.
    """
    rows = policy.editable_translations(viewer)
    for word in words.casefold().split()[:8]:
        rows = rows.filter(folded__contains=word)
    return page(rows.select_related("article__section", "draft", "changed_by"), "changed_at", cursor, size)


def scheduled(viewer: Actor, cursor: str = "", size: int = 50) -> Page[Schedule]:
    """What will happen by itself, the last planned first."""
    rows = Schedule.objects.filter(Exists(policy.editable_translations(viewer).filter(pk=OuterRef("translation"))))
    return page_by_id(rows.select_related("translation__article__section", "translation__draft"), cursor, size)


def in_section(viewer: Actor, section: Section, cursor: str = "", size: int = 50) -> Page[Article]:
    """A section's articles as its readers have them: promoted ones, then the others, in the editors' order; of what
    is announced the newest first."""
    rows = policy.editable_articles(viewer).filter(section=section, merged_into=None).select_related("section")
    if section.announces:
        return page_by_id(rows, cursor, size)

    def find(direction: str, _at: datetime | None, pk: int) -> list[Article]:
        place = Article.objects.filter(pk=pk).first() if direction else None
        if place is None:
            return list(rows.order_by("-promoted", "position", "pk")[: size + 1])
        way = "lt" if direction == "newer" else "gt"
        same = Q(promoted=place.promoted)
        further = same & Q(**{f"position__{way}": place.position})
        tied = same & Q(position=place.position, **{f"pk__{way}": place.pk})
        # What is promoted comes first: before what is not lies all of it.
        across = Q(promoted=direction == "newer") if place.promoted != (direction == "newer") else Q(pk__in=[])
        order = ("promoted", "-position", "-pk") if direction == "newer" else ("-promoted", "position", "pk")
        return list(rows.filter(across | further | tied).order_by(*order)[: size + 1])

    return page_of(find, "", cursor, size)


def sources(articles: Iterable[Article]) -> list[Translation]:
    """What each of these articles is translated from, in their order."""
    by_article = {article.pk: article for article in articles}
    rows = Translation.objects.filter(article__in=by_article).select_related("draft", "changed_by")
    wanted = {row.article_id: row for row in rows if row.language == by_article[row.article_id].source_language}
    for pk, row in wanted.items():
        row.article = by_article[pk]
    return [wanted[pk] for pk in by_article if pk in wanted]
