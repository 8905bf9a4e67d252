"""Submitting a request, and what one reads when it has been sent."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.doors import once
from tuki.doors.arrivals import Request
from tuki.doors.portal.kept import sign_in_first, typed_before
from tuki.doors.portal.requests.attached import attached, is_unfinished, kept
from tuki.doors.portal.requests.forms import NewRequestForm
from tuki.doors.portal.requests.helping import read_before, that_may_help
from tuki.lib.html import from_text
from tuki.lib.refusal import Refused
from tuki.tickets import actions, marks, policy, queries

if TYPE_CHECKING:
    from tuki.files.models import File
    from tuki.knowledge.models import Showing


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, language: str) -> HttpResponse:
    """Ask for help."""
    actor = request.actor
    if actor.person is None:
        return sign_in_first(request, request.get_full_path())
    if not policy.may_submit(actor):
        words = {"how_to_get_access": from_text(label(the_desk().how_to_get_access))}
        return render(request, "portal/no_right.html", words, status=403)
    named = request.POST.get("article", "") or request.GET.get("article", "")
    read = read_before(actor, named, language)
    if request.method != "POST":
        typed = typed_before(request, request.get_full_path())
        if typed is None:
            first = {"subject": request.GET.get("subject", "")[:200]}
            return _show(request, language, NewRequestForm(initial=first, viewer=actor), read=read)
        form = NewRequestForm.unchecked(typed, viewer=actor)
        read = read_before(actor, typed.get("article", ""), language) or read
        return _show(request, language, form, kept(request, typed.getlist("file")), read=read)

    if number := once.came_of(request):
        return redirect("portal:sent", language, number)
    found = attached(request)
    if is_unfinished(request):
        form = NewRequestForm.unchecked(request.POST, viewer=actor)
        return _show(request, language, form, found.files, wrong=found.wrong, read=read)
    form = NewRequestForm(request.POST, viewer=actor)
    for why in found.wrong:
        form.add_error("files", why)
    if form.is_valid():
        wanted = form.wanted | {"files": found.files, "after_reading": read.article if read else None}
        try:
            number = once.once(request, lambda: str(actions.submit(**wanted, by=actor).number))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect("portal:sent", language, number)
    return _show(request, language, form, found.files, read=read, status=422)


def _show(
    request: Request,
    language: str,
    form: Any,
    uploads: "list[File] | None" = None,
    *,
    wrong: list[str] | None = None,
    read: "Showing | None" = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "portal/new.html",
        {
            "here": "new",
            "form": form,
            "uploads": uploads or [],
            "wrong": wrong or [],
            "read": read,
            "helping": that_may_help(request.actor, form["subject"].value() or "", language),
            "once": once.new_token(request.actor),
        },
        status=status,
    )


@require_safe
def sent(request: Request, language: str, number: int) -> HttpResponse:
    """That it has come in: its number, what happens next, and where answers come from (F17)."""
    if request.actor.person is None:
        return sign_in_first(request, request.path)
    ticket = get_object_or_404(queries.tickets(request.actor), number=number)
    marks.mark_read(request.actor.person, ticket.pk, ticket.shown_updated_at)
    return render(request, "portal/sent.html", {"here": "new", "ticket": ticket})
