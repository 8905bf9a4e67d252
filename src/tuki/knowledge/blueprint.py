"""What a blueprint says of the help center: its categories and sections. Articles are written by people."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tuki.conditions.tree import Condition
from tuki.desk.models import Product
from tuki.desk.parts import Key, Mistake, Part, PerLanguage, Raw, Row, make_like, rows, twice
from tuki.desk.queries import forget, the_desk
from tuki.knowledge import audience as whom
from tuki.knowledge.actions._audiences import audience_of
from tuki.knowledge.actions._showing import show_section
from tuki.knowledge.models import Category, Fallback, Kind, Section, Showing
from tuki.people.models import Package, Team

_WHOM: dict[str, Condition] = {
    "everyone": whom.EVERYONE,
    "signed_in": whom.signed_in(),
    "seats": whom.seats(),
    "agents": whom.agents(),
}


class _Audience(Row):
    """For whom something is: those of `audience` who are also of these packages and in these teams, where named."""

    audience: Literal["everyone", "signed_in", "seats", "agents"] = "everyone"
    packages: list[Key] = []
    teams: list[Key] = []

    def condition(self) -> Condition:
        parts = [_WHOM[self.audience]]
        if self.packages:
            parts.append(whom.packages(Package.objects.filter(key__in=self.packages).values_list("pk", flat=True)))
        if self.teams:
            parts.append(whom.teams(Team.objects.filter(key__in=self.teams).values_list("pk", flat=True)))
        return whom.both(*parts)


class SubsectionRow(_Audience):
    """A section within another: of its kind, its product and its fallback."""

    key: Key
    labels: PerLanguage
    descriptions: PerLanguage | None = None


class SectionRow(SubsectionRow):
    """Articles of one kind."""

    kind: Annotated[Kind, Field(strict=False)]
    product: Key | None = None
    fallback: Annotated[Fallback, Field(strict=False)] = Fallback.SOURCE
    sections: list[SubsectionRow] = []


class CategoryRow(_Audience):
    """What the help center is divided into."""

    key: Key
    labels: PerLanguage
    descriptions: PerLanguage | None = None
    sections: list[SectionRow] = []


class KnowledgePart(Part):
    """The help center's rooms. Those that were made by hand have no key, and are left alone."""

    file: ClassVar[str] = "knowledge.toml"
    needed: ClassVar[bool] = False

    categories: list[CategoryRow] = []

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        yield from twice(cls, raw, "categories")
        seen: set[str] = set()
        for place, row in _sections(raw):
            key = row.get("key")
            if isinstance(key, str):
                if key in seen:
                    yield Mistake(cls.file, place, "there are two sections with this key")
                seen.add(key)

    def apply(self, changes: list[str]) -> None:
        categories = make_like(
            Category.objects.filter(key__isnull=False, merged_into=None),
            _but_merged(Category, {row.key: _fields(row) for row in self.categories}),
            changes,
            called="category",
        )
        products = {product.key: product.pk for product in Product.objects.all()}
        wanted: dict[str, dict[str, object]] = {}
        parents: dict[str, str] = {}
        for category in self.categories:
            if category.key not in categories:
                continue
            for section in category.sections:
                shared = {
                    "category_id": categories[category.key].pk,
                    "kind": section.kind.value,
                    "product_id": products[section.product] if section.product else None,
                    "fallback": section.fallback.value,
                }
                for row in (section, *section.sections):
                    wanted[row.key] = {**_fields(row), **shared}
                parents |= {row.key: section.key for row in section.sections}
        before = {row.pk: (row.kind, row.fallback) for row in Section.objects.all()}
        sections = make_like(
            Section.objects.filter(key__isnull=False, merged_into=None),
            _but_merged(Section, wanted),
            changes,
            called="section",
        )
        _nest(sections, parents, changes)
        _show_again(before)


def _fields(row: SubsectionRow | CategoryRow) -> dict[str, object]:
    audience = audience_of(row.condition())
    return {
        "labels": row.labels,
        "descriptions": row.descriptions or {},
        "audience_id": audience.pk if audience else None,
    }


def _but_merged(
    model: type[Category] | type[Section], wanted: dict[str, dict[str, object]]
) -> dict[str, dict[str, object]]:
    """What somebody has merged into another by hand stays so, whatever the file goes on saying."""
    merged = set(model._default_manager.filter(merged_into__isnull=False).values_list("key", flat=True))
    return {key: fields for key, fields in wanted.items() if key not in merged}


def _nest(sections: dict[str, Section], parents: dict[str, str], changes: list[str]) -> None:
    for key, section in sections.items():
        parent = sections[parents[key]].pk if parents.get(key) in sections else None
        if section.parent_id != parent:
            section.parent_id = parent
            section.save(update_fields=["parent"])
            if f"+ section {key}" not in changes:
                changes.append(f"~ section {key}: parent")


def _show_again(before: dict[int, tuple[str, str]]) -> None:
    """Work out anew what readers get where a section's kind or fallback changed, or the desk's languages did."""
    forget()
    shown = set(Showing.objects.values_list("language", flat=True).distinct())
    every = bool(shown) and shown != set(the_desk().languages)
    for section in Section.objects.all():
        if every or before.get(section.pk, (section.kind, section.fallback)) != (section.kind, section.fallback):
            show_section(section)


def _sections(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """All sections of a file, with those within them, each with its place."""
    for place, category in rows(raw, "categories"):
        for inner, section in rows(category, "sections"):
            yield f"{place}.{inner}", section
            for innermost, subsection in rows(section, "sections"):
                yield f"{place}.{inner}.{innermost}", subsection


def references(raw: Raw) -> Iterator[tuple[str, str, str]]:
    """What a file names of other files: where, what it is, its key."""
    for place, row in [*rows(raw, "categories"), *_sections(raw)]:
        if isinstance(row.get("product"), str):
            yield f"{place}.product", "product", row["product"]
        for what, name in (("package", "packages"), ("team", "teams")):
            listed = row.get(name)
            for key in listed if isinstance(listed, list) else []:
                if isinstance(key, str):
                    yield f"{place}.{name}", what, key
