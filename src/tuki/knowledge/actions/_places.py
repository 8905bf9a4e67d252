"""Categories and sections under their locks, and what must hold of them. Checks no rights: its callers have."""

from django.utils.translation import gettext as _

from tuki.knowledge.models import Category, Section
from tuki.lib.refusal import Refused


def held(*named: Category) -> dict[int, Category]:
    """All categories by id, nobody else's until the transaction ends: one arranges at a time.

    named: those that must be among them.
    """
    rows = {row.pk: row for row in Category.objects.select_for_update().order_by("pk")}
    if any(row.pk not in rows for row in named):
        raise Refused(_("Somebody has removed this category meanwhile."))
    return {pk: row for pk, row in rows.items() if row.merged_into_id is None or pk in {one.pk for one in named}}


def held_section(section: Section, *, merged: bool = False) -> Section:
    """A section as it is now, nobody else's until the transaction ends. merged: also one that was merged into another.

    Held before its articles are, so that two never wait for each other.
    """
    # Locked alone, then read: one whose category changes while we wait for it would be joined with nothing.
    # no_key: who publishes an article in it need not wait.
    if not Section.objects.select_for_update(no_key=True).filter(pk=section.pk).values_list("pk"):
        raise Refused(_("Somebody has removed this section meanwhile."))
    section = Section.objects.select_related("category", "parent").get(pk=section.pk)
    if section.merged_into_id and not merged:
        raise Refused(_("Somebody has merged this into another meanwhile."))
    return section


def require_place(section: Section | None, category: Category, parent: Section | None) -> None:
    """One level deep, within one category, and not in itself; in what was merged lies nothing. parent: held."""
    if category.merged_into_id:
        raise Refused(_("Somebody has merged this into another meanwhile."), field="into")
    if parent is None:
        return
    if parent.parent_id or (section and (parent.pk == section.pk or section.subsections.filter(merged_into=None))):
        raise Refused(_("Sections lie in each other one level deep."), field="into")
    if parent.category_id != category.pk:
        raise Refused(_("A section lies in one of its own category."), field="into")
