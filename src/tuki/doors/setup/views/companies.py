"""Customer companies: who they are, what they bought, who of them sees what."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.company_forms import ColleagueForm, FactsForm, SoldForm, VisibilityForm
from tuki.doors.setup.views.people import say
from tuki.lib import paging
from tuki.lib.refusal import Refused
from tuki.people import actions, lists, policy, queries
from tuki.people.history import history_of
from tuki.people.sight import sight

if TYPE_CHECKING:
    from django.forms import Form

    from tuki.people.models import Organization

SIZE = 50
_NAMED = 10  # of those who see a company's requests


@require_safe
def companies(request: Request) -> HttpResponse:
    """All of them, those with one package, or those whom words find."""
    words = request.GET.get("q", "").strip()[:200]
    packages = {str(one.pk): one for one in lists.all_packages()}
    package = packages.get(request.GET.get("package", ""))
    found = lists.companies(package.pk if package else None, words)
    page = paging.page_by_name(found, "name", request.GET.get("at", ""), SIZE)
    used = lists.seats_used(one.pk for one in page.rows)
    context = {
        "page": page,
        "rows": [(one, used.get(one.pk, 0)) for one in page.rows],
        "words": words,
        "packages": packages,
        "package": package,
    }
    return frame.show(request, "setup/companies.html", context, at="companies")


@require_http_methods(["GET", "HEAD", "POST"])
def new_company(request: Request) -> HttpResponse:
    """Make a company known."""
    form = FactsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facts = form.facts()
        try:
            made = actions.add_organization(
                facts["name"], code=facts["code"], domains=facts["domains"], by=request.actor
            )
        except Refused as refusal:
            say(form, refusal)
        else:
            actions.change_organization(made, note=facts["note"], by=request.actor)
            actions.name_account_manager(made, form.manager(), by=request.actor)
            messages.success(request, _("%(company)s was added.") % {"company": made})
            return redirect("setup:company", made.pk)
    status = 422 if form.errors else 200
    return frame.show(request, "setup/new_company.html", {"form": form}, at="companies", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: Request, pk: int) -> HttpResponse:
    """Show everything of a company, and correct its facts."""
    found = found_company(pk)
    if request.method != "POST":
        return show_company(request, found)
    form = FactsForm(request.POST, prefix="facts")
    if form.is_valid():
        try:
            actions.change_organization(found, **form.facts(), by=request.actor)
            actions.name_account_manager(found, form.manager(), by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            return done(request, found.pk)
    return show_company(request, found, facts=form)


@require_POST
def visibility(request: Request, pk: int) -> HttpResponse:
    """Let its people see each other's requests as the company asked."""
    found, form = found_company(pk), VisibilityForm(request.POST, prefix="sight")
    if form.is_valid():
        who = form.cleaned_data["who_sees"]
        actions.change_visibility(found, who, colleagues_take_part=form.takes_part(), by=request.actor)
        return done(request, pk)
    return show_company(request, found, sight=form)


@require_POST
def package(request: Request, pk: int) -> HttpResponse:
    """Change what a company has bought."""
    found, form = found_company(pk), SoldForm(request.POST, prefix="sold")
    if form.is_valid():
        try:
            actions.sell_package(found, form.chosen(), by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            return done(request, pk)
    return show_company(request, found, sold=form)


@require_POST
def invitations(request: Request, pk: int) -> HttpResponse:
    """Invite somebody into a company."""
    found, form = found_company(pk), ColleagueForm(request.POST, prefix="new")
    if form.is_valid():
        said = form.cleaned_data
        facts = {key: said[key] for key in ("name", "language", "manages", "with_seat")}
        try:
            actions.invite_colleague(found, said["email"], **facts, by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            return done(request, pk, _("An invitation is on its way to %(address)s.") % {"address": said["email"]})
    return show_company(request, found, new=form)


def found_company(pk: int) -> "Organization":
    return get_object_or_404(queries.organizations(), pk=pk)


def done(request: Request, pk: int, words: str = "") -> HttpResponse:
    messages.success(request, words or _("Saved."))
    return redirect("setup:company", pk)


def show_company(request: Request, found: "Organization", words: str = "", **sent: "Form") -> HttpResponse:
    """A company's page. words: why what was asked can't be done. sent: forms filled in wrong, in place of theirs."""
    facts = {
        "name": found.name,
        "code": found.code,
        "note": found.note,
        "domains": ", ".join(sorted(domain.name for domain in found.domains.all())),
        "account_manager": str(found.account_manager_id or ""),
    }
    answers = {True: "yes", False: "no", None: ""}[found.colleagues_take_part]
    forms = {
        "facts": FactsForm(initial=facts, prefix="facts"),
        "sight": VisibilityForm(initial={"who_sees": found.who_sees, "take_part": answers}, prefix="sight"),
        "sold": SoldForm(initial={"package": str(found.package_id or "")}, prefix="sold"),
        "new": ColleagueForm(prefix="new"),
    } | sent
    context = {
        "company": found,
        "forms": forms,
        "words": words,
        "gives_seats": policy.may_give_seats(request.actor, found),
        **_people(request, found),
        **_sight(found),
        "history": history_of(request.actor, found, request.GET.get("at", "")),
    }
    status = 409 if words else 422 if sent else 200
    return frame.show(request, "setup/company.html", context, at="companies", status=status)


def _people(request: Request, found: "Organization") -> dict[str, Any]:
    page = paging.page_by_name(queries.memberships(found), "person__name", request.GET.get("people", ""), SIZE)
    return {
        "members": page,
        "used": lists.seats_used([found.pk]).get(found.pk, 0),
        "seatless": [one for one in page.rows if one.seat is None and not one.suspended_at],
    }


def _sight(found: "Organization") -> dict[str, Any]:
    """Who sees the company's requests now, counted and by name."""
    seers = lists.who_sees(found)
    return {"rule": sight(found.who_sees).rule, "seers": list(seers[:_NAMED]), "seer_count": paging.capped_count(seers)}
