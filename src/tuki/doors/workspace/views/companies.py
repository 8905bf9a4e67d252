"""A company: its people with their rights, what it bought, who of it sees what, what was done to it and asked of us."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.lib import paging
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused
from tuki.people import actions, lists, policy
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.history import history_of
from tuki.tickets.queries import beside, sight

if TYPE_CHECKING:
    from tuki.people.models import Membership, Organization

_PEOPLE = 200


@require_safe
def organization(request: AgentRequest, pk: int) -> HttpResponse:
    """The page."""
    return _show(request, _find(pk))


@require_safe
def history(request: AgentRequest, pk: int) -> HttpResponse:
    """All that was done to it, the newest first."""
    found = _find(pk)
    page = history_of(request.actor, found, request.GET.get("at", ""))
    return frame.show(
        request, "workspace/organization_history.html", {"organization": found, "page": page}, at="people"
    )


@require_POST
def fact(request: AgentRequest, pk: int, name: str) -> HttpResponse:
    """Change one of its facts. Where that can't be, the words stand beside it."""
    found = _find(pk)
    if name not in FACTS:
        raise Http404
    try:
        FACTS[name](found, request.POST, request.actor)
    except Refused as refusal:
        return _show(request, found, {name: str(refusal)})
    messages.success(request, _("Saved."))
    return redirect("workspace:organization", pk)


@require_POST
def invitations(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask somebody by mail to join it."""
    found, data = _find(pk), request.POST
    try:
        actions.invite_colleague(
            found,
            data.get("email", "").strip()[:254],
            name=data.get("name", "")[:120],
            manages=data.get("manages") == "yes",
            with_seat=data.get("seat") == "yes",
            by=request.actor,
        )
    except Refused as refusal:
        return _show(request, found, {"invitation": str(refusal)})
    messages.success(request, _("The invitation is on its way."))
    return redirect("workspace:organization", pk)


@require_POST
def place(request: AgentRequest, pk: int, place: int, name: str) -> HttpResponse:
    """Change what one of its people may do there."""
    found, held = _find(pk), _place(pk, place)
    if name not in PLACES:
        raise Http404
    try:
        PLACES[name](held, request.POST.get("value", "") == "yes", request.actor)
    except Refused as refusal:
        return _show(request, found, {"people": str(refusal)})
    return redirect("workspace:organization", pk)


@require_POST
def seat(request: AgentRequest, pk: int) -> HttpResponse:
    """Give one person's seat to another."""
    found = _find(pk)
    held, to = (_place(pk, sent_id(request.POST.get(name, ""))) for name in ("held", "to"))
    try:
        actions.move_seat(held, to, by=request.actor)
    except Refused as refusal:
        return _show(request, found, {"people": str(refusal)})
    return redirect("workspace:organization", pk)


def _find(pk: int) -> "Organization":
    rows = people.organizations().prefetch_related("domains")
    return get_object_or_404(rows.select_related("package", "main_contact", "account_manager"), pk=pk)


def _place(company: int, pk: int) -> "Membership":
    found = people.membership(pk)
    if found is None or found.organization_id != company:
        raise Http404
    return found


def _show(request: AgentRequest, found: "Organization", mistakes: dict[str, str] | None = None) -> HttpResponse:
    """mistakes: what could not be done, by where it stands on the page."""
    members = list(people.memberships(found)[:_PEOPLE])
    rows = beside.requests_of_organization(request.actor, found)
    context = {
        "organization": found,
        "members": members,
        "holders": [one for one in members if one.seat],
        "without": [one for one in members if not one.seat and one.suspended_at is None],
        "in_use": people.seats_in_use(found).count(),
        "gives_seats": policy.may_give_seats(request.actor, found),
        "packages": people.packages(),
        "agents": people.agents(),
        "sight": sight.rule_of(found),
        "rules": lists.ways_to_see(),
        "answers": {None: "", True: "yes", False: "no"}[found.colleagues_take_part],
        "history": history_of(request.actor, found, size=5),
        "page": paging.page(rows, "shown_updated_at", request.GET.get("at", ""), 30),
        "mistakes": mistakes or {},
    }
    return frame.show(request, "workspace/organization.html", context, at="people", status=409 if mistakes else 200)


def _note(organization: "Organization", data: QueryDict, by: Actor) -> None:
    actions.change_organization(organization, note=data.get("value", "")[:10_000], by=by)


def _package(organization: "Organization", data: QueryDict, by: Actor) -> None:
    chosen = data.get("value", "")
    package = people.packages().filter(pk=sent_id(chosen)).first()
    if chosen and package is None:
        raise Refused(_("Please choose a package from the list."))
    actions.sell_package(organization, package, by=by)


def _account_manager(organization: "Organization", data: QueryDict, by: Actor) -> None:
    chosen = data.get("value", "")
    agent = people.agents().filter(pk=sent_id(chosen)).first()
    if chosen and agent is None:
        raise Refused(_("An account manager is one of support's people."))
    actions.name_account_manager(organization, agent, by=by)


def _visibility(organization: "Organization", data: QueryDict, by: Actor) -> None:
    wish = data.get("who_sees", "")
    if wish and wish not in dict(lists.ways_to_see()):
        raise Refused(_("Please choose who sees from the list."))
    answers = {"yes": True, "no": False}.get(data.get("take_part", ""))
    actions.change_visibility(organization, wish, colleagues_take_part=answers, by=by)


FACTS: dict[str, Callable[["Organization", QueryDict, Actor], None]] = {
    "note": _note,
    "package": _package,
    "account_manager": _account_manager,
    "visibility": _visibility,
}


def _seat(place: "Membership", wanted: bool, by: Actor) -> None:
    if wanted:
        actions.give_seat(place, by=by)
    else:
        actions.take_seat(place, by=by)


def _suspended(place: "Membership", wanted: bool, by: Actor) -> None:
    (actions.suspend if wanted else actions.let_back)(place, by=by)


def _manager(place: "Membership", wanted: bool, by: Actor) -> None:
    actions.make_manager(place, wanted, by=by)


def _main_contact(place: "Membership", wanted: bool, by: Actor) -> None:
    actions.name_main_contact(place, by=by)


def _invited(place: "Membership", wanted: bool, by: Actor) -> None:
    actions.end_invitation(place, by=by)


PLACES: dict[str, Callable[["Membership", bool, Actor], None]] = {
    "seat": _seat,
    "suspended": _suspended,
    "manager": _manager,
    "main_contact": _main_contact,
    "invited": _invited,
}
