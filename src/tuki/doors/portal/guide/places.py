"""Where articles stand: a category with its sections, a section with its articles."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone
from tuki.doors.portal.guide import head
from tuki.doors.portal.guide.addresses import elsewhere, moved, to_category, to_section
from tuki.knowledge.queries import following, reading


@require_safe
@for_everyone
def category(request: Request, language: str, pk: int) -> HttpResponse:
    """A category's sections, each with its first articles."""
    found = reading.category(request.actor, pk, language)
    if found is None:
        return moved(request, language, f"categories/{pk}")
    if away := elsewhere(request, to_category(found, language)):
        return away
    shelves = reading.shelves(request.actor, found, language)
    context = {"category": found, "shelves": shelves, "head": head.of_category(found, language)}
    return render(request, "portal/guide/category.html", context)


@require_safe
@for_everyone
def section(request: Request, language: str, pk: int) -> HttpResponse:
    """A section: what lies in it, then its articles, a page at a time."""
    actor = request.actor
    found = reading.section(actor, pk, language)
    if found is None:
        return moved(request, language, f"sections/{pk}")
    if away := elsewhere(request, to_section(found, language)):
        return away
    articles = reading.articles_of(actor, found, language, request.GET.get("at", ""))
    context = {
        "section": found,
        "category": found.category,
        "subsections": [] if found.parent_id else reading.subsections(actor, found, language),
        "page": articles,
        "head": head.of_section(found, language),
        "follow": following.offer(actor, found, str(found)),
    }
    return render(request, "portal/guide/section.html", context)
