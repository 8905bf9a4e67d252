"""Categories and sections: what the help center is divided into, in which order, and for whom."""

from typing import TypedDict, Unpack

from django.db import transaction

from tuki.conditions.tree import Condition
from tuki.desk.labels import Labels
from tuki.desk.models import Product
from tuki.journal.record import record
from tuki.knowledge import events, policy
from tuki.knowledge.actions._audiences import audience_of, require_in_reach
from tuki.knowledge.actions._changing import changed, require_seen
from tuki.knowledge.actions._ordering import lined_up, number, number_sections
from tuki.knowledge.actions._places import held, held_section, require_place
from tuki.knowledge.actions._showing import show_section
from tuki.knowledge.audience import EVERYONE
from tuki.knowledge.models import Category, Fallback, Kind, Section
from tuki.lib.refusal import require
from tuki.people.actor import Actor


class CategoryChanges(TypedDict, total=False):
    """What may be changed of a category; what is not named stays."""

    labels: Labels
    descriptions: Labels
    audience: Condition
    retired: bool


class SectionChanges(CategoryChanges, total=False):
    """What may be changed of a section; what is not named stays."""

    kind: Kind
    product: Product | None
    fallback: Fallback


def make_category(
    labels: Labels, *, descriptions: Labels | None = None, audience: Condition = EVERYONE, by: Actor
) -> Category:
    """Add a category, after those there are."""
    require(policy.may_arrange(by))
    require_in_reach(audience, by=by)
    with transaction.atomic():
        last = max((row.position for row in held().values()), default=-1)
        category = Category.objects.create(
            labels=labels, descriptions=descriptions or {}, audience=audience_of(audience), position=last + 1
        )
        record(events.CategoryMade(), on=category, by=by)
    return category


def change_category(
    category: Category, *, seen: str | None = None, by: Actor, **changes: Unpack[CategoryChanges]
) -> Category:
    """Change what a category is called, for whom it is, or whether it is shown.

    seen: the `mark` it had before the eyes of who changes it; raises Overtaken where somebody changed it since.
    """
    require(policy.may_arrange(by))
    with transaction.atomic():
        category = held(category)[category.pk]
        require_seen(category, seen)
        if "audience" in changes:
            require_in_reach(changes["audience"], by=by)
        fields = changed(category, changes)
        if fields:
            category.save(update_fields=fields)
            record(events.CategoryChanged(fields), on=category, by=by)
    return category


def place_category(category: Category, beside: Category, *, after: bool = False, by: Actor) -> Category:
    """Put a category right before another, or right after it. Done twice, it stands there once."""
    require(policy.may_arrange(by))
    with transaction.atomic():
        rows = held(category, beside)
        in_order = sorted(rows.values(), key=lambda row: (row.position, row.pk))
        if number(lined_up(in_order, rows[category.pk], beside, after=after)):
            record(events.CategoryChanged(["position"]), on=category, by=by)
    return rows[category.pk]


def make_section(
    category: Category,
    labels: Labels,
    *,
    kind: Kind = Kind.GUIDES,
    parent: Section | None = None,
    product: Product | None = None,
    descriptions: Labels | None = None,
    fallback: Fallback = Fallback.SOURCE,
    audience: Condition = EVERYONE,
    by: Actor,
) -> Section:
    """Add a section, after those there are."""
    require(policy.may_arrange(by))
    require_in_reach(audience, by=by)
    with transaction.atomic():
        category = held(category)[category.pk]
        parent = held_section(parent) if parent else None
        require_place(None, category, parent)
        section = Section.objects.create(
            category=category,
            parent=parent,
            kind=kind,
            product=product,
            labels=labels,
            descriptions=descriptions or {},
            fallback=fallback,
            audience=audience_of(audience),
            position=_last(category) + 1,
        )
        number_sections(category)
        record(events.SectionMade(), on=section, by=by)
    return section


def change_section(
    section: Section, *, seen: str | None = None, by: Actor, **changes: Unpack[SectionChanges]
) -> Section:
    """Change what a section is called, what it holds, for whom it is, what stands in for a missing translation.

    seen: as `change_category`.
    """
    require(policy.may_arrange(by))
    with transaction.atomic():
        section = held_section(section)
        require_seen(section, seen)
        if "audience" in changes:
            require_in_reach(changes["audience"], by=by)
        fields = changed(section, changes)
        if fields:
            section.save(update_fields=fields)
            record(events.SectionChanged(fields), on=section, by=by)
        if {"kind", "fallback"} & set(fields):
            show_section(section)
    return section


def place_section(section: Section, beside: Section, *, after: bool = False, by: Actor) -> Section:
    """Put a section right before another, or right after it, wherever that one stands."""
    require(policy.may_arrange(by))
    with transaction.atomic():
        rows = held()
        section, beside = held_section(section), held_section(beside)
        if section.pk == beside.pk:
            return section
        category = rows[beside.category_id]
        went = _go(section, category, beside.parent, by=by)
        siblings = Section.objects.filter(category=category, parent=beside.parent_id, merged_into=None)
        moved = number_sections(category, lined_up(siblings, section, beside, after=after))
        if moved and not went:
            record(events.SectionChanged(["position"]), on=section, by=by)
    return section


def move_section(section: Section, category: Category, *, parent: Section | None = None, by: Actor) -> Section:
    """Put a section into another category, or into or out of another section, as the last. Its address stays."""
    require(policy.may_arrange(by))
    with transaction.atomic():
        category = held(category)[category.pk]
        section = held_section(section)
        _go(section, category, held_section(parent) if parent else None, by=by)
    return section


def _go(section: Section, category: Category, parent: Section | None, *, by: Actor) -> bool:
    """Let a section lie there as the last, where it does not lie there already; whether it went."""
    require_place(section, category, parent)
    old: list[int | None] = [section.category_id, section.parent_id]
    new: list[int | None] = [category.pk, parent.pk if parent else None]
    if old == new:
        return False
    section.position = _last(category) + 1
    section.category, section.parent = category, parent
    section.save(update_fields=["category", "parent", "position"])
    section.subsections.update(category=category)
    number_sections(category)
    record(events.SectionMoved(old, new), on=section, by=by)
    return True


def _last(category: Category) -> int:
    found = category.sections.filter(merged_into=None).order_by("-position").values_list("position", flat=True).first()
    return found if found is not None else -1
