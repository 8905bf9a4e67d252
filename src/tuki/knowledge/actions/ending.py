"""Categories and sections that are no more: merged into another, or taken away once nothing is in them."""

from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.knowledge import events, policy
from tuki.knowledge.actions._merging import move_followers
from tuki.knowledge.actions._ordering import number_articles, number_sections
from tuki.knowledge.actions._places import held, held_section
from tuki.knowledge.actions._redirects import lead_nowhere, lead_on
from tuki.knowledge.actions._showing import show_section
from tuki.knowledge.models import Article, Category, Section
from tuki.lib.refusal import Refused, require
from tuki.people.actor import Actor

T = TypeVar("T", Category, Section)
M = TypeVar("M", Article, Section)


def merge_categories(kept: Category, duplicate: Category, *, by: Actor) -> Category:
    """Make two categories one: the sections move behind its own, and the address of the other leads here."""
    require(policy.may_arrange(by))
    with transaction.atomic():
        rows = held(kept, duplicate)
        kept, duplicate = _two(rows[kept.pk], rows[duplicate.pk])
        sections = [*_sections(kept), *_sections(duplicate)]
        Section.objects.filter(category=duplicate).update(category=kept)
        number_sections(kept, [section for section in sections if section.parent_id is None])
        duplicate.merged_into, duplicate.retired = kept, True
        duplicate.save(update_fields=["merged_into", "retired"])
        lead_on("category", duplicate.pk, "category", kept.pk)
        record(events.CategoryMerged(duplicate.pk), on=kept, by=by)
    return kept


def merge_sections(kept: Section, duplicate: Section, *, by: Actor) -> Section:
    """Make two sections one: articles, subsections and followers move, and the address of the other leads here.

    What came stands behind what was here, in the order that it had.
    """
    require(policy.may_arrange(by))
    with transaction.atomic():
        held()
        kept, duplicate = _two(held_section(kept, merged=True), held_section(duplicate, merged=True))
        if kept.parent_id and duplicate.subsections.filter(merged_into=None).exclude(pk=kept.pk).exists():
            raise Refused(_("Sections lie in each other one level deep: move the sections within it first."))
        if kept.parent_id == duplicate.pk:
            raise Refused(_("It lies within the other: move it out first."))
        duplicate.subsections.update(parent=kept, category=kept.category)
        _move_articles(kept, duplicate)
        move_followers(kept, duplicate)
        duplicate.merged_into, duplicate.retired = kept, True
        duplicate.save(update_fields=["merged_into", "retired"])
        number_sections(kept.category)
        lead_on("section", duplicate.pk, "section", kept.pk)
        record(events.SectionMerged(duplicate.pk), on=kept, by=by)
        show_section(kept)
    return kept


def _two(kept: T, duplicate: T) -> tuple[T, T]:
    if kept.pk == duplicate.pk:
        raise Refused(_("What is merged must be two."))
    if kept.merged_into_id or duplicate.merged_into_id:
        raise Refused(_("One of these was merged into another before."))
    return kept, duplicate


def _sections(category: Category) -> list[Section]:
    return list(Section.objects.filter(category=category, merged_into=None))


def _move_articles(kept: Section, duplicate: Section) -> None:
    here, came = (list(Article.objects.filter(section=one).order_by("position", "pk")) for one in (kept, duplicate))
    Article.objects.filter(section=duplicate).update(section=kept)
    together = [*here, *came]
    before = sorted(together, key=lambda row: (row.position, row.pk))
    number_articles(together, before)


def remove_category(category: Category, *, by: Actor) -> None:
    """Take away a category in which no section lies. Its address leads nowhere."""
    require(policy.may_arrange(by))
    with transaction.atomic():
        category = held(category)[category.pk]
        if _sections(category):
            raise Refused(_("There are sections in it: move or remove them first."))
        record(events.CategoryRemoved(_called(category)), on=category, by=by)
        gone = _with_merged(Category, category)
        for section in Section.objects.filter(category__in=gone):
            section.category = _end_of(section).category
            section.save(update_fields=["category"])
        _take_away("category", category, gone)


def remove_section(section: Section, *, by: Actor) -> None:
    """Take away a section in which nothing stands, and with it who followed it. Its address leads nowhere."""
    require(policy.may_arrange(by))
    with transaction.atomic():
        held()
        section = held_section(section)
        if Article.objects.filter(section=section, merged_into=None).exists():
            raise Refused(_("There are articles in it: move them first."))
        if section.subsections.filter(merged_into=None).exists():
            raise Refused(_("There are sections in it: move or remove them first."))
        record(events.SectionRemoved(_called(section)), on=section, by=by)
        gone = _with_merged(Section, section)
        for article in Article.objects.filter(section__in=gone):
            article.section = _end_of(article).section
            article.save(update_fields=["section"])
        Section.objects.filter(parent__in=gone).update(parent=None)
        _take_away("section", section, gone)


def _called(place: Category | Section) -> str:
    return label(place.labels, the_desk().language)


def _with_merged(model: type[T], place: T) -> list[T]:
    """A place and all that was ever merged into it, the last to be merged first."""
    found, newest = [place], [place]
    while newest:
        newest = list(model._default_manager.filter(merged_into__in=newest))
        found += newest
    return found[::-1]


def _end_of(one: M) -> M:
    """What something was merged into in the end."""
    while one.merged_into is not None:
        one = one.merged_into
    return one


def _take_away(kind: str, place: Category | Section, gone: "list[Category] | list[Section]") -> None:
    lead_nowhere(kind, place.pk)
    for row in gone:
        row.delete()
