"""Who is let into the workspace: agents. The signed-out sign in and come back; what they typed comes back with them."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tuki.doors.arrivals import Request, to_sign_in
from tuki.lib.refusal import require

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
            return to_sign_in(arrived, _page_of(arrived))
        require(arrived.actor.is_agent, _("The workspace is for the agents of support."))
        arrived.agent = arrived.actor.person
        return view(arrived, **named)

    return guarded


def _page_of(request: AgentRequest) -> str:
    """The page on which a form stood, as far as its address goes without what it posts to."""
    parts = request.path.split("/")
    return "/".join(parts[:4]) if parts[2:3] == ["tickets"] else "/workspace/"
