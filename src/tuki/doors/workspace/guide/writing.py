"""Writing an article: begun, saved while it is written, thrown away. Nobody overwrites another's words unseen."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.desk.queries import the_desk
from tuki.doors import once
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame
from tuki.doors.workspace.guide.forms import NewForm, PublishingForm, Text
from tuki.knowledge import actions
from tuki.knowledge.actions.writing import Overtaken
from tuki.knowledge.queries import editing
from tuki.lib.article import clean_body, differences
from tuki.notifications import queries as notifications

if TYPE_CHECKING:
    from tuki.knowledge.models import Article, Translation


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AgentRequest) -> HttpResponse:
    """Begin an article."""
    section = request.GET.get("section", "")
    initial = {"language": the_desk().language, "section": section}
    form = NewForm(request, request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        return frame.show(request, "new", {"form": form}, status=422 if form.is_bound else 200)
    chosen = get_object_or_404(editing.sections(request.actor), pk=form.cleaned_data["section"])
    title, language = form.cleaned_data["title"], form.cleaned_data["language"]
    number = once.once(
        request, lambda: str(actions.make_article(chosen, title, language=language, by=request.actor).pk)
    )
    return redirect("workspace:guide_text", number, language)


@require_safe
def article(request: AgentRequest, pk: int) -> HttpResponse:
    """An article, in the language that it was first written in; of one that was merged, what it said."""
    found = find_article(request, pk, merged=True)
    if found.merged_into_id is not None:
        return redirect("workspace:guide_merged", pk)
    return redirect("workspace:guide_text", pk, found.source_language)


@require_safe
def text(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """What it says in a language: the editor."""
    translation = editing.translation(request.actor, pk, language)
    if translation is not None:
        return edited(request, translation)
    article = find_article(request, pk, merged=True)
    if article.merged_into_id is not None:
        return redirect("workspace:guide_merged", pk)
    if language not in the_desk().languages:
        raise Http404
    return frame.show(request, "unbegun", frame.head_of(article, language))


@require_POST
def beginning(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Begin a translation, with the source's text to write over, or with nothing."""
    with_source = request.POST.get("with") == "source"
    actions.translate(find_article(request, pk), language, with_source=with_source, by=request.actor)
    return redirect("workspace:guide_text", pk, language)


@require_POST
def draft(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Keep what is being written; asked by the page every few seconds. Or throw it away, asked by a person."""
    translation = find(request, pk, language)
    typed = Text.typed(request)
    try:
        if request.POST.get("discard"):
            actions.discard_draft(translation, version=typed.version, by=request.actor)
            messages.success(request, _("The draft is thrown away."))
            return redirect("workspace:guide_text", pk, language)
        keep(request, translation, typed)
    except Overtaken as overtaken:
        return both_texts(request, pk, language, typed, overtaken)
    if not request.htmx:
        messages.success(request, _("The draft is saved. Readers see it once it is published."))
        return redirect("workspace:guide_text", pk, language)
    saved = find(request, pk, language)
    return render(request, "workspace/guide/saved.html", {"translation": saved, "remarks": remarks_on(saved)})


def keep(request: AgentRequest, translation: "Translation", typed: Text) -> "Translation":
    return actions.save_draft(translation, title=typed.title, body=typed.body, version=typed.version, by=request.actor)


def both_texts(request: AgentRequest, pk: int, language: str, typed: Text, overtaken: Overtaken) -> HttpResponse:
    """Nothing was saved: the editor reads who was faster, and has both texts before them."""
    translation = find(request, pk, language)
    theirs = Text.kept(translation)
    conflict = {
        "words": str(overtaken),
        "theirs": theirs,
        "pieces": differences(theirs.body, typed.body),
    }
    if request.htmx:
        context = {"conflict": conflict, "translation": translation}
        return render(request, "workspace/guide/conflict.html", context, status=409)
    # Their version goes along: whoever saves again has read what they write over.
    mine = Text(typed.title, typed.body, translation.version)
    return edited(request, translation, mine, conflict=conflict, status=409)


def edited(
    request: AgentRequest,
    translation: "Translation",
    typed: Text | None = None,
    publishing: PublishingForm | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The editor's page. typed, publishing: as they were sent, where something is wrong with them."""
    article = translation.article
    kept = typed or Text.kept(translation)
    context = {
        **frame.head_of(article, translation.language),
        "translation": translation,
        "text": kept,
        "shown_body": clean_body(kept.body),
        **_source_of(translation),
        "publishing": publishing or PublishingForm.planned(translation),
        "tellings": notifications.progress_of(request.actor, article),
        "remarks": remarks_on(translation),
        "once": once.new_token(request.actor),
        **more,
    }
    return frame.show(request, "text", context, status=status)


def _source_of(translation: "Translation") -> dict[str, Any]:
    """What it is translated from, and what changed there since; nothing for the source itself."""
    source = next((one for one in editing.translations(translation.article) if one.is_source), None)
    if source is None or translation.is_source:
        return {}
    return {
        "source": source,
        "source_text": source if source.revision_id else Text.kept(source),
        "source_changes": editing.changed_in_source(translation),
    }


def remarks_on(translation: "Translation") -> list[Any]:
    """What its editor should look at."""
    return editing.remarks_on(Text.kept(translation).body, translation.language, translation.article)


def find_article(request: AgentRequest, pk: int, *, merged: bool = False) -> "Article":
    """The article, for whoever may write it. merged: also one that was merged into another."""
    article = editing.article(request.actor, pk)
    if article is None or (article.merged_into_id is not None and not merged):
        raise Http404
    return article


def find(request: AgentRequest, pk: int, language: str) -> "Translation":
    """What it says in a language, for whoever may write it."""
    translation = editing.translation(request.actor, pk, language)
    if translation is None:
        raise Http404
    return translation
