"""A company's people: their seats, their rights, and whether they are let in at all."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tuki.doors.arrivals import Request
from tuki.doors.setup.company_forms import UntilForm
from tuki.doors.setup.views.companies import done, show_company
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused
from tuki.people import actions, queries

if TYPE_CHECKING:
    from tuki.people.models import Membership

Change = Callable[[Request, "Membership"], None]


def _changes(change: Change) -> Callable[..., HttpResponse]:
    """A view that changes one place, and says on the company's page why that can't be."""

    @require_POST
    @wraps(change)
    def view(request: Request, pk: int) -> HttpResponse:
        place = _found(pk)
        try:
            change(request, place)
        except Refused as refusal:
            return show_company(request, place.organization, str(refusal))
        return done(request, place.organization_id)

    return view


def _found(pk: int) -> "Membership":
    place = queries.membership(pk)
    if place is None:
        raise Http404
    return place


@_changes
def seat(request: Request, place: "Membership") -> None:
    """Give, take or move the right to use support."""
    asked = request.POST.get("value")
    if asked == "take":
        actions.take_seat(place, by=request.actor)
    elif asked == "move":
        actions.move_seat(place, _found(sent_id(request.POST.get("to", ""))), by=request.actor)
    else:
        actions.give_seat(place, until=_until(request), by=request.actor)


def _until(request: Request) -> datetime | None:
    """The end of the day that was named. Raises Refused where it is none: a seat without end was not asked for."""
    form = UntilForm(request.POST)
    if not form.is_valid():
        words = _("“%(date)s” is not a date.") % {"date": request.POST.get("until", "")[:50]}
        raise Refused(words, field="until")
    day = form.cleaned_data["until"]
    return day and timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


@_changes
def role(request: Request, place: "Membership") -> None:
    """Let somebody run their company's people, or cease to."""
    actions.make_manager(place, request.POST.get("value") == "manager", by=request.actor)


@_changes
def suspension(request: Request, place: "Membership") -> None:
    """Shut somebody out of the company's support, or let them back."""
    if request.POST.get("value") == "no":
        actions.let_back(place, by=request.actor)
    else:
        actions.suspend(place, by=request.actor)


@_changes
def main_contact(request: Request, place: "Membership") -> None:
    """Say who signed for the company."""
    actions.name_main_contact(place, by=request.actor)


@_changes
def withdrawal(request: Request, place: "Membership") -> None:
    """Take back an invitation that nobody has accepted."""
    actions.end_invitation(place, by=request.actor)
