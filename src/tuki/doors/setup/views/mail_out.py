"""Every mail to somebody: where it stands, what the server said, and what can be done with it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame, rows, shown
from tuki.journal.queries import lines
from tuki.lib import paging
from tuki.look import letter
from tuki.look.policy import widen
from tuki.mail import actions, lists, queries
from tuki.mail.sending.compose import compose
from tuki.tickets import policy

SIZE = 50


@require_safe
def outbox(request: Request) -> HttpResponse:
    """All of them, or those that stand so, or that words find."""
    words = request.GET.get("q", "").strip()[:200]
    states = dict(lists.states())
    state = request.GET.get("state", "") if request.GET.get("state") in states else ""
    if words:
        found = lists.find_in_outbox(words, policy.visible_tickets(request.actor)).defer("text", "html")
    else:
        found = lists.deliveries(state)
    page = paging.page_by_id(found, request.GET.get("at", ""), SIZE)
    context = {
        "page": page,
        "rows": rows.of_outbox(request.actor, page.rows),
        "words": words,
        "states": [("", _("All")), *states.items()],
        "state": state,
    }
    return frame.show(request, "setup/mail_out.html", context, at="mail_out")


@require_safe
def delivery(request: Request, pk: int) -> HttpResponse:
    """What it says, unless that lets somebody in or is of a request kept from the reader; and what became of it."""
    row = _found(request, pk)
    context: dict[str, Any] = {
        "row": row,
        "delivery": row.delivery,
        "next_try": lists.next_try(row.delivery),
        "history": lines("delivery", pk),
    }
    if not row.hidden and not row.delivery.is_secret:
        try:
            made = letter.read(compose(row.delivery))
        except (FileNotFoundError, ValueError, LookupError) as error:
            context["broken"] = str(error)
        else:
            context |= {
                "letter": made,
                "headers": [(name, shown.without_keys(value)) for name, value in made.headers],
                "text": shown.without_keys(made.text),
                "has_html": bool(row.delivery.html),
            }
    return widen(frame.show(request, "setup/delivery.html", context, at="mail_out"), "frame-src", "'self'")


@require_safe
def html(request: Request, pk: int) -> HttpResponse:
    """Its HTML alone, for the frame on its page."""
    row = _found(request, pk)
    if row.hidden or row.delivery.is_secret or not row.delivery.html:
        raise Http404
    try:
        made = letter.read(compose(row.delivery))
    except (FileNotFoundError, ValueError, LookupError) as error:
        raise Http404 from error
    return letter.framed(shown.without_keys(made.html))


def _found(request: Request, pk: int) -> rows.MailOut:
    found = queries.delivery(pk)
    if found is None:
        raise Http404
    [row] = rows.of_outbox(request.actor, [found])
    return row


@require_POST
def sending(request: Request, pk: int) -> HttpResponse:
    """Send it once more, or now."""
    actions.send_again(_found(request, pk).delivery, by=request.actor)
    messages.success(request, _("The mail is on its way again."))
    return redirect("setup:delivery", pk)


@require_POST
def cancellation(request: Request, pk: int) -> HttpResponse:
    """Stop it before it leaves."""
    actions.cancel(_found(request, pk).delivery, by=request.actor)
    messages.success(request, _("The mail is stopped."))
    return redirect("setup:delivery", pk)


@require_POST
def failures(request: Request) -> HttpResponse:
    """Say of all that failed that one knows."""
    for one in lists.unseen_failures().order_by("-pk")[:200]:
        actions.see_to(one, by=request.actor)
    messages.success(request, _("Noted. They stay in the list of failed mail."))
    return redirect("setup:home")
