"""What an article says becomes what readers see: now, at a moment, or no more."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tuki.doors import once
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import writing
from tuki.doors.workspace.guide.forms import PublishingForm, Text
from tuki.knowledge import actions
from tuki.knowledge.actions.writing import Overtaken
from tuki.lib.refusal import Refused
from tuki.look import moments

if TYPE_CHECKING:
    from tuki.knowledge.models import Translation


@require_POST
def publication(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Do what the one button says: what was typed is saved first, so that it is kept whatever comes of the rest."""
    translation = writing.find(request, pk, language)
    if done := once.came_of(request):
        messages.success(request, done)
        return redirect("workspace:guide_text", pk, language)
    typed, form = Text.typed(request), PublishingForm.sent(request.POST)
    try:
        kept = writing.keep(request, translation, typed)
        if form.is_valid():
            messages.success(request, once.once(request, lambda: _publish(request, kept, form)))
            return redirect("workspace:guide_text", pk, language)
    except Overtaken as overtaken:
        return writing.both_texts(request, pk, language, typed, overtaken)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return writing.edited(request, writing.find(request, pk, language), publishing=form, status=422)


def _publish(request: AgentRequest, kept: "Translation", form: PublishingForm) -> str:
    """What has become of it, in words. kept: with what was typed; nothing that anybody wrote after that goes out."""
    said = form.cleaned_data
    schedule = getattr(kept, "schedule", None)
    until = schedule.unpublish_at if schedule else None
    words = {"note": said["note"], "tells": said["tells"], "line": said["line"]}
    if said["publish_at"]:
        plan = {"publish_at": said["publish_at"], "unpublish_at": said["unpublish_at"]}
        actions.schedule(kept, version=kept.version, **plan, **words, by=request.actor)
        return _("It is published %(moment)s.") % {"moment": moments.exact(said["publish_at"])}
    only_end = kept.status == "published" and not hasattr(kept, "draft") and not said["tells"]
    if not only_end or said["unpublish_at"] == until:
        revision = actions.publish(kept, version=kept.version, outdates=said["outdates"], **words, by=request.actor)
        kept = revision.translation
    if said["unpublish_at"] != until:
        actions.schedule(kept, version=kept.version, unpublish_at=said["unpublish_at"], by=request.actor)
    if only_end:
        return _("When it is taken away is changed.")
    return _("Readers see it now, and followers are being told.") if said["tells"] else _("Readers see it now.")


@require_POST
def schedule(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Take back what was planned. What was typed is saved first."""
    translation, typed = writing.find(request, pk, language), Text.typed(request)
    try:
        kept = writing.keep(request, translation, typed)
        actions.schedule(kept, version=kept.version, by=request.actor)
    except Overtaken as overtaken:
        return writing.both_texts(request, pk, language, typed, overtaken)
    messages.success(request, _("Nothing happens by itself any more."))
    return redirect("workspace:guide_text", pk, language)


@require_POST
def archive(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Take it out of readers' sight now."""
    actions.archive(writing.find(request, pk, language), by=request.actor)
    messages.success(request, _("Readers don’t see it any more. It can be restored."))
    return redirect("workspace:guide_text", pk, language)
