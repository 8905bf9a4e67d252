"""What readers are shown. Every list is of Showings: what a reader of that language gets, its translation at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import BigIntegerField, Case, CharField, Count, OuterRef, Q, QuerySet, When

from tuki.desk.queries import the_desk
from tuki.knowledge import links, policy
from tuki.knowledge.models import (
    ANNOUNCING,
    Article,
    Attachment,
    Category,
    Kind,
    Label,
    Redirect,
    Section,
    Showing,
    Vote,
)
from tuki.lib.paging import Page, page, page_of
from tuki.lib.questions import Ids, OneOf, Question, Slot
from tuki.people.actor import Actor

_FEW = 6  # articles that a category shows of each section
_NEIGHBOURS = 10
_RELATED = 5
# How what is announced stands in a list, and how all else does: what is promoted first.
NEWEST = ("-published_at", "-pk")
_IN_ORDER = ("unpromoted", "position", "pk")
_ID = Slot("article", BigIntegerField())
# What decides who may know of an article: with these at hand, a list can mark what is not for everyone.
PLACED = ("audience", "section__audience", "section__parent__audience", "section__category__audience")


def categories(viewer: Actor, language: str) -> list[tuple[Category, list[Section]]]:
    """The help center's categories, each with the sections that lie in no other, as far as this viewer knows them."""
    sections = policy.visible_sections(viewer, language).filter(parent=None).select_related("audience")
    of_category: dict[int, list[Section]] = {}
    for section in sections:
        of_category.setdefault(section.category_id, []).append(section)
    rows = policy.visible_categories(viewer, language).select_related("audience")
    return [(row, of_category.get(row.pk, [])) for row in rows]


def category(viewer: Actor, pk: int, language: str) -> Category | None:
    """The category with this number; None where there is none that the viewer may know of."""
    return policy.visible_categories(viewer, language).filter(pk=pk).select_related("audience").first()


@dataclass(frozen=True)
class Shelf:
    """A section with its first articles. more: there are others."""

    section: Section
    articles: list[Showing]
    more: bool


def shelves(viewer: Actor, category: Category, language: str) -> list[Shelf]:
    """A category's sections, each with its first articles: as many queries however many sections there are."""
    rows = policy.visible_translations(viewer, language)
    of_this = rows.filter(section=OuterRef("pk")).values("id")
    newest, in_order = (Ids(of_this.order_by(*order)[: _FEW + 1]) for order in (NEWEST, _IN_ORDER))
    sections = list(
        policy.visible_sections(viewer, language)
        .filter(category=category, parent=None)
        .annotate(first=Case(When(kind__in=ANNOUNCING, then=newest), default=in_order))
        .select_related("audience")
    )
    wanted = [pk for section in sections for pk in section.first[:_FEW]]
    found = rows.select_related("translation", "audience").in_bulk(wanted)
    return [
        Shelf(section, [found[pk] for pk in section.first[:_FEW] if pk in found], len(section.first) > _FEW)
        for section in sections
    ]


def section(viewer: Actor, pk: int, language: str) -> Section | None:
    """The section with this number, its category at hand; None where there is none that the viewer may know of."""
    found = policy.visible_sections(viewer, language).filter(pk=pk)
    return found.select_related("category__audience", "parent__audience", "product", "audience").first()


def subsections(viewer: Actor, section: Section, language: str) -> list[Section]:
    return list(policy.visible_sections(viewer, language).filter(parent=section).select_related("audience"))


def articles_of(viewer: Actor, section: Section, language: str, cursor: str = "", size: int = 30) -> Page[Showing]:
    """A section's articles: promoted ones, then the others, in the editors' order; announcements newest first."""
    rows = _of_section(viewer, section, language)
    if section.announces:
        return page(rows, "published_at", cursor, size)

    def find(direction: str, _at: datetime | None, pk: int) -> list[Showing]:
        place = Showing.objects.filter(pk=pk).first() if direction else None
        if place is None:
            return list(_in_order(rows, section)[: size + 1])
        newer = direction == "newer"
        return list(_in_order(rows.filter(_beyond(place, newer)), section, backwards=newer)[: size + 1])

    return page_of(find, "", cursor, size)


