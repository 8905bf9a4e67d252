"""A section's articles: which stands first, which is promoted, and several that go elsewhere at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame, writing
from tuki.doors.workspace.guide.arrangement import pressed, say_placed
from tuki.doors.workspace.guide.forms import section_choices
from tuki.doors.workspace.guide.rows import Row, rows
from tuki.knowledge import actions
from tuki.knowledge.queries import arranging, editing, listing
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused

if TYPE_CHECKING:
    from tuki.knowledge.models import Article, Section

_AT_ONCE = 100  # articles on a page


@require_safe
def order(request: AgentRequest, pk: int) -> HttpResponse:
    """The section's articles as its readers have them."""
    return _show(request, _find(request, pk))


@dataclass(frozen=True)
class Placed:
    """An article between those beside which it can be put; none where it can't go further that way."""

    row: Row
    article: "Article"
    before: "Article | None"
    after: "Article | None"
    chosen: bool


def _show(request: AgentRequest, section: "Section", mistake: str = "", chosen: Iterable[int] = ()) -> HttpResponse:
    page = listing.in_section(request.actor, section, request.GET.get("at", ""), _AT_ONCE)
    sources = listing.sources(page.rows)
    # What stands before the first and behind the last too: so a place on another page is reached.
    beyond: list[list[Article]] = [
        listing.in_section(request.actor, section, cursor, 1).rows[:1] if cursor else []
        for cursor in (page.newer, page.older)
    ]
    around: list[Article | None] = [None, *beyond[0], *(one.article for one in sources), *beyond[1], None]
    at = len(beyond[0])  # where what stands before the first is
    shown = [
        Placed(
            row,
            source.article,
            _alike(source.article, around[at + n], section),
            _alike(source.article, around[at + n + 2], section),
            source.article_id in set(chosen),
        )
        for n, (source, row) in enumerate(zip(sources, rows(sources), strict=True))
    ]
    context = {
        "section": section,
        "page": page,
        "shown": shown,
        "sections": [choice for choice in section_choices(request) if choice[0] != section.pk],
        "mistake": mistake,
    }
    return frame.show(request, "order", context, here=f"section-{section.pk}", status=422 if mistake else 200)


def _alike(article: "Article", beside: "Article | None", section: "Section") -> "Article | None":
    """That other, where putting the one beside it makes a difference to readers."""
    if beside is None or section.announces or beside.promoted != article.promoted:
        return None
    return beside


@require_POST
def article_place(request: AgentRequest, pk: int) -> HttpResponse:
    """Put an article before or behind another of its section."""
    article, after = writing.find_article(request, pk), "after" in request.POST
    other = sent_id(request.POST.get("after" if after else "before", ""))
    if other == pk:
        raise Http404
    beside = writing.find_article(request, other)
    try:
        actions.place_article(article, beside, after=after, by=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        titles = [row.title for row in rows(listing.sources([article, beside]))]
        say_placed(request, *titles, after=after)
    return _back(request, article, f"{pressed(after)}-article-{pk}")


@require_POST
def article_promotion(request: AgentRequest, pk: int) -> HttpResponse:
    """Promote an article, or do so no longer."""
    article, promoted = writing.find_article(request, pk), request.POST.get("promoted") == "yes"
    actions.change_article(article, promoted=promoted, by=request.actor)
    said = {"title": rows(listing.sources([article]))[0].title}
    words = (
        _("“%(title)s” is promoted: it stands first in its section, and on the home page.")
        if promoted
        else _("“%(title)s” is not promoted any more.")
    )
    messages.success(request, words % said)
    return _back(request, article, f"promotion-{pk}")


def _back(request: AgentRequest, article: "Article", focus: str) -> HttpResponse:
    """To the page of the list on which it stood."""
    cursor = request.POST.get("at", "")[:200]
    at = f"?{urlencode({'at': cursor})}" if cursor else ""
    return redirect(f"{reverse('workspace:guide_section_order', args=[article.section_id])}{at}#{focus}")


@require_POST
def articles(request: AgentRequest, pk: int) -> HttpResponse:
    """Put those that were chosen into another section."""
    section = _find(request, pk)
    chosen = {sent_id(one) for one in request.POST.getlist("article")[:_AT_ONCE]}
    into = sent_id(request.POST.get("section", ""))
    if not chosen:
        return _show(request, section, _("Choose the articles that are to go first."))
    if not into:
        return _show(request, section, _("Choose where they are to go."), chosen)
    target = get_object_or_404(editing.sections(request.actor), pk=into)
    found = [article for one in sorted(chosen) if (article := editing.article(request.actor, one)) is not None]
    moved = actions.move_articles(found, target, out_of=section, by=request.actor)
    words = ngettext(
        "%(count)s article stands in “%(section)s” now, for %(whom)s.",
        "%(count)s articles stand in “%(section)s” now, for %(whom)s.",
        len(moved),
    )
    if moved:
        said = {"count": len(moved), "section": target, "whom": arranging.for_whom(target)}
        messages.success(request, words % said)
    if len(moved) < len(chosen):
        messages.warning(request, _("What somebody else has moved meanwhile stays where it is by now."))
    return redirect("workspace:guide_section_order", pk)


def _find(request: AgentRequest, pk: int) -> "Section":
    """The section, for whoever may write in it; one that is hidden too."""
    found = editing.section(request.actor, pk)
    if found is None:
        raise Http404
    return found
