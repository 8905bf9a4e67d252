"""The lists: the workspace's views, what a search found, and drafts."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuki.doors.workspace import frame, rows
from tuki.doors.workspace.choices import choices
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.views.bulk import told
from tuki.lib.html import excerpt, to_text
from tuki.tickets import queries

if TYPE_CHECKING:
    from tuki.lib.paging import Page

SIZE = 50


@require_safe
def start(request: AgentRequest) -> HttpResponse:
    """Where the agent was last."""
    last = request.COOKIES.get(frame.LAST_VIEW, "")
    return redirect("workspace:view", last if last in queries.VIEWS else "unassigned")


@require_safe
def view(request: AgentRequest, key: str) -> HttpResponse:
    """One of the views."""
    if key not in queries.VIEWS:
        raise Http404
    chosen = queries.VIEWS[key]
    page = queries.page_of_view(request.actor, key, request.GET.get("at", ""), SIZE)
    response = _show(request, page, {"title": chosen.name, "moment": chosen.moment}, at=key)
    if request.COOKIES.get(frame.LAST_VIEW) != key:
        frame.remember(response, frame.LAST_VIEW, key)
    return response


@require_safe
def search(request: AgentRequest) -> HttpResponse:
    """A number leads to its ticket; a requester's address or words of the subject to a list."""
    words = request.GET.get("q", "").strip()[:200]
    found = queries.find_for_agent(request.actor, words)
    if words.strip("[]").rpartition("#")[2].isdecimal():
        only = list(found[:2])
        if len(only) == 1:
            return redirect("workspace:ticket", only[0].number)
    page = queries.page_of_found(request.actor, found if words else found.none(), request.GET.get("at", ""), SIZE)
    title = _("Found for “%(words)s”") % {"words": words} if words else _("Search")
    return _show(request, page, {"title": title, "moment": "updated_at", "words": words})


def _show(request: AgentRequest, page: "Page[queries.Row]", context: dict[str, Any], at: str = "") -> HttpResponse:
    context |= {"page": page, "rows": rows.drawn(request.actor, page, at)}
    if request.headers.get("X-Refresh"):
        # A page that only draws its rows anew has the rest already.
        return frame.show(request, "workspace/list_refreshed.html", context, at=at)
    context |= {"choices": choices(), "me": str(request.agent.pk), "result": told(request)}
    return frame.show(request, "workspace/list.html", context, at=at)


@require_safe
def drafts(request: AgentRequest) -> HttpResponse:
    """The way back to what was begun and not sent."""
    kept = [(one, excerpt(to_text(one.html))) for one in queries.unsent_drafts(request.actor)[:100]]
    return frame.show(request, "workspace/drafts.html", {"kept": kept}, at="drafts")