def _of_section(viewer: Actor, section: Section, language: str) -> QuerySet[Showing]:
    rows = policy.visible_translations(viewer, language).filter(section=section)
    return rows.select_related("translation", "audience")


def _in_order(rows: QuerySet[Showing], section: Section, *, backwards: bool = False) -> QuerySet[Showing]:
    if section.announces:
        return rows.order_by(*NEWEST)
    return rows.order_by(*(f"-{name}" for name in _IN_ORDER)) if backwards else rows.order_by(*_IN_ORDER)


def _beyond(place: Showing, backwards: bool) -> Q:
    """Behind a place in the editors' order, or before it."""
    way = "lt" if backwards else "gt"
    same = Q(unpromoted=place.unpromoted)
    further = same & Q(**{f"position__{way}": place.position})
    tied = same & Q(position=place.position, **{f"pk__{way}": place.pk})
    # What is promoted comes first: behind it lies all that is not.
    across = Q(unpromoted=not backwards) if place.unpromoted == backwards else Q(pk__in=[])
    return across | further | tied


_ARTICLE = Question(
    lambda: (
        policy.translations_then()
        .filter(article=_ID)
        .select_related("translation", "article__author", "section__product", *PLACED)[:1]
    )
)


def article(viewer: Actor, pk: int, language: str) -> Showing | None:
    """What this viewer reads under an article's number; None where there is nothing, or not for them.

    Its article, section, category and author are at hand.
    """
    return _ARTICLE.first(article=pk, **policy.then(viewer, language))


def in_other_languages(viewer: Actor, pk: int, language: str) -> list[Showing]:
    """An article's translations into other languages, as far as this viewer reads them: where there is none in this."""
    found = []
    for other in the_desk().languages:
        rows = policy.visible_translations(viewer, other).filter(article=pk, translated=True)
        found += list(rows.select_related("translation")) if other != language else []
    return found


def vote_of(viewer: Actor, article: Article, browser: str = "") -> Vote | None:
    """What this viewer said of an article. browser: of somebody who is not signed in, the token that theirs keeps."""
    mine = {"person": viewer.person_id} if viewer.person_id else {"browser": links.browser_of(browser)}
    return Vote.objects.filter(article=article, **mine).first() if any(mine.values()) else None


_ATTACHMENTS = Question(
    lambda: Attachment.objects.filter(article=_ID, inline=False, shown=True, file__redacted_at=None).select_related(
        "file"
    )
)


def attachments(showing: Showing) -> list[Attachment]:
    """What may be fetched from under an article, in its order."""
    return _ATTACHMENTS.ask(article=showing.article_id)


def _first(order: Iterable[str]) -> Question[Showing]:
    def make() -> QuerySet[Showing]:
        rows = policy.translations_then().filter(section=Slot("section", BigIntegerField()))
        return rows.select_related("translation", "audience").order_by(*order)[: _NEIGHBOURS + 1]

    return Question(make)


_FIRSTNEWEST, _FIRST_IN_ORDER = _first(NEWEST), _first(_IN_ORDER)


def neighbours(viewer: Actor, showing: Showing) -> tuple[list[Showing], bool]:
    """The first articles of the same section, this one among them, and whether there are more."""
    first = _FIRSTNEWEST if showing.section.announces else _FIRST_IN_ORDER
    found = first.ask(section=showing.section_id, **policy.then(viewer, showing.language))
    more, found = len(found) > _NEIGHBOURS, found[:_NEIGHBOURS]
    if showing.pk not in {row.pk for row in found}:
        found = [*found[: _NEIGHBOURS - 1], showing]
    return found, more


_LABELS = Question(lambda: Label.objects.filter(article=_ID).values_list("name"))


