"""A category, a section: made, named in each language, described, kept for some, moved, hidden."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame
from tuki.doors.workspace.guide.arrangement import arrangers_only, find_category, find_section
from tuki.doors.workspace.guide.place_forms import PlaceForm, SectionForm
from tuki.knowledge import actions, words
from tuki.knowledge.actions.writing import Overtaken
from tuki.knowledge.queries import arranging
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused

if TYPE_CHECKING:
    from tuki.doors.workspace.guide.place_forms import Place
    from tuki.knowledge.models import Category, Section


@arrangers_only
@require_http_methods(["GET", "HEAD", "POST"])
def category_new(request: AgentRequest) -> HttpResponse:
    """Make a category."""
    form = PlaceForm(None, request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda: actions.make_category(**form.wanted(), by=request.actor)):
        messages.success(request, gettext("The category is there. Give it a section."))
        return redirect("workspace:guide_arrangement")
    return _show(request, form, "category", None)


@arrangers_only
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: AgentRequest, pk: int) -> HttpResponse:
    """Show and change one."""
    found = find_category(request, pk)
    form = PlaceForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        wanted = {**form.wanted(), "retired": form.cleaned_data["retired"]}
        try:
            if _done(form, lambda: actions.change_category(found, seen=form.mark(), **wanted, by=request.actor)):
                messages.success(request, gettext("Saved."))
                return redirect("workspace:guide_category", pk)
        except Overtaken as overtaken:
            form = form.met(PlaceForm(find_category(request, pk), None), overtaken)
    return _show(request, form, "category", found)


@arrangers_only
@require_http_methods(["GET", "HEAD", "POST"])
def section_new(request: AgentRequest) -> HttpResponse:
    """Make a section."""
    places = _places(request)
    asked = {"places": places, "into": request.GET.get("into", ""), "fallback": "source", "kind": "guides"}
    form = SectionForm(None, request.POST if request.method == "POST" else None, **asked)
    if form.is_valid():
        room, parent = _place(request, form.cleaned_data["into"])
        if _done(form, lambda: actions.make_section(room, parent=parent, **form.wanted(), by=request.actor)):
            messages.success(request, gettext("The section is there, as the last of its place."))
            return redirect("workspace:guide_arrangement")
    return _show(request, form, "section", None)


@arrangers_only
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: AgentRequest, pk: int) -> HttpResponse:
    """Show and change one."""
    found = find_section(request, pk)
    form: PlaceForm = SectionForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        wanted = {**form.wanted(), "retired": form.cleaned_data["retired"]}
        try:
            if _done(form, lambda: actions.change_section(found, seen=form.mark(), **wanted, by=request.actor)):
                messages.success(request, gettext("Saved."))
                return redirect("workspace:guide_section_settings", pk)
        except Overtaken as overtaken:
            form = form.met(SectionForm(find_section(request, pk), None), overtaken)
    return _show(request, form, "section", found)


@arrangers_only
@require_POST
def section_room(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a section into another category, or into or out of another section."""
    found = find_section(request, pk)
    try:
        room, parent = _place(request, request.POST.get("into", ""))
        actions.move_section(found, room, parent=parent, by=request.actor)
    except Refused as refusal:
        return _show(request, SectionForm(found, None), "section", found, mistake=str(refusal))
    messages.success(request, gettext("“%(one)s” lies in “%(other)s” now.") % {"one": found, "other": parent or room})
    return redirect("workspace:guide_section_settings", pk)


def _done(form: PlaceForm, do: Callable[[], object]) -> bool:
    """Do it; where it can't be done, say so beside the field that it is about."""
    try:
        do()
    except Overtaken:
        raise
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def _places(request: AgentRequest, moved: "Section | None" = None) -> list[tuple[str, str]]:
    """Where a section may lie: in a category, or in a section that lies in none. moved: it, and not in itself."""
    inner: dict[int, list[Section]] = {}
    for one in arranging.sections(request.actor):
        if one.parent_id is None and (moved is None or one.pk != moved.pk):
            inner.setdefault(one.category_id, []).append(one)
    whole = moved is not None and moved.subsections.filter(merged_into=None).exists()  # it has some of its own
    found = []
    for room in arranging.categories(request.actor):
        found.append((f"category-{room.pk}", str(room)))
        if not whole:
            found += [(f"section-{one.pk}", f"{room} – {one}") for one in inner.get(room.pk, [])]
    return found


def _place(request: AgentRequest, chosen: str) -> "tuple[Category, Section | None]":
    """What was chosen of them. Raises Refused where it isn't there."""
    what, _dash, sent = chosen.partition("-")
    pk = sent_id(sent)
    if what == "section":
        parent = arranging.sections(request.actor).filter(pk=pk).first()
        if parent is not None:
            return parent.category, parent
    room = arranging.categories(request.actor).filter(pk=pk).first() if what == "category" else None
    if room is None:
        raise Refused(gettext("Please choose from the list where it is to stand."), field="into")
    return room, None


def _show(
    request: AgentRequest, form: PlaceForm, what: str, found: "Place | None", *, mistake: str = ""
) -> HttpResponse:
    """mistake: why it could not be moved."""
    context: dict[str, Any] = {"form": form, "what": what, "place": found, "mistake": mistake}
    context["for_whom"] = words.describe(form.condition)
    if found is not None:
        context |= {"contents": arranging.contents(found), "history": arranging.done(found)}
    if found is not None and what == "section":
        held: Any = found
        context["lies_in"] = _places(request, held)
        context["into"] = f"section-{held.parent_id}" if held.parent_id else f"category-{held.category_id}"
    status = 409 if mistake else 422 if form.errors else 200
    return frame.show(request, "place", context, here="arrangement", status=status)
