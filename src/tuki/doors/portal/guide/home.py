"""Where customers begin."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone
from tuki.doors.portal.guide import head
from tuki.doors.portal.requests.shown import is_news
from tuki.knowledge.queries import following, reading
from tuki.lib.html import from_text
from tuki.tickets import policy, queries

if TYPE_CHECKING:
    from tuki.people.actor import Actor
    from tuki.tickets.models import Ticket

_LATEST = 5
_NEWS = {"above": 3, "beside": 5, "nowhere": 0}


@require_safe
@for_everyone
def home(request: Request, language: str) -> HttpResponse:
    """What there is to read, how to ask, and how what one asked is doing."""
    actor = request.actor
    may_submit = policy.may_submit(actor)
    return render(
        request,
        "portal/guide/home.html",
        {
            **_reading(actor, language),
            "head": head.of_home(language),
            "offered": following.offered(actor, language),
            "latest": _latest(actor),
            "may_submit": may_submit,
            "how_to_get_access": "" if may_submit else from_text(label(the_desk().how_to_get_access)),
        },
    )


def _reading(actor: "Actor", language: str) -> dict[str, Any]:
    categories = reading.categories(actor, language)
    # Whoever has one room to go to goes to what is in it.
    sections = categories[0][1] if len(categories) == 1 else []
    news = _NEWS[the_desk().news_place]
    return {
        "categories": [] if sections else [category for category, _sections in categories],
        "sections": sections,
        "promoted": reading.promoted(actor, language) if categories else [],
        "news": reading.announcements(actor, language, news) if categories and news else [],
    }


def _latest(actor: "Actor") -> "list[tuple[Ticket, bool]]":
    """One's own open requests that changed last, and whether there is something unread."""
    person = actor.person
    if person is None:
        return []
    rows = queries.customer_requests(actor).order_by("-shown_updated_at", "-pk")[:_LATEST]
    return [(ticket, is_news(ticket, person)) for ticket in rows]
