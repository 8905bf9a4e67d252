"""Companies that ask somebody to join: they accept, or decline."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.kept import sign_in_first
from tuki.people import actions, queries


@never_cache
@require_safe
def invitations(request: Request, language: str) -> HttpResponse:
    """Which companies ask one to join."""
    if request.actor.person is None:
        return sign_in_first(request, request.path)
    found = queries.inviting(request.actor.person)[:50]
    return render(request, "portal/invitations.html", {"invitations": found})


@require_POST
def answer(request: Request, language: str, pk: int) -> HttpResponse:
    """Join the company, or don't."""
    person = request.actor.person
    if person is None:
        return sign_in_first(request, request.path.rpartition("/")[0])
    place = get_object_or_404(queries.inviting(person), pk=pk)
    name = {"company": place.organization.name}
    if request.POST.get("value") == "yes":
        actions.accept_place(place, by=request.actor)
        messages.success(request, _("You belong to %(company)s now.") % name)
    else:
        actions.end_invitation(place, by=request.actor)
        messages.success(request, _("You have declined the invitation of %(company)s.") % name)
    return redirect("portal:invitations" if queries.inviting(person).exists() else "portal:home", language)
