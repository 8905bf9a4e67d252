"""A company's people as its managers run them (A3, D7): who has which right, and how to change that."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tuki.doors import once
from tuki.doors.arrivals import Request
from tuki.doors.portal.company.forms import InviteForm, MoveForm, PackageForm
from tuki.doors.portal.kept import sign_in_first, typed_before
from tuki.lib import paging
from tuki.lib.refusal import Refused
from tuki.people import actions, policy
from tuki.people import history as past
from tuki.people import queries as people
from tuki.tickets import actions as tickets
from tuki.tickets import policy as tickets_policy
from tuki.tickets import queries

if TYPE_CHECKING:
    from tuki.people.models import Membership, Organization

_ROWS = 50
_CHOICES = 200  # people to choose from where a right is moved


@dataclass(frozen=True)
class Row:
    """One of the company's people. refused: why what was just tried with them can't be."""

    place: "Membership"
    has_seat: bool
    is_me: bool
    is_main: bool
    refused: str

    @property
    def is_fixed(self) -> bool:
        """Nobody changes their own place, and only support that of whoever signed for the company."""
        return self.is_me or self.is_main


@never_cache
@require_safe
def company(request: Request, language: str, company: int | None = None) -> HttpResponse:
    """Its people: ?at (where in the list)."""
    if request.actor.person is None:
        return sign_in_first(request, request.get_full_path())
    organization = managed(request, company)
    return show(request, organization, typed=typed_before(request, address(organization, language)))


def managed(request: Request, pk: int | None) -> "Organization":
    """The company with this id, or the first, of those that the viewer manages; nobody else's (404)."""
    assert request.actor.person is not None
    found = people.managed(request.actor.person)
    organization = found.first() if pk is None else found.filter(pk=pk).first()
    if organization is None:
        raise Http404
    return organization


def address(organization: "Organization", language: str) -> str:
    return reverse("portal:company_of", args=[language, organization.pk])


def back(request: Request, organization: "Organization", language: str, place: int | None = None) -> HttpResponse:
    """To the page of the list that the form stood on, and to the person whom it was about."""
    at = request.GET.get("at", "")
    query = f"?{urlencode({'at': at})}" if at else ""
    return redirect(address(organization, language) + query + (f"#place-{place}" if place else ""))


def show(
    request: Request,
    organization: "Organization",
    *,
    typed: Any = None,
    forms: dict[str, Any] | None = None,
    refused: tuple[int, str] = (0, ""),
    status: int = 200,
) -> HttpResponse:
    """The page. typed: what waits to be sent. forms: those that came back. refused: whose place can't be changed so."""
    viewer = request.actor
    assert viewer.person is not None
    page = paging.page_by_id(people.memberships(organization), request.GET.get("at", ""), _ROWS)
    gives = policy.may_give_seats(viewer, organization)
    context = {
        "here": "company",
        "company": organization,
        "companies": people.managed(viewer.person)[:_CHOICES],
        "page": page,
        "rows": sorted(
            (_row(place, organization, viewer.person_id, refused) for place in page.rows),
            key=lambda row: row.place.shown_name.casefold(),
        ),
        "refused": refused[1],
        "at": request.GET.get("at", ""),
        "gives": gives,
        "used": paging.capped_count(people.seats_in_use(organization)),
        "may_follow": tickets_policy.may_follow_company(viewer, organization.pk),
        "follows": organization.pk in queries.companies_followed(viewer.person),
        "once": once.new_token(viewer),
        **_forms(request, organization, gives, typed),
        **(forms or {}),
    }
    return render(request, "portal/company.html", context, status=status)


def _row(place: "Membership", organization: "Organization", me: int | None, refused: tuple[int, str]) -> Row:
    return Row(
        place=place,
        has_seat=place.seat is not None,
        is_me=place.person_id == me,
        is_main=place.person_id == organization.main_contact_id,
        refused=refused[1] if refused[0] == place.pk else "",
    )


