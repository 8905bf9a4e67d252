"""Removing for good what should never have been sent, and reading a mail as it came."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.mail import queries as mail
from tuki.tickets import actions, policy, queries
from tuki.tickets.queries import beside

if TYPE_CHECKING:
    from tuki.tickets.models import Message


@require_http_methods(["GET", "HEAD", "POST"])
def redact_message(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask first; then remove what a message says, and its files."""
    message = get_object_or_404(queries.messages(request.actor), pk=pk)
    if request.method == "POST":
        actions.redact_message(message, by=request.actor)
        return _back(message)
    return frame.show(request, "workspace/redact.html", {"message": message, "ticket": message.ticket})


@require_http_methods(["GET", "HEAD", "POST"])
def redact_file(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask first; then remove a file."""
    file = get_object_or_404(policy.visible_files(request.actor), pk=pk, taken=True)
    message = beside.message_of_file(request.actor, file)
    if message is None:
        raise Http404
    if request.method == "POST":
        actions.redact_file(file, by=request.actor)
        return _back(message)
    return frame.show(request, "workspace/redact.html", {"message": message, "file": file, "ticket": message.ticket})


def _back(message: "Message") -> HttpResponse:
    return redirect(reverse("workspace:ticket", args=[message.ticket.number]) + f"#message-{message.pk}")


@require_safe
def raw_mail(request: AgentRequest, pk: int) -> HttpResponse:
    """The mail that a message came in, byte for byte, to keep or to look into."""
    message = get_object_or_404(queries.messages(request.actor), pk=pk, raw_mail__isnull=False, redacted_at=None)
    raw = mail.raw_mail(message.raw_mail or 0)
    if raw is None or raw.is_forgotten:  # what was removed from the message is not to be had from its mail
        raise Http404
    response = HttpResponse(raw.content(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{message.ticket.number}-{message.pk}.eml"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
