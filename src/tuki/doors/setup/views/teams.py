"""Who works in which queue, and who may do what."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.people_forms import MembersForm
from tuki.doors.setup.views.people import say
from tuki.lib.paging import capped_count
from tuki.lib.refusal import Refused
from tuki.people import actions, lists
from tuki.people.done import lines_of

_NAMED = 50  # of the people of a role; a list of their own has the rest


@require_safe
def teams(request: Request) -> HttpResponse:
    """All of them, with who works there."""
    return frame.show(request, "setup/teams.html", {"teams": lists.teams()}, at="teams")


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: Request, pk: int) -> HttpResponse:
    """Show a team, and choose who works in it."""
    found = get_object_or_404(lists.teams(), pk=pk)
    members = [str(one.pk) for one in found.members.all()]
    form = MembersForm(request.POST if request.method == "POST" else None, initial={"members": members})
    if form.is_valid():
        try:
            actions.set_members(found, form.chosen(), by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup:team", pk)
    context = {"team": found, "form": form, "history": lines_of(found, request.GET.get("at", ""))}
    return frame.show(request, "setup/team.html", context, at="teams", status=422 if form.errors else 200)


@require_safe
def roles(request: Request) -> HttpResponse:
    """What each role may do, and who has it."""
    rows = []
    for key, name in lists.roles():
        holders = lists.persons(key)
        named = [] if key == "customer" else list(holders.order_by("name", "pk")[:_NAMED])
        rows.append({"key": key, "name": name, "count": capped_count(holders), "named": named})
    return frame.show(request, "setup/roles.html", {"roles": rows}, at="roles")
