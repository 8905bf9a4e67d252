"""Where mail comes in: the desk's addresses, and the accounts on other servers from which it is fetched."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.forms import SourceForm
from tuki.lib.refusal import Refused
from tuki.mail import actions, lists, queries

_BEGINS_WITH = {"port": 993, "security": "tls", "sign_in": "password", "folder": "INBOX", "afterwards": "leave"}
_SHOWN = (
    *("host", "port", "security", "user", "sign_in", "token_url", "client_id"),
    *("folder", "afterwards", "move_to", "enabled"),
)


@require_safe
def boxes(request: Request) -> HttpResponse:
    """All of them, and how each fares."""
    context = {"boxes": lists.boxes(), "sources": queries.sources()}
    return frame.show(request, "setup/boxes.html", context, at="boxes")


@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: Request) -> HttpResponse:
    """Have mail fetched from an account."""
    form = SourceForm(request.POST if request.method == "POST" else None, is_new=True, initial=_BEGINS_WITH)
    if form.is_valid():
        try:
            made = actions.add_source(by=request.actor, **form.said())
        except Refused as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Mail is fetched from here now. “Test” says whether that works."))
            return redirect("setup:source", made.pk)
    return _show(request, form, {})


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: Request, pk: int) -> HttpResponse:
    """Show and change how mail is fetched."""
    found = get_object_or_404(queries.sources(), pk=pk)
    initial = {name: getattr(found, name) for name in _SHOWN} | {"mailbox": str(found.mailbox_id or "")}
    form = SourceForm(request.POST if request.method == "POST" else None, is_new=False, initial=initial)
    if form.is_valid():
        try:
            actions.change_source(found, by=request.actor, **form.said())
        except Refused as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup:source", pk)
    return _show(request, form, {"source": found})


def _say(form: SourceForm, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _show(request: Request, form: SourceForm, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return frame.show(request, "setup/source.html", {"form": form, **context}, at="boxes", status=status)


@require_POST
def trial(request: Request, pk: int) -> HttpResponse:
    """Sign in there, look, and sign out."""
    found = get_object_or_404(queries.sources(), pk=pk)
    tried = actions.try_source(found, by=request.actor)
    if tried.works:
        messages.success(request, _("It works. %(words)s") % {"words": tried.words})
    else:
        messages.error(request, tried.words)
    return redirect("setup:source", pk)


@require_POST
def fetching(request: Request, pk: int) -> HttpResponse:
    """Look for mail there at once."""
    actions.fetch_now(get_object_or_404(queries.sources(), pk=pk), by=request.actor)
    messages.success(request, _("Mail is being fetched."))
    return redirect("setup:source", pk)


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Fetch no more from there."""
    actions.remove_source(get_object_or_404(queries.sources(), pk=pk), by=request.actor)
    messages.success(request, _("Mail is no longer fetched from there. What came stays."))
    return redirect("setup:boxes")
