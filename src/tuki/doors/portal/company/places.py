"""What a manager does with one of the company's people: a button each, and words for what came of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tuki.doors.arrivals import Request
from tuki.doors.portal.company.page import back, managed, show
from tuki.doors.portal.kept import sign_in_first
from tuki.lib.refusal import Refused
from tuki.people import actions
from tuki.people import queries as people

if TYPE_CHECKING:
    from tuki.people.models import Membership


@require_POST
def seat(request: Request, language: str, company: int, pk: int) -> HttpResponse:
    """Let them use support, or end that."""

    def change(place: "Membership") -> str:
        if request.POST.get("value") == "yes":
            actions.give_seat(place, by=request.actor)
            return _("%(person)s may use support now.")
        actions.take_seat(place, by=request.actor)
        return _("%(person)s may use support no longer.")

    return _done(request, language, company, pk, change)


@require_POST
def suspension(request: Request, language: str, company: int, pk: int) -> HttpResponse:
    """Shut them out of the company's support, or let them back."""

    def change(place: "Membership") -> str:
        if request.POST.get("value") == "yes":
            actions.suspend(place, by=request.actor)
            return _("%(person)s is suspended, and signed out everywhere.")
        actions.let_back(place, by=request.actor)
        return _("%(person)s is back in the company.")

    return _done(request, language, company, pk, change)


@require_POST
def management(request: Request, language: str, company: int, pk: int) -> HttpResponse:
    """Let them run the company's people, or end that."""

    def change(place: "Membership") -> str:
        manages = request.POST.get("value") == "yes"
        actions.make_manager(place, manages, by=request.actor)
        return _("%(person)s is a manager now.") if manages else _("%(person)s is a manager no longer.")

    return _done(request, language, company, pk, change)


@require_POST
def invitation(request: Request, language: str, company: int, pk: int) -> HttpResponse:
    """Send it once more, or take it back."""

    def change(place: "Membership") -> str:
        if request.POST.get("value") == "yes":
            if not ratelimit.consume(request, action="invite_again", key=f"place {place.pk}"):
                raise Refused(_("It was sent a moment ago. Please wait a few minutes before you send it again."))
            actions.invite_again(place, by=request.actor)
            return _("The invitation is on its way to %(person)s once more.")
        actions.end_invitation(place, by=request.actor)
        return _("The invitation of %(person)s is taken back.")

    return _done(request, language, company, pk, change)


def _done(
    request: Request, language: str, company: int, pk: int, change: "Callable[[Membership], str]"
) -> HttpResponse:
    """Do it to one of the company's people, and say so. What can't be is said beside them."""
    if request.actor.person is None:
        return sign_in_first(request, reverse("portal:company_of", args=[language, company]))
    organization = managed(request, company)
    place = get_object_or_404(people.memberships(organization), pk=pk)
    try:
        words = change(place)
    except Refused as refusal:
        return show(request, organization, refused=(pk, str(refusal)), status=409)
    messages.success(request, words % {"person": place.shown_name})
    return back(request, organization, language, pk)
