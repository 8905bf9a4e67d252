"""Everybody whom the desk knows: who they are, what they may do, and what was done to them."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.people_forms import NewPersonForm, ProfileForm, RoleForm, TeamsForm, chosen_teams
from tuki.lib import paging
from tuki.lib.refusal import Refused
from tuki.people import actions, factors, lists, policy, queries
from tuki.people.done import lines_of

if TYPE_CHECKING:
    from django.forms import Form

    from tuki.people.models import Person

SIZE = 50


@require_safe
def people(request: Request) -> HttpResponse:
    """All of them, those of one role, or those whom words find."""
    words = request.GET.get("q", "").strip()[:200]
    roles = [*lists.roles(), (lists.CLOSED, _("closed"))]
    role = request.GET.get("role", "") if request.GET.get("role") in dict(roles) else ""
    page = paging.page_by_name(lists.persons(role, words), "name", request.GET.get("at", ""), SIZE)
    context = {"page": page, "words": words, "roles": [("", _("All")), *roles], "role": role}
    return frame.show(request, "setup/people.html", context, at="people")


@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: Request) -> HttpResponse:
    """Let somebody in by hand: an agent, most often."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = _added(request, form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(person)s was added.") % {"person": made})
            return redirect("setup:person", made.pk)
    status = 422 if form.errors else 200
    return frame.show(request, "setup/new_person.html", {"form": form}, at="people", status=status)


def _added(request: Request, said: dict[str, Any]) -> "Person":
    facts = {key: said[key] for key in ("name", "display_name", "language", "role")}
    made = actions.add_person(said["email"], **facts, by=request.actor)
    if made.is_agent:
        actions.set_teams(made, chosen_teams(said["teams"]), by=request.actor)
    if said["invite"]:
        actions.invite(made, by=request.actor)
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Request, pk: int) -> HttpResponse:
    """Show everything of somebody, and change who they are."""
    found = _found(pk)
    if found.merged_into_id:
        return redirect("setup:person", found.merged_into_id)
    if request.method != "POST":
        return _show(request, found)
    form = ProfileForm(request.POST, prefix="profile")
    if form.is_valid():
        try:
            actions.change_profile(found, **form.cleaned_data, by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            return _done(request, found, _("Saved."))
    return _show(request, found, profile=form)


@require_POST
def role(request: Request, pk: int) -> HttpResponse:
    """Let somebody do more, or less."""
    found, form = _found(pk), RoleForm(request.POST, prefix="role")
    if form.is_valid():
        try:
            actions.change_role(found, form.cleaned_data["role"], by=request.actor)
        except Refused as refusal:
            say(form, refusal, field="role")
        else:
            return _done(request, found, _("Saved."))
    return _show(request, found, role=form)


@require_POST
def teams(request: Request, pk: int) -> HttpResponse:
    """Choose the queues an agent works in."""
    found, form = _found(pk), TeamsForm(request.POST, prefix="teams")
    if form.is_valid():
        actions.set_teams(found, form.chosen(), by=request.actor)
        return _done(request, found, _("Saved."))
    return _show(request, found, teams=form)


@require_POST
def closure(request: Request, pk: int) -> HttpResponse:
    """Close an account, or open it again."""
    found = _found(pk)
    if request.POST.get("value") == "open":
        actions.reopen_account(found, by=request.actor)
        return _done(request, found, _("The account is open again."))
    actions.close_account(found, by=request.actor)
    return _done(request, found, _("The account is closed. Whoever was signed in with it is so no longer."))


@require_POST
def invitation(request: Request, pk: int) -> HttpResponse:
    """Send somebody a link with which they set a password."""
    found = _found(pk)
    actions.invite(found, by=request.actor)
    return _done(request, found, _("A sign-in link is on its way to %(address)s.") % {"address": found.email})


def _found(pk: int) -> "Person":
    return get_object_or_404(queries.persons(), pk=pk)


def _done(request: Request, found: "Person", words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("setup:person", found.pk)


def _show(request: Request, found: "Person", **sent: "Form") -> HttpResponse:
    """A person's page. sent: what was filled in wrong, in place of the form as it stands."""
    works_in = list(lists.teams_of(found))
    profile = {"name": found.name, "display_name": found.display_name, "language": found.language}
    forms = {
        "profile": ProfileForm(initial=profile, prefix="profile"),
        "role": RoleForm(initial={"role": found.role}, prefix="role"),
        "teams": TeamsForm(initial={"teams": [team.key for team in works_in]}, prefix="teams"),
    } | sent
    context = {
        "person": found,
        "forms": forms,
        "teams": works_in,
        "companies": lists.places(found),
        "addresses": queries.addresses_of(found.pk),
        "two_steps": factors.factors_of(found.pk),
        "may_reset": policy.may_reset_two_factor(request.actor, found),
        "sessions": queries.sessions(found)[:20],
        "is_oneself": found.pk == request.actor.person_id,
        "history": lines_of(found, request.GET.get("at", "")),
    }
    status = 422 if sent else 200
    return frame.show(request, "setup/person.html", context, at="people", status=status)


def say(form: "Form", refusal: Refused, *, field: str = "") -> None:
    """Put a refusal beside the input that it is about."""
    about = refusal.field or field
    form.add_error(about if about in form.fields else None, str(refusal))
