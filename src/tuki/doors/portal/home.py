"""The first page, the pages of the footer, and the choice of a language."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.requests.shown import is_news
from tuki.lib.html import from_article, from_text
from tuki.look.context import in_language
from tuki.people import actions as people
from tuki.tickets import policy, queries

_LATEST = 5


@require_safe
def home(request: Request, language: str) -> HttpResponse:
    """Where customers begin: how to ask, and how what they asked is doing."""
    actor = request.actor
    latest = []
    if person := actor.person:
        rows = queries.customer_requests(actor).order_by("-shown_updated_at", "-pk")[:_LATEST]
        latest = [(ticket, is_news(ticket, person)) for ticket in rows]
    return render(
        request,
        "portal/home.html",
        {
            "latest": latest,
            "may_submit": policy.may_submit(actor),
            "how_to_get_access": from_text(label(the_desk().how_to_get_access)),
        },
    )


@require_safe
def privacy(request: Request, language: str) -> HttpResponse:
    """What is done with people's data, in the desk's words."""
    return render(request, "portal/privacy.html", {"words": from_article(label(the_desk().privacy_notice))})


@require_safe
def accessibility(request: Request, language: str) -> HttpResponse:
    """What does not work for everyone, and whom to tell, in the desk's words."""
    words = from_article(label(the_desk().accessibility_statement))
    return render(request, "portal/accessibility.html", {"words": words})


# Public pages carry no secret of their reader's, so that they are the same for all. Another site gains nothing here:
# its posts come without the session, and change no more than the language of the next page.
@csrf_exempt
@require_POST
def language(request: Request) -> HttpResponse:
    """Read on in another language, now and from now on."""
    here = request.POST.get("next", "")
    if not (here.startswith("/") and url_has_allowed_host_and_scheme(here, allowed_hosts=None)):
        here = "/"
    chosen = request.POST.get("language", "")
    spoken = the_desk().languages
    if chosen not in spoken:
        return redirect(here)
    if request.actor.person:
        people.change_profile(request.actor.person, language=chosen, by=request.actor)
    answer = redirect(in_language(here, chosen, spoken))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer
