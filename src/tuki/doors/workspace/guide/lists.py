"""The lists that editors work through."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame
from tuki.doors.workspace.guide.rows import Row, row, rows
from tuki.knowledge.queries import editing, listing, lookup
from tuki.lib.paging import Page
from tuki.look import moments

if TYPE_CHECKING:
    from tuki.knowledge.models import Article, Schedule

T = TypeVar("T")

REVIEWED_WITHIN = timedelta(days=30)  # what is due so soon is shown too

Find = Callable[[AgentRequest, str, str], "Page[Row]"]  # for a request, a language and a cursor


@require_safe
def listed(request: AgentRequest, key: str = "all") -> HttpResponse:
    """One of the lists."""
    find = _FINDS.get(key)
    if find is None:
        raise Http404
    language = chosen_language(request)
    page = find(request, language, request.GET.get("at", ""))
    context = {
        "title": frame.LISTS[key],
        "page": page,
        "language_of": language if key in frame.OF_ONE_LANGUAGE else "",
        "languages_of": the_desk().languages,
        "words": request.GET.get("q", "")[:100].strip() if key == "all" else "",
        "by_name": key == "links",
    }
    return frame.show(request, "list", context, here=key)


@require_safe
def section(request: AgentRequest, pk: int) -> HttpResponse:
    """A section's articles, in their order."""
    found = get_object_or_404(editing.sections(request.actor), pk=pk)
    page = _as_rows(listing.in_section(request.actor, found, request.GET.get("at", "")), _of_articles)
    context = {"title": found, "section": found, "page": page, "by_name": True}
    return frame.show(request, "list", context, here=f"section-{pk}")


@require_safe
def found(request: AgentRequest) -> HttpResponse:
    """Published articles by title and keywords, for whoever wants to link to one."""
    words, language = request.GET.get("q", "")[:100], chosen_language(request)
    context = {"found": lookup.by_words(request.actor, words, language, 8)}
    return render(request, "workspace/guide/found.html", context)


def chosen_language(request: AgentRequest) -> str:
    """The language that a list is asked of: one of the desk's, the reader's own where none is named."""
    spoken = the_desk().languages
    asked = request.GET.get("language", "")
    own = request.LANGUAGE_CODE
    return asked if asked in spoken else own if own in spoken else the_desk().language


def _all(request: AgentRequest, _language: str, cursor: str) -> "Page[Row]":
    words = request.GET.get("q", "")[:100]
    return _as_rows(listing.changed(request.actor, words, cursor), rows)


def _drafts(request: AgentRequest, _language: str, cursor: str) -> "Page[Row]":
    page = editing.drafts(request.actor, cursor)
    return _as_rows(page, lambda found: [row(one.translation, at=one.saved_at, who=str(one.saved_by)) for one in found])


def _scheduled(request: AgentRequest, _language: str, cursor: str) -> "Page[Row]":
    page = listing.scheduled(request.actor, cursor)
    return _as_rows(page, lambda found: [row(one.translation, note=_plan(one)) for one in found])


def _plan(schedule: "Schedule") -> str:
    """What will happen, in words."""
    plans = []
    if schedule.publish_at:
        plans.append(_("published %(moment)s") % {"moment": moments.exact(schedule.publish_at)})
    if schedule.unpublish_at:
        plans.append(_("taken away %(moment)s") % {"moment": moments.exact(schedule.unpublish_at)})
    return ", ".join(plans)


def _missing(request: AgentRequest, language: str, cursor: str) -> "Page[Row]":
    return _as_rows(editing.missing(request.actor, language, cursor), _of_articles)


def _outdated(request: AgentRequest, language: str, cursor: str) -> "Page[Row]":
    return _as_rows(editing.outdated(request.actor, language, cursor), rows)


def _review(request: AgentRequest, _language: str, _cursor: str) -> "Page[Row]":
    due = editing.due_for_review(request.actor, timezone.localdate(request.actor.at) + REVIEWED_WITHIN)
    found = [
        row(one, at=one.article.review_at, who=str(one.article.owner or ""), note=_("review"))
        for one in listing.sources(due)
    ]
    return Page(found, "", "")


def _links(request: AgentRequest, language: str, cursor: str) -> "Page[Row]":
    words = _("links to article %(number)s, which its readers don’t get")
    return _as_rows(
        editing.dead_links(request.actor, language, cursor),
        lambda found: [row(one.showing.translation, note=words % {"number": one.number}) for one in found],
    )


def _archived(request: AgentRequest, language: str, cursor: str) -> "Page[Row]":
    return _as_rows(editing.of_status(request.actor, "archived", language, cursor), rows)


def _of_articles(found: "list[Article]") -> list[Row]:
    return rows(listing.sources(found))


def _as_rows(page: "Page[T]", make: "Callable[[list[T]], list[Row]]") -> "Page[Row]":
    return Page(make(page.rows), page.newer, page.older)


_FINDS: dict[str, Find] = {
    "all": _all,
    "drafts": _drafts,
    "scheduled": _scheduled,
    "missing": _missing,
    "outdated": _outdated,
    "review": _review,
    "links": _links,
    "archived": _archived,
}
