"""Mails that carried an agent's words and did not arrive: each to be sent again, or let be."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.lib.refusal import Refused
from tuki.mail import actions, queries
from tuki.tickets import queries as tickets

if TYPE_CHECKING:
    from tuki.mail.models import Delivery
    from tuki.tickets.models import Ticket


@dataclass(frozen=True)
class Lost:
    """A mail that did not arrive, and the ticket that it was about while the agent may see it.

    address: what stands in its field; mistake: what is wrong with that.
    """

    delivery: "Delivery"
    ticket: "Ticket | None"
    address: str
    mistake: str = ""


@require_safe
def mails(request: AgentRequest) -> HttpResponse:
    """All of them, the newest first."""
    return _show(request)


@require_POST
def mail(request: AgentRequest, pk: int) -> HttpResponse:
    """Send one again, to another address if the first was wrong; or take it off the list."""
    delivery = get_object_or_404(queries.undelivered(request.agent.pk), pk=pk)
    if "seen" in request.POST:
        actions.see_to(delivery, by=request.actor)
        return redirect("workspace:undelivered")
    address = request.POST.get("to", "")
    try:
        actions.send_again(delivery, address=address, by=request.actor)
    except Refused as refusal:
        return _show(request, {pk: (address, str(refusal))}, status=422 if refusal.field else 409)
    messages.success(request, _("The mail is on its way to %(address)s.") % {"address": address or delivery.address})
    return redirect("workspace:undelivered")


def _show(request: AgentRequest, mistakes: dict[int, tuple[str, str]] | None = None, status: int = 200) -> HttpResponse:
    found = list(queries.undelivered(request.agent.pk)[: frame.MOST_UNDELIVERED])
    about = tickets.tickets(request.actor).filter(pk__in={one.thread for one in found if one.thread})
    by_pk = {ticket.pk: ticket for ticket in about}
    typed = mistakes or {}
    lost = [Lost(one, by_pk.get(one.thread or 0), *typed.get(one.pk, (one.address, ""))) for one in found]
    return frame.show(request, "workspace/undelivered.html", {"lost": lost}, at="undelivered", status=status)
