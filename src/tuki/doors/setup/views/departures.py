"""An agent who leaves."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.people_forms import SuccessorForm
from tuki.doors.setup.views.people import say
from tuki.lib.refusal import Refused
from tuki.people import lists, queries
from tuki.tickets import actions
from tuki.tickets.queries import leaving

if TYPE_CHECKING:
    from tuki.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def departure(request: Request, pk: int) -> HttpResponse:
    """What they have in hand, and who takes over; then, how far that has come."""
    found = get_object_or_404(queries.persons(), pk=pk)
    if not found.is_agent:
        raise Http404
    form = SuccessorForm(request.POST if request.method == "POST" else None, leaves=found)
    if form.is_valid():
        try:
            actions.begin_departure(found, form.chosen(), by=request.actor)
        except Refused as refusal:
            say(form, refusal, field="successor")
        else:
            return redirect("setup:departure", pk)
    return _show(request, found, form)


def _show(request: Request, found: "Person", form: SuccessorForm) -> HttpResponse:
    context = {
        "person": found,
        "form": form,
        "has": leaving.belongings(found),
        "teams": lists.teams_of(found),
        "departure": leaving.departure_of(found),
        "is_oneself": found.pk == request.actor.person_id,
    }
    return frame.show(request, "setup/departure.html", context, at="people", status=422 if form.errors else 200)