@cache
def _related(size: int) -> Question[Showing]:
    return Question(
        lambda: (
            policy.translations_then()
            .filter(OneOf("article__labels__name", "names", CharField()))
            .exclude(article=_ID)
            .annotate(shared=Count("article__labels"))
            .select_related("translation", *PLACED)
            .order_by("-shared", "unpromoted", *NEWEST)[:size]
        )
    )


def related(viewer: Actor, showing: Showing, size: int = _RELATED) -> list[Showing]:
    """Articles that share most labels with this one."""
    names = [name for (name,) in _LABELS.ask(article=showing.article_id)]
    if not names:
        return []
    return _related(size).ask(names=names, article=showing.article_id, **policy.then(viewer, showing.language))


def promoted(viewer: Actor, language: str, size: int = 6) -> list[Showing]:
    """What the editors put forward, in their order."""
    rows = policy.visible_translations(viewer, language).filter(unpromoted=False)
    return list(rows.select_related("translation", *PLACED).order_by("position", "pk")[:size])


def announcements(viewer: Actor, language: str, size: int = 5, kinds: Iterable[Kind] | None = None) -> list[Showing]:
    """The newest of what was announced: service releases, release notes, news. kinds: of these only."""
    rows = policy.visible_translations(viewer, language).filter(announces=True)
    if kinds is not None:
        rows = rows.filter(section__kind__in=list(kinds))
    return list(rows.select_related("translation", *PLACED).order_by(*NEWEST)[:size])


def redirected(viewer: Actor, path: str, language: str) -> Category | Section | Showing | None:
    """Where an address that was given up leads this viewer. path: without /hc/ and language."""
    found = Redirect.objects.filter(path=path.strip("/")).first()
    if found is None:
        return None
    if found.kind == "article":
        return article(viewer, found.target, language)
    return (
        section(viewer, found.target, language) if found.kind == "section" else category(viewer, found.target, language)
    )


def article_of(viewer: Actor, pk: int) -> Article | None:
    """The article with this number, for whoever may read it in any language: to vote on it, to follow it."""
    return policy.visible_articles(viewer).filter(pk=pk).select_related("section").first()


def next_end(at: datetime) -> datetime | None:
    """The first moment after this one at which something that readers see is taken out of their sight by itself."""
    return Showing.objects.filter(until__gt=at).order_by("until").values_list("until", flat=True).first()


def newest(viewer: Actor, language: str, size: int, section: Section | None = None) -> list[Showing]:
    """What was published last, in a section or anywhere."""
    rows = policy.visible_translations(viewer, language)
    rows = rows.filter(section=section) if section else rows
    return list(rows.select_related("translation").order_by(*NEWEST)[:size])


def places(viewer: Actor, language: str) -> list[Category]:
    return list(policy.visible_categories(viewer, language))


def sections(viewer: Actor, language: str) -> list[Section]:
    """All of them, those that lie in another too."""
    return list(policy.visible_sections(viewer, language))


def numbered(viewer: Actor, language: str, after: int, upto: int) -> list[Showing]:
    """The articles with these numbers that are written in this language, with no more than an address needs."""
    rows = policy.visible_translations(viewer, language).filter(translated=True, article__gt=after, article__lte=upto)
    wanted = ("article", "published_at", "translation__title", "translation__updated_at")
    return list(rows.select_related("translation").only(*wanted).order_by("article"))


def last_number() -> int:
    """The highest number of an article, whoever may read it."""
    return Article.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


_TITLES = Question(
    lambda: (
        policy.readable_then()
        .filter(article=_ID, translated=True)
        .values_list("language", "translation__title", *PLACED)
    )
)


def titles(viewer: Actor, article: int) -> dict[str, str]:
    """An article's title in each language in which there is a translation that this viewer gets there."""
    spoken = the_desk().languages
    seen = policy.sights(viewer, spoken)
    rows = _TITLES.ask(article=article, **policy.then(viewer, None, seen[None]))
    return {code: title for code, title, *placed in rows if code in spoken and seen[code].past(placed)}
