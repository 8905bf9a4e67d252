"""Addresses of the help center's things: a number that stays, then words that may change.

    /hc/fi/articles/123-laskun-hyvaksyminen

Only the number counts; an address with other words leads to the one with these (301).
"""

from typing import TYPE_CHECKING, Any, Protocol

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.knowledge.queries import reading
from tuki.knowledge.slugs import numbered

if TYPE_CHECKING:
    from tuki.knowledge.models import Showing


class Place(Protocol):
    """A category or a section."""

    pk: int
    labels: Any

    def __str__(self) -> str: ...


class Numbered:
    """A number with words behind it; the words are for people."""

    regex = r"[0-9]{1,18}(?:-[^/]*)?"

    def to_python(self, value: str) -> int:
        return int(value.partition("-")[0])

    def to_url(self, value: object) -> str:
        return str(value)


def to_article(showing: "Showing", language: str) -> str:
    """The address of what a reader of that language gets of an article."""
    return reverse("portal:article", args=[language, numbered(showing.article_id, showing.translation.title)])


def to_text(article: int, title: str, language: str) -> str:
    """The same, of an article with this title."""
    return reverse("portal:article", args=[language, numbered(article, title)])


def to_section(section: Place, language: str) -> str:
    return reverse("portal:section", args=[language, numbered(section.pk, str(section))])


def to_category(category: Place, language: str) -> str:
    return reverse("portal:category", args=[language, numbered(category.pk, str(category))])


def elsewhere(request: Request, right: str) -> HttpResponse | None:
    """The way to the right address, with what was asked there; None for whoever is there."""
    if request.path == right:
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{right}?{query}" if query else right)


@require_safe
def moved(request: Request, language: str, path: str) -> HttpResponse:
    """An address that was given up, of this help center or of another before it, leads to what stands for it now."""
    found = reading.redirected(request.actor, path, language)
    if found is None:
        raise Http404
    right = {"Category": to_category, "Section": to_section, "Showing": to_article}[type(found).__name__]
    return HttpResponsePermanentRedirect(right(found, language))  # type: ignore[operator]
