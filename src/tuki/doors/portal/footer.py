"""What every page leads to: the pages of the footer, and the choice of a language."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone
from tuki.lib.html import from_article
from tuki.look.context import in_language
from tuki.people import actions as people


@require_safe
@for_everyone
def privacy(request: Request, language: str) -> HttpResponse:
    """What is done with people's data, in the desk's words."""
    return render(request, "portal/privacy.html", {"words": from_article(label(the_desk().privacy_notice))})


@require_safe
@for_everyone
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
