"""Customers and their companies, as agents know them."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import asked_again
from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.lib import paging
from tuki.lib.refusal import Refused
from tuki.mail import actions as mail_actions
from tuki.mail import queries as mail
from tuki.people import actions, policy
from tuki.people import queries as people
from tuki.people.factors import factors_of
from tuki.tickets import queries

if TYPE_CHECKING:
    from tuki.mail.models import Suppression
    from tuki.people.models import Person


@require_safe
def search(request: AgentRequest) -> HttpResponse:
    """People and companies by name, address or code; as suggestions, for a box that somebody types into."""
    words = (request.GET.get("q") or request.GET.get("requester") or "").strip()[:100]
    if request.htmx:
        found = people.find_persons(words).prefetch_related("memberships__organization")[:8] if len(words) > 1 else []
        return render(request, "workspace/parts/suggestions.html", {"found": found})
    context = {
        "words": words,
        "found": people.find_persons(words).prefetch_related("memberships__organization")[:50] if words else [],
        "companies": people.find_organizations(words)[:20] if words else [],
    }
    return frame.show(request, "workspace/people.html", context, at="people")


@require_safe
def person(request: AgentRequest, pk: int) -> HttpResponse:
    """Who somebody is, and what they asked for."""
    found = get_object_or_404(people.persons(), pk=pk)
    if found.merged_into_id:
        return redirect("workspace:person", found.merged_into_id)
    page = paging.page(queries.requests_of(request.actor, found), "shown_updated_at", request.GET.get("at", ""), 30)
    context = {"person": found, "page": page, "suppressed": suppressed(found.email, *_addresses(found))}
    if policy.may_reset_two_factor(request.actor, found):
        context["factors"] = factors_of(found.pk)
    return frame.show(request, "workspace/person.html", context, at="people")


def suppressed(*addresses: str) -> "list[Suppression]":
    """Those of some addresses that we don't write to, for `parts/suppressed.html`."""
    return list(mail.suppressed(addresses).values())


def _addresses(person: "Person") -> list[str]:
    return [address.email for address in people.addresses_of(person.pk)]


@require_POST
def suppression(request: AgentRequest, pk: int) -> HttpResponse:
    """Write to one of a person's addresses no more, or try it again."""
    found = get_object_or_404(people.persons(), pk=pk)
    address = request.POST.get("address", "")
    if address not in {found.email, *_addresses(found)}:
        raise Http404
    if request.POST.get("value") == "yes":
        mail_actions.suppress(address, by=request.actor)
        messages.success(request, _("Nothing is mailed to %(address)s any more.") % {"address": address})
    else:
        mail_actions.write_again(address, by=request.actor)
        messages.success(request, _("%(address)s is written to again.") % {"address": address})
    return _back(request, pk)


@require_POST
def invitation(request: AgentRequest, pk: int) -> HttpResponse:
    """Send a one-time link with which the person sets a password (F12)."""
    found = get_object_or_404(people.persons(), pk=pk)
    actions.invite(found, by=request.actor)
    messages.success(request, _("A sign-in link is on its way to %(address)s.") % {"address": found.email})
    return _back(request, pk)


def _back(request: AgentRequest, pk: int) -> HttpResponse:
    """The ticket beside which the person stood, else their own page."""
    number = request.POST.get("ticket", "")
    on_ticket = number.isdecimal() and len(number) < 10
    return redirect("workspace:ticket", int(number)) if on_ticket else redirect("workspace:person", pk)


@asked_again
@require_POST
def two_step_reset(request: AgentRequest, pk: int) -> HttpResponse:
    """Let somebody in who has lost their second factor; whoever does so has just shown who they are."""
    found = get_object_or_404(people.persons(), pk=pk)
    try:
        actions.reset_two_factor(found, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = _("%(name)s signs in without a second step, and is signed out everywhere.")
        messages.success(request, words % {"name": found})
    return redirect("workspace:person", pk)
