"""Pages for when there is no page: they say what happened in plain words, and what to do next."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils import translation

from tuki.lib.disk import is_full

_LAST_RESORT = "<!doctype html><title>Error</title><h1>Something went wrong</h1><p>Please try again in a moment.</p>"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "refusals/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret is not this browser's: of a page opened before a sign-in, most often. The text goes back."""
    return render(request, "errors/stale_form.html", {"typed": typed(request)}, status=403)


def typed(request: HttpRequest) -> list[str]:
    """What somebody wrote into a form, to give back where it could not be kept. Nothing secret, no mere choices."""
    if request.method != "POST":
        return []
    return [
        text
        for key, values in request.POST.lists()
        if "password" not in key and "token" not in key
        for value in values
        if _is_prose(text := str(value).strip())
    ]


def _is_prose(text: str) -> bool:
    """Words, rather than a number, a key or an address: those are chosen or typed again in a moment."""
    return " " in text or "<" in text or len(text) > 40


def failed(request: HttpRequest) -> HttpResponse:
    """What nobody caught: our fault (500), or before any page was asked a locked database or a full disk (503).

    Asks the database nothing: it may be what failed.
    """
    error = sys.exc_info()[1]
    busy = isinstance(error, OperationalError) or (error is not None and is_full(error))
    language = translation.get_language() or "en"
    parts = request.path_info.split("/", 3)
    if len(parts) > 2 and parts[1] == "hc" and translation.check_for_language(parts[2]):
        language = parts[2]
    try:
        with translation.override(language):
            context = {"language": language, "typed": typed(request), "busy": busy}
            page: str = loader.render_to_string("errors/500.html", context)
    except Exception:  # noqa: BLE001 - whatever it is, the first failure is the one that was logged
        page = _LAST_RESORT
    return HttpResponse(page, status=503, headers={"Retry-After": "5"}) if busy else HttpResponse(page, status=500)
