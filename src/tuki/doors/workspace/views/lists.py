"""The lists: the workspace's views, what a search found, and drafts."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.views.bulk import told
from tuki.lib import paging
from tuki.lib.html import excerpt, to_text
from tuki.live import presence
from tuki.people import queries as people
from tuki.tickets import queries
from tuki.tickets.queries import beside

if TYPE_CHECKING:
    from tuki.tickets.models import Ticket

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
    rows = _page(request, queries.view(request.actor, key), chosen.moment)
    response = _show(request, {"title": chosen.name, "moment": chosen.moment, **rows}, at=key)
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
    rows = _page(request, found, "updated_at") if words else {"page": paging.Page([], "", ""), "open_by": {}}
    title = _("Found for “%(words)s”") % {"words": words} if words else _("Search")
    return _show(request, {"title": title, "moment": "updated_at", "words": words, **rows})


def _page(request: AgentRequest, rows: "QuerySet[Ticket]", moment: str) -> dict[str, Any]:
    """A page's rows, each with what was said last, its priority in words and who else has it open."""
    page = paging.page(beside.with_last_words(rows), moment, request.GET.get("at", ""), SIZE)
    open_by = presence.who_has_open(request.actor, [row.pk for row in page.rows])
    desk = the_desk()
    lines = [
        (row, getattr(row, moment), desk.priority_label(row.priority), open_by.get(row.pk, [])) for row in page.rows
    ]
    return {"page": page, "lines": lines}


def _show(request: AgentRequest, context: dict[str, Any], at: str = "") -> HttpResponse:
    if not request.headers.get("X-Refresh"):
        # What a bulk change can set; a page that only draws its rows anew has it already.
        context |= {"statuses": queries.statuses(), "agents": people.agents(), "teams": people.teams()}
        context |= {"result": told(request)}
    template = "workspace/list_refreshed.html" if request.headers.get("X-Refresh") else "workspace/list.html"
    return frame.show(request, template, context, at=at)


@require_safe
def drafts(request: AgentRequest) -> HttpResponse:
    """The way back to what was begun and not sent."""
    kept = [(one, excerpt(to_text(one.html))) for one in queries.unsent_drafts(request.actor)[:100]]
    return frame.show(request, "workspace/drafts.html", {"kept": kept}, at="drafts")
