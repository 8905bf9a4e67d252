"""Looking articles up by the words of their titles and keywords."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone
from tuki.knowledge.queries import lookup, reading
from tuki.lib.ids import sent_id
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.knowledge.models import Category

_SUGGESTED = 6
_LONGEST = 200  # characters of a question


@require_safe
@for_everyone
def search(request: Request, language: str) -> HttpResponse:
    """What is found, and what to do where nothing is."""
    actor, words = request.actor, _words(request)
    category = _category(request, language)
    found = lookup.by_words(actor, words, language, category=category)
    context = {
        "query": words,
        "category": category,
        "found": found,
        "promoted": [] if found or not words else reading.promoted(actor, language, _SUGGESTED),
        "may_submit": actor.person is None or policy.may_submit(actor),
    }
    return render(request, "portal/guide/search.html", context)


@require_safe
def suggestions(request: Request, language: str) -> HttpResponse:
    """What a search box offers while somebody types: a list's options, for a script to put there."""
    words = _words(request)
    found = lookup.by_words(request.actor, words, language, _SUGGESTED, category=_category(request, language))
    context = {"query": words, "found": found, "category": request.GET.get("category", "")}
    return render(request, "portal/guide/suggestions.html", context)


def _words(request: Request) -> str:
    return " ".join(request.GET.get("query", "")[:_LONGEST].split())


def _category(request: Request, language: str) -> "Category | None":
    """The one that is searched alone; None for all there are."""
    named = request.GET.get("category", "")
    return reading.category(request.actor, sent_id(named), language) if named else None
