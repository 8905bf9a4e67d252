"""Who is let into the workspace: agents. The signed-out sign in and come back; what they typed comes back with them."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tuki.doors.arrivals import Request
from tuki.lib.refusal import require
from tuki.look.errors import typed

if TYPE_CHECKING:
    from tuki.people.models import Person


class AgentRequest(Request):
    """A request as the workspace's views get it: an agent's."""

    agent: "Person"


def agents_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in agents; others learn nothing, not even whether the ticket they name exists."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        arrived = cast(AgentRequest, request)
        if arrived.actor.person is None:
            return _to_sign_in(arrived)
        require(arrived.actor.is_agent, _("The workspace is for the agents of support."))
        arrived.agent = arrived.actor.person
        return view(arrived, **named)

    return guarded


def _to_sign_in(request: AgentRequest) -> HttpResponse:
    if request.htmx or request.headers.get("X-Requested-With"):
        # The page stays as it is, with what was typed in it, and its script says so.
        return HttpResponse(status=401, headers={"HX-Reswap": "none", "HX-Trigger": "signed-out"})
    if request.method == "POST":
        context = {"typed": typed(request), "back": _page_of(request)}
        return render(request, "workspace/signed_out.html", context, status=401)
    return redirect_to_login(request.get_full_path())


def _page_of(request: AgentRequest) -> str:
    """The page on which a form stood, as far as its address goes without what it posts to."""
    parts = request.path.split("/")
    return "/".join(parts[:4]) if parts[2:3] == ["tickets"] else "/workspace/"
