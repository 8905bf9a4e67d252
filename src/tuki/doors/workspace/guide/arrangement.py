"""The help center as a whole: its categories and sections in their order, and what is done to one of them at once."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame
from tuki.knowledge import actions, policy
from tuki.knowledge.queries import arranging
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from tuki.knowledge.models import Category, Section

    T = TypeVar("T", bound=Model)


def arrangers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in those who may arrange the help center; other agents don't learn what is there."""

    @wraps(view)
    def guarded(request: AgentRequest, **named: Any) -> HttpResponse:
        if not policy.may_arrange(request.actor):
            raise Http404
        return view(request, **named)

    return guarded


@arrangers_only
@require_safe
def arrangement(request: AgentRequest) -> HttpResponse:
    """All of it on one page."""
    return frame.show(request, "arrangement", {"rooms": arranging.tree(request.actor)}, here="arrangement")


@arrangers_only
@require_POST
def category_place(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a category before or behind another."""
    found, others = find_category(request, pk), arranging.categories(request.actor).exclude(pk=pk)
    return _put(request, found, others, actions.place_category, called=f"category-{pk}")


@arrangers_only
@require_POST
def section_place(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a section before or behind another, wherever that one lies."""
    found, others = find_section(request, pk), arranging.sections(request.actor).exclude(pk=pk)
    return _put(request, found, others, actions.place_section, called=f"section-{pk}")


def _put(
    request: AgentRequest,
    found: "Category | Section",
    others: "QuerySet[Any]",
    place: Callable[..., object],
    *,
    called: str,
) -> HttpResponse:
    beside, after = anchor(request, others)
    try:
        place(found, beside, after=after, by=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        say_placed(request, found, beside, after=after)
    return redirect(f"{reverse('workspace:guide_arrangement')}#{pressed(after)}-{called}")


def anchor(request: AgentRequest, rows: "QuerySet[T]") -> "tuple[T, bool]":
    """Beside which of these something is put, and whether behind it."""
    after = "after" in request.POST
    asked = request.POST.get("after" if after else "before", "")
    return get_object_or_404(rows, pk=sent_id(asked)), after


def say_placed(request: AgentRequest, one: object, beside: object, *, after: bool) -> None:
    words = _("“%(one)s” stands behind “%(other)s” now.") if after else _("“%(one)s” stands before “%(other)s” now.")
    messages.success(request, words % {"one": one, "other": beside})


def pressed(after: bool) -> str:
    """Which button it was: focus goes back to it."""
    return "down" if after else "up"


@arrangers_only
@require_http_methods(["GET", "HEAD", "POST"])
def category_merge(request: AgentRequest, pk: int) -> HttpResponse:
    """Make a category part of another, whose sections stand before its own."""
    found = find_category(request, pk)
    others = arranging.categories(request.actor).filter(retired=False).exclude(pk=pk)
    return _merge(request, found, others, actions.merge_categories, back="workspace:guide_category")


@arrangers_only
@require_http_methods(["GET", "HEAD", "POST"])
def section_merge(request: AgentRequest, pk: int) -> HttpResponse:
    """Make a section part of another, whose articles stand before its own."""
    found = find_section(request, pk)
    others = arranging.sections(request.actor).filter(retired=False).exclude(pk=pk)
    if arranging.contents(found).sections:
        others = others.filter(parent=None)  # its own sections would lie two levels deep
    return _merge(request, found, others, actions.merge_sections, back="workspace:guide_section_settings")


def _merge(
    request: AgentRequest,
    found: "Category | Section",
    others: "QuerySet[Any]",
    merge: Callable[..., object],
    *,
    back: str,
) -> HttpResponse:
    """Ask which one takes it in, say what will come of that, and do it."""
    asked = request.POST.get("into") or request.GET.get("into") or ""
    into = get_object_or_404(others, pk=sent_id(asked)) if asked else None
    mistake = ""
    if request.method == "POST" and into is None:
        mistake = _("Please choose which one takes it in.")
    elif request.method == "POST":
        try:
            merge(into, found, by=request.actor)
        except Refused as refusal:
            mistake = str(refusal)
        else:
            words = _("“%(one)s” is part of “%(other)s” now. Its old address leads there.")
            messages.success(request, words % {"one": found, "other": into})
            return redirect("workspace:guide_arrangement")
    context = {
        "place": found,
        "others": list(others),
        "into": into,
        "contents": arranging.contents(found),
        "for_whom": (arranging.for_whom(found), arranging.for_whom(into) if into else ""),
        "mistake": mistake,
        "back": reverse(back, args=[found.pk]),
    }
    return frame.show(request, "merge_places", context, here="arrangement", status=409 if mistake else 200)


@arrangers_only
@require_POST
def category_removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Take away a category in which nothing lies."""
    return _remove(request, find_category(request, pk), actions.remove_category, back="workspace:guide_category")


@arrangers_only
@require_POST
def section_removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Take away a section in which nothing stands."""
    return _remove(request, find_section(request, pk), actions.remove_section, back="workspace:guide_section_settings")


def _remove(
    request: AgentRequest, found: "Category | Section", remove: Callable[..., None], *, back: str
) -> HttpResponse:
    try:
        remove(found, by=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back, found.pk)
    messages.success(request, _("“%(one)s” is removed.") % {"one": found})
    return redirect("workspace:guide_arrangement")


def find_category(request: AgentRequest, pk: int) -> "Category":
    """The category, for whoever may arrange it."""
    return get_object_or_404(arranging.categories(request.actor), pk=pk)


def find_section(request: AgentRequest, pk: int) -> "Section":
    """The section, for whoever may arrange it."""
    return get_object_or_404(arranging.sections(request.actor), pk=pk)
