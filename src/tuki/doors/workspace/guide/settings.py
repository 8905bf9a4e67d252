"""All about an article beside what it says: where it stands, for whom it is, by what else it is found, whose it is."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import attached
from tuki.doors.workspace.guide import frame, writing
from tuki.doors.workspace.guide.lists import REVIEWED_WITHIN
from tuki.doors.workspace.guide.settings_forms import AddressForm, SettingsForm
from tuki.knowledge import actions, policy, words
from tuki.knowledge.actions.writing import Overtaken
from tuki.knowledge.queries import editing
from tuki.knowledge.queries.addresses import addresses
from tuki.lib.refusal import Refused
from tuki.look import moments
from tuki.people.actor import Actor
from tuki.people.queries import by_address

if TYPE_CHECKING:
    from tuki.knowledge.models import Article


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AgentRequest, pk: int) -> HttpResponse:
    """Show and change them."""
    article = writing.find_article(request, pk)
    form = SettingsForm(request, article, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _change(request, article, form)
        except Overtaken as overtaken:
            article = writing.find_article(request, pk)
            form = form.met(SettingsForm(request, article, None), overtaken)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The article’s settings are saved."))
            return redirect("workspace:guide_settings", pk)
    return _page(request, article, form, AddressForm())


def _page(request: AgentRequest, article: "Article", form: SettingsForm, address: AddressForm) -> HttpResponse:
    context = {
        **frame.head_of(article),
        "form": form,
        "address": address,
        "addresses": addresses(article),
        "own_address": reverse("portal:article", args=[article.source_language, str(article.pk)]),
        "attachments": editing.attachments(article),
        "why": policy.why(request.actor, article),
        **_somebody_elses(request, article),
        "for_whom": words.describe(form.condition),
    }
    return frame.show(request, "settings", context, status=422 if form.errors or address.errors else 200)


def _somebody_elses(request: AgentRequest, article: "Article") -> dict[str, Any]:
    """The same of a customer who is asked about, as that one reads."""
    who = request.GET.get("who", "").strip()[:254]
    person = by_address(who) if who and "\0" not in who else None
    if person is None:
        return {"who": who}
    rules = policy.why(Actor(person, at=request.actor.at), article, person.language)
    return {"who": who, "whose": person, "whose_rules": rules}


def _change(request: AgentRequest, article: "Article", form: SettingsForm) -> None:
    said = form.cleaned_data
    actions.change_article(
        article,
        section=get_object_or_404(editing.sections(request.actor, beside=article.section), pk=said["section"]),
        audience=form.chosen(),
        promoted=said["promoted"],
        keywords=said["keywords"].split(","),
        labels=said["labels"].split(","),
        author=form.writers[said["author"]],
        owner=form.writers[said["owner"]] if said["owner"] else None,
        review_at=said["review_at"],
        seen=form.mark(),
        by=request.actor,
    )


@require_POST
def more_addresses(request: AgentRequest, pk: int) -> HttpResponse:
    """Let a further address lead to an article."""
    article = writing.find_article(request, pk)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            kept = actions.redirect(form.cleaned_data["address"], article, by=request.actor)
        except Refused as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, _("/hc/…/%(path)s leads here now.") % {"path": kept})
            return redirect("workspace:guide_settings", pk)
    return _page(request, article, SettingsForm(request, article, None), form)


@require_POST
def address_removal(request: AgentRequest, pk: int, address: int) -> HttpResponse:
    """Let an address lead nowhere again."""
    actions.end_redirect(address, writing.find_article(request, pk), by=request.actor)
    messages.success(request, _("The address leads nowhere any more."))
    return redirect("workspace:guide_settings", pk)


@require_POST
def files(request: AgentRequest, pk: int) -> HttpResponse:
    """Put files under an article."""
    article = writing.find_article(request, pk)
    found, mistakes = attached(request)
    if mistakes:
        messages.error(request, " ".join(mistakes))
    if found:
        actions.attach(article, found, by=request.actor)
        messages.success(request, _("The files are attached."))
    return redirect("workspace:guide_settings", pk)


@require_POST
def file_removal(request: AgentRequest, pk: int, file: int) -> HttpResponse:
    """Take a file away from under an article."""
    article = writing.find_article(request, pk)
    found = next((one.file for one in editing.attachments(article) if one.file_id == file), None)
    if found is not None:
        actions.detach(article, found, by=request.actor)
    return redirect("workspace:guide_settings", pk)


@require_POST
def review(request: AgentRequest, pk: int) -> HttpResponse:
    """Say that an article still holds; its next review is on the day that is chosen, a year on where that is near."""
    article = writing.find_article(request, pk)
    today, chosen = timezone.localdate(request.actor.at), article.review_at
    in_a_year = today.replace(year=today.year + 1, day=min(today.day, 28))
    next_at = chosen if chosen and chosen > today + REVIEWED_WITHIN else in_a_year
    actions.review(article, next_at=next_at, by=request.actor)
    messages.success(request, _("Reviewed. The next review is on %(day)s.") % {"day": moments.written(next_at)})
    return redirect("workspace:guide_settings", pk)
