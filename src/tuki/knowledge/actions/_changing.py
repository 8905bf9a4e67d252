"""Whether who changes a thing has seen what others changed, and which of the wanted changes are any."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tuki.conditions.tree import Condition
from tuki.journal.models import Entry
from tuki.knowledge import events
from tuki.knowledge.actions._audiences import audience_of
from tuki.knowledge.actions.writing import Overtaken
from tuki.knowledge.models import Article, Category, Section

# What is written of an article's texts is no part of its mark.
_OF_ARTICLES = (events.ArticleMade, events.ArticleChanged, events.ArticleMoved, events.ArticleMerged, events.Reviewed)


def require_seen(thing: Category | Section | Article, seen: str | None) -> None:
    """That nobody changed it since whoever changes it now has seen it."""
    if seen is None or thing.mark == seen:
        return
    done = Entry.objects.filter(on_kind=thing._meta.model_name, on_id=thing.pk).select_related("person")
    if isinstance(thing, Article):
        done = done.filter(event__in=[event.name for event in _OF_ARTICLES])
    last = done.order_by("pk").last()
    who = last.person if last is not None else None
    raise Overtaken(_("%(who)s changed this meanwhile.") % {"who": who or _("Somebody")})


def changed(row: Any, wanted: Mapping[str, Any]) -> list[str]:
    """Set the fields of a row that differ, without saving it; their names, in order. Checks nothing."""
    names = []
    for name, value in wanted.items():
        if isinstance(value, Condition):
            value = audience_of(value)
        if getattr(row, name) != value:
            setattr(row, name, value)
            names.append(name)
    return sorted(names)
