"""Files: taken up while somebody still writes, and handed out to those who may see them."""

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.files import actions
from tuki.knowledge import policy as knowledge
from tuki.lib.refusal import Refused
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.files.models import File


@require_POST
def uploads(request: Request) -> HttpResponse:
    """Keep a file that will be part of a message. Answers 201 with its id, or why not."""
    if request.actor.person is None:
        return JsonResponse({"why": _("“{name}” was not kept: you have been signed out.")}, status=401)
    content = request.FILES.get("file")
    if content is None:
        return JsonResponse({"why": _("“{name}” did not arrive. Please try again.")}, status=422)
    try:
        kept = actions.store(content, content.name or "", by=request.actor)
    except Refused as refusal:
        return JsonResponse({"why": str(refusal)}, status=422)
    return JsonResponse({"id": kept.pk, "name": kept.name, "size": kept.size}, status=201)


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Let go of an upload that no message has taken."""
    actions.let_go(get_object_or_404(policy.visible_files(request.actor), pk=pk, taken=False), by=request.actor)
    return HttpResponse(status=204)


@require_safe
def file(request: Request, pk: int, name: str = "") -> HttpResponseBase:
    """A file, for whoever may read the message or the article that it is part of."""
    wanted = _wanted(request, pk)
    if wanted is None and request.actor.person is None:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    if wanted is None:
        raise Http404
    try:
        content = default_storage.open(wanted.path)
    except FileNotFoundError:
        raise Http404 from None
    # Never a page of ours: no script, no frame, and saved rather than opened unless it is a picture.
    return FileResponse(
        content,
        as_attachment=not wanted.is_picture,
        filename=wanted.name,
        content_type=wanted.type,
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=600",
        },
    )


def _wanted(request: Request, pk: int) -> "File | None":
    actor = request.actor
    of_message = policy.visible_files(actor).filter(pk=pk, redacted_at=None).first() if actor.person else None
    return of_message or knowledge.visible_files(actor).filter(pk=pk, redacted_at=None).first()