def _forms(request: Request, organization: "Organization", gives: bool, typed: Any) -> dict[str, Any]:
    """The page's forms, as they are before anything is wrong with them."""
    kept = {name: typed.get(name) for name in typed} if typed is not None else {}
    return {
        "invite": InviteForm(initial=kept, **_of_invite(request, gives)),
        "move": MoveForm(initial=kept, **_of_move(organization)) if gives else None,
        "ask": PackageForm(initial=kept, packages=_packages(organization)),
    }


def _of_invite(request: Request, gives: bool) -> dict[str, Any]:
    assert request.actor.person is not None
    return {"gives_seats": gives, "language": request.actor.person.language}


def _of_move(organization: "Organization") -> "dict[str, list[Membership]]":
    """The main contact's own is not among them: only support takes that."""
    held = [seat.membership for seat in people.seats_in_use(organization)[:_CHOICES]]
    holders = [place for place in held if place.person_id != organization.main_contact_id]
    return {"holders": holders, "others": list(people.without_seat(organization)[:_CHOICES])}


def _packages(organization: "Organization") -> list[Any]:
    return [package for package in people.packages() if package.pk != organization.package_id]


@require_POST
def invitations(request: Request, language: str, company: int) -> HttpResponse:
    """Ask a colleague to join."""
    if request.actor.person is None:
        return sign_in_first(request, reverse("portal:company_of", args=[language, company]))
    organization = managed(request, company)
    gives = policy.may_give_seats(request.actor, organization)
    form = InviteForm(request.POST, **_of_invite(request, gives))
    if form.is_valid():
        try:
            _require_few(request, form.wanted["address"])
            place = actions.invite_colleague(organization, **form.wanted, by=request.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            words = _("An invitation is on its way to %(address)s.")
            messages.success(request, words % {"address": place.shown_address})
            return back(request, organization, language, place.pk)
    return show(request, organization, forms={"invite": form}, status=422)


def _require_few(request: Request, address: str) -> None:
    """Raise Refused for a manager, and for an address, that had many invitations today: each is a mail to anybody."""
    if not ratelimit.consume(request, action="invite_colleague", key=address.lower()):
        raise Refused(_("Too many invitations were sent today. Please go on tomorrow, or ask support."))


@require_POST
def seats(request: Request, language: str, company: int) -> HttpResponse:
    """Give one person's right to use support to another."""
    if request.actor.person is None:
        return sign_in_first(request, reverse("portal:company_of", args=[language, company]))
    organization = managed(request, company)
    form = MoveForm(request.POST, **_of_move(organization))
    if form.is_valid():
        places = {place.pk: place for place in people.memberships(organization).filter(pk__in=_chosen(form))}
        held, to = (places.get(pk) for pk in _chosen(form))
        if held is None or to is None:
            raise Http404
        try:
            actions.move_seat(held, to, by=request.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            words = _("%(person)s has the right now, and %(before)s has it no longer.")
            messages.success(request, words % {"person": to.shown_name, "before": held.shown_name})
            return back(request, organization, language, to.pk)
    return show(request, organization, forms={"move": form}, status=422)


def _chosen(form: MoveForm) -> list[int]:
    return [form.cleaned_data["held"], form.cleaned_data["to"]]


@require_POST
def package(request: Request, language: str, company: int) -> HttpResponse:
    """Ask for another package: a request to whoever answers for what the company buys."""
    if request.actor.person is None:
        return sign_in_first(request, reverse("portal:company_of", args=[language, company]))
    organization = managed(request, company)
    if number := once.came_of(request):
        return redirect("portal:sent", language, number)
    form = PackageForm(request.POST, packages=_packages(organization))
    if form.is_valid():

        def ask() -> str:
            return str(tickets.ask_for_package(organization, **form.wanted, by=request.actor).number)

        return redirect("portal:sent", language, once.once(request, ask))
    return show(request, organization, forms={"ask": form}, status=422)


@never_cache
@require_safe
def history(request: Request, language: str, company: int) -> HttpResponse:
    """What was done with the company's people, and by whom: ?at (where in it)."""
    if request.actor.person is None:
        return sign_in_first(request, request.get_full_path())
    organization = managed(request, company)
    page = past.history_of(request.actor, organization, request.GET.get("at", ""))
    return render(request, "portal/company_history.html", {"here": "company", "company": organization, "page": page})
