"""The mail that a demo would have sent, to look at. No sign-in: links that let people in are found here."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.lib.paging import page
from tuki.look import letter
from tuki.look.policy import widen
from tuki.mail import queries
from tuki.mail.models import Delivery
from tuki.mail.sending.compose import compose


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
    shown = {
        "delivery": delivery,
        "headers": sent.headers,
        "text": sent.text,
        "has_html": bool(sent.html),
        "files": sent.files,
    }
    return widen(render(request, "demo/mail.html", shown), "frame-src", "'self'")


@require_safe
def html(request: Request, pk: int) -> HttpResponse:
    """A mail's HTML alone, for the frame on its page."""
    _delivery, sent = _mail(pk)
    if not sent.html:
        raise Http404
    return letter.framed(sent.html)


@require_safe
def file(request: Request, pk: int, number: int) -> HttpResponse:
    """A file that came with a mail, to be saved."""
    _delivery, sent = _mail(pk)
    if number >= len(sent.files):
        raise Http404
    response = HttpResponse(sent.files[number].content, content_type="application/octet-stream")
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


def _mail(pk: int) -> tuple[Delivery, letter.Letter]:
    """A delivery, and the mail that was made of it."""
    _require_demo()
    delivery = queries.delivery(pk)
    if delivery is None:
        raise Http404
    return delivery, letter.read(compose(delivery))


def _require_demo() -> None:
    """On any other desk these pages would let a stranger in: they are not among its addresses, and not here either."""
    if not settings.DEMO:
        raise Http404
