"""The mail that a demo would have sent, to look at. No sign-in: links that let people in are found here."""

import base64
import re
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.lib.paging import page
from tuki.look.policy import widen
from tuki.mail import queries
from tuki.mail.compose import compose
from tuki.mail.models import Delivery

_SHOWN = ("From", "To", "Subject", "Date", "Reply-To", "Message-ID", "In-Reply-To", "References", "Auto-Submitted")


@require_safe
def outbox(request: Request) -> HttpResponse:
    """All mails, the newest first."""
    _require_demo()
    rows = page(queries.outbox().defer("text", "html"), "made_at", request.GET.get("at", ""))
    return render(request, "demo/outbox.html", {"page": rows})


@require_safe
def mail(request: Request, pk: int) -> HttpResponse:
    """One mail as its reader gets it: headers, text, HTML and files."""
    delivery, sent = _mail(pk)
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    shown = {
        "delivery": delivery,
        "headers": [(name, str(sent[name])) for name in _SHOWN if sent[name]],
        "text": text.get_content() if text else "",
        "has_html": html is not None,
        "files": [_File(part) for part in sent.iter_attachments()],
    }
    return widen(render(request, "demo/mail.html", shown), "frame-src", "'self'")


@require_safe
def html(request: Request, pk: int) -> HttpResponse:
    """A mail's HTML alone, for the frame on its page: it runs nothing and loads nothing, and links open beside it."""
    _delivery, sent = _mail(pk)
    body = sent.get_body(("html",))
    if body is None:
        raise Http404
    words = re.sub(r"<head[^>]*>", r'\g<0><base target="_blank">', body.get_content(), count=1)
    for part in sent.walk():
        if part["Content-ID"]:
            picture = base64.b64encode(_bytes(part)).decode()
            name = str(part["Content-ID"]).strip("<> ")
            words = words.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{picture}")
    response = HttpResponse(words)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_safe
def file(request: Request, pk: int, number: int) -> HttpResponse:
    """A file that came with a mail, to be saved."""
    _delivery, sent = _mail(pk)
    parts = list(sent.iter_attachments())
    if number >= len(parts):
        raise Http404
    response = HttpResponse(_bytes(parts[number]), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    return response


@require_safe
def source(request: Request, pk: int) -> HttpResponse:
    """A mail byte for byte, as it would have gone over the wire."""
    _require_demo()
    delivery = queries.delivery(pk)
    if delivery is None:
        raise Http404
    return HttpResponse(compose(delivery), content_type="text/plain; charset=utf-8")


class _File:
    """A file of a mail, as its page names it."""

    def __init__(self, part: EmailMessage) -> None:
        self.name = part.get_filename() or "file"
        self.type = part.get_content_type()
        self.size = len(_bytes(part))


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _mail(pk: int) -> tuple[Delivery, EmailMessage]:
    """A delivery, and the mail that was made of it."""
    _require_demo()
    delivery = queries.delivery(pk)
    if delivery is None:
        raise Http404
    return delivery, BytesParser(EmailMessage, policy=policy.default).parsebytes(compose(delivery))


def _require_demo() -> None:
    """On any other desk these pages would let a stranger in: they are not among its addresses, and not here either."""
    if not settings.DEMO:
        raise Http404
