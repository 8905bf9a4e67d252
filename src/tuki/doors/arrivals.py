"""What every request by browser goes through: who arrives, in which language, and what they read when turned away."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from tuki.desk.queries import the_desk
from tuki.lib.refusal import Denied, Refused
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.people.models import Person

View = Callable[[HttpRequest], HttpResponse]


class Request(HttpRequest):
    """A request as views get it."""

    actor: Actor
    htmx: bool  # asked for by a script on a page of ours, which swaps what it gets into that page


def reader(get_response: View) -> View:
    """Stamp who asks, and speak their language at their time of day."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        request.actor = Actor(person)  # type: ignore[attr-defined]
        request.htmx = request.headers.get("HX-Request") == "true"  # type: ignore[attr-defined]
        language = _language(request, person)
        with translation.override(language), timezone.override(_zone(person)):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def _language(request: HttpRequest, person: "Person | None") -> str:
    """The address's own (/hc/fi/…), else the person's, else the cookie's, else the browser's first that we speak."""
    spoken = the_desk().languages
    parts = request.path_info.split("/", 3)
    if len(parts) > 2 and parts[1] == "hc" and parts[2] in spoken:
        return parts[2]
    if person is not None and person.language in spoken:
        return person.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in spoken:
        return chosen
    for accepted in request.headers.get("Accept-Language", "").split(",")[:10]:
        code = accepted.split(";")[0].split("-")[0].strip().lower()
        if code in spoken:
            return code
    return the_desk().language


def _zone(person: "Person | None") -> ZoneInfo:
    try:
        return ZoneInfo(person.time_zone if person else the_desk().time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(the_desk().time_zone)


def refusals(get_response: View) -> View:
    """Turn a no into a page with its words: Denied is a 403, Refused a 409, a database that stays locked a 503."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            return render(request, "refusals/403.html", {"words": str(exception)}, status=403)
        if isinstance(exception, Refused):
            return render(request, "refusals/409.html", {"words": str(exception)}, status=409)
        if isinstance(exception, OperationalError):
            # What was typed goes back to the writer on the page itself: there is no other safe place for it now.
            answer = render(request, "refusals/503.html", {"typed": _typed(request)}, status=503)
            answer.headers["Retry-After"] = "5"
            return answer
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _typed(request: HttpRequest) -> list[str]:
    """The texts of a form, without what is secret or not for reading."""
    if request.method != "POST":
        return []
    return [
        str(value)
        for key, value in request.POST.items()
        if value and "password" not in key and key not in {"csrfmiddlewaretoken", "code"}
    ]
