"""What stands around every page of the workspace: the lists with their counts, and what of ours is about to leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tuki.doors.workspace.entrance import AgentRequest
from tuki.live import topics
from tuki.live.known import KNOWN
from tuki.mail import queries as mail
from tuki.mail.standing import standing
from tuki.tickets import queries
from tuki.tickets.queries import beside

# Choices that belong to a browser, not to a person: kept in cookies that only the workspace is sent.
SHORTCUTS = "tuki_shortcuts"  # "off": single keys do nothing (WCAG 2.1.4)
AFTERWARDS = "tuki_afterwards"  # where a sent message leads: "stay", "list" or "next"
LAST_VIEW = "tuki_view"

MOST_UNDELIVERED = 100  # that are counted, and shown at once
_MAIL_LOOKED_AT_EVERY = 20.0  # seconds

# The key that, after g, leads to a list.
JUMPS = {
    "unassigned": "u",
    "mine": "m",
    "teams": "t",
    "open": "a",
    "waiting": "w",
    "solved": "s",
    "trash": "x",
    "spam": "!",
}
ICONS = {
    "unassigned": "inbox",
    "mine": "user",
    "teams": "users",
    "open": "layers",
    "waiting": "clock",
    "solved": "circle-check",
    "trash": "trash-2",
    "spam": "octagon-alert",
}


@dataclass(frozen=True)
class Place:
    """A list as the rail shows it."""

    key: str
    name: str
    icon: str
    jump: str
    count: str
    here: bool


def show(
    request: AgentRequest, template: str, context: Mapping[str, Any], *, at: str = "", status: int = 200
) -> HttpResponse:
    """A page of the workspace. at: the list it stands in or came from."""
    return render(request, template, {**frame(request, at), **context}, status=status)


def frame(request: AgentRequest, at: str = "") -> dict[str, Any]:
    counts = KNOWN.get(
        ("counts", request.agent.pk),
        [topics.DESK, topics.AROUND],
        lambda: queries.counts(request.actor),
        anew="X-Refresh" in request.headers,
    )
    undelivered = KNOWN.get(
        ("undelivered", request.agent.pk),
        [topics.person(request.agent.pk)],
        lambda: _undelivered(request.agent.pk),
    )
    unsent, leaving = beside.drafts_of(request.actor)
    return {
        "places": tuple(
            Place(key, str(view.name), ICONS[key], JUMPS[key], counts.get(key, ""), key == at)
            for key, view in queries.VIEWS.items()
        ),
        "at": at,
        "jumps": tuple((JUMPS[key], str(view.name)) for key, view in queries.VIEWS.items()),
        "undelivered": undelivered,
        "drafts": len(unsent),
        "unsent": unsent,  # the tickets that they are on
        "leaving": leaving,
        "mail_stands": KNOWN.get("how mail stands", [topics.AROUND], standing, seconds=_MAIL_LOOKED_AT_EVERY),
        "shortcuts": request.COOKIES.get(SHORTCUTS) != "off",
    }


def _undelivered(agent: int) -> int:
    return mail.undelivered(agent).order_by()[:MOST_UNDELIVERED].count()


def afterwards(request: AgentRequest) -> str:
    chosen = request.COOKIES.get(AFTERWARDS, "")
    return chosen if chosen in {"stay", "list", "next"} else "stay"


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a browser's choice for a year."""
    response.set_cookie(name, value, max_age=365 * 24 * 3600, path="/workspace/", samesite="Lax", httponly=True)
