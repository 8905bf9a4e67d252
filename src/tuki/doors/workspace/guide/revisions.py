"""What a text said before: who published it and when, what was changed in words, and the way back."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame, writing
from tuki.knowledge import actions
from tuki.knowledge.queries import editing

if TYPE_CHECKING:
    from tuki.knowledge.models import Revision


@require_safe
def revisions(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """All of them, the newest first, and two of them compared: the last two where none are named."""
    translation = writing.find(request, pk, language)
    found = editing.revisions(translation)
    new = _named(found, request.GET.get("new", "")) or (found[0] if found else None)
    old = _named(found, request.GET.get("old", "")) or _before(found, new)
    context = {
        **frame.head_of(translation.article, language),
        "translation": translation,
        "tabs": "workspace:guide_revisions",
        "revisions": found,
        "old": old,
        "new": new,
        "pieces": editing.compared(old, new) if old and new else [],
    }
    return frame.show(request, "revisions", context)


def _named(found: "list[Revision]", number: str) -> "Revision | None":
    return next((one for one in found if str(one.number) == number), None)


def _before(found: "list[Revision]", new: "Revision | None") -> "Revision | None":
    return next((one for one in found if new is not None and one.number < new.number), None)


@require_POST
def restoration(request: AgentRequest, pk: int, language: str, number: int) -> HttpResponse:
    """Let readers see an old text again, as a new revision."""
    translation = writing.find(request, pk, language)
    revision = editing.revision(translation, number)
    if revision is None:
        raise Http404
    actions.restore(revision, note=request.POST.get("note", ""), by=request.actor)
    messages.success(request, _("Readers see revision %(number)s again.") % {"number": number})
    return redirect("workspace:guide_revisions", pk, language)


@require_POST
def up_to_date(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Say that a translation says what its source says now."""
    actions.mark_up_to_date(writing.find(request, pk, language), by=request.actor)
    messages.success(request, _("The translation counts as up to date."))
    return redirect("workspace:guide_text", pk, language)
