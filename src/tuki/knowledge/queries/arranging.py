"""The help center as those see it who arrange it: categories and sections in their order, those that are hidden too."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from django.db.models import Count, QuerySet

from tuki.desk.queries import the_desk
from tuki.journal.queries import Line, lines
from tuki.knowledge import audience, policy
from tuki.knowledge.models import Article, Category, Fallback, Following, Kind, Section
from tuki.knowledge.words import describe
from tuki.lib.paging import capped_count
from tuki.people.actor import Actor


def categories(viewer: Actor) -> QuerySet[Category]:
    """All that this viewer may arrange, in their order."""
    return policy.arrangeable_categories(viewer).select_related("audience").order_by("position", "pk")


def sections(viewer: Actor) -> QuerySet[Section]:
    """The same of sections, each followed by those that lie in it."""
    rows = policy.arrangeable_sections(viewer).select_related("category__audience", "parent__audience")
    return rows.select_related("product", "audience").order_by("category__position", "category", "position", "pk")


@dataclass
class Shelf:
    """A section with how many articles stand in it, drafts too. whom: for whom it is; empty for everyone.

    before, after: those between which it stands.
    """

    section: Section
    articles: int
    whom: str
    within: "list[Shelf]" = field(default_factory=list)
    before: "Shelf | None" = None
    after: "Shelf | None" = None

    @property
    def nameless(self) -> list[str]:
        return _nameless(self.section)

    @property
    def product(self) -> str:
        """What it is about, where its name doesn't say so already."""
        name = str(self.section.product or "")
        return "" if name == str(self.section) else name


@dataclass
class Room:
    """A category with its sections."""

    category: Category
    whom: str
    shelves: list[Shelf] = field(default_factory=list)
    before: "Room | None" = None
    after: "Room | None" = None

    @property
    def nameless(self) -> list[str]:
        return _nameless(self.category)


def _nameless(place: Category | Section) -> list[str]:
    """The desk's languages in which nobody has named it: its readers get the name in another."""
    return [language for language in the_desk().languages if not place.labels.get(language)]


def tree(viewer: Actor) -> list[Room]:
    """All of it: three queries, and one for each rule on whom something is for."""
    counted = policy.editable_articles(viewer).filter(merged_into=None).order_by().values_list("section")
    counts = dict(counted.annotate(count=Count("pk")))
    whom = _words_for()
    rooms = {row.pk: Room(row, whom(row)) for row in categories(viewer)}
    shelves = {row.pk: Shelf(row, counts.get(row.pk, 0), whom(row)) for row in sections(viewer)}
    for shelf in shelves.values():
        parent = shelf.section.parent_id
        (shelves[parent].within if parent else rooms[shelf.section.category_id].shelves).append(shelf)
    _meet(list(rooms.values()))
    for siblings in [*(room.shelves for room in rooms.values()), *(shelf.within for shelf in shelves.values())]:
        _meet(siblings)
    return list(rooms.values())


R = TypeVar("R", Room, Shelf)


def _meet(row: list[R]) -> None:
    """Tell each what it stands between."""
    for one, other in pairwise(row):
        one.after, other.before = other, one


def _words_for() -> Callable[[Category | Section], str]:
    """For whom a place is by its own rule, each rule put into words once."""
    known: dict[int, str] = {}

    def words(place: Category | Section) -> str:
        rule = place.audience
        if rule is None:
            return ""
        if rule.pk not in known:
            known[rule.pk] = describe(rule.condition)
        return known[rule.pk]

    return words


def for_whom(place: Category | Section) -> str:
    """Who may know of a place, in words: its own rule, and those of what it lies in."""
    around = [place.category, place.parent, place] if isinstance(place, Section) else [place]
    rules = [one.audience.condition for one in around if one is not None and one.audience is not None]
    return describe(audience.both(*rules)) if rules else describe(audience.EVERYONE)


@dataclass(frozen=True)
class Contents:
    """What moves where a place is merged, and must be gone before it is removed. followers: "12", "999+"."""

    articles: int
    sections: int
    followers: str


def contents(place: Category | Section) -> Contents:
    if isinstance(place, Category):
        inner = place.sections.filter(merged_into=None)
        return Contents(Article.objects.filter(section__in=inner, merged_into=None).count(), inner.count(), "0")
    followers = Following.objects.filter(section=place, confirmed_at__isnull=False)
    return Contents(
        Article.objects.filter(section=place, merged_into=None).count(),
        place.subsections.filter(merged_into=None).count(),
        capped_count(followers),
    )


def done(place: Category | Section) -> list[Line]:
    """What was done to it, the newest first."""
    return lines(place._meta.model_name or "", place.pk)[::-1]


def kinds() -> list[tuple[str, str]]:
    """What a section may hold, in words."""
    return [(kind.value, str(kind.label)) for kind in Kind]


def fallbacks() -> list[tuple[str, str]]:
    """What readers may get of an article that isn't in their language, in words."""
    return [(one.value, str(one.label)) for one in Fallback]
