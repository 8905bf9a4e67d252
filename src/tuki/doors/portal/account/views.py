"""One's own account, and the page on which an invitation leads to one."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.account.devices import device, is_phone
from tuki.doors.portal.account.forms import AddressForm, ProfileForm, SetPasswordForm, time_zones
from tuki.lib.refusal import Refused
from tuki.people import actions, invitations, marks, queries
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.people.models import Membership, Person

View = Callable[..., HttpResponse]


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: Request, language: str, token: str) -> HttpResponse:
    """Whom the link lets in chooses a password, joins the company that sent it, and is signed in. It does so once."""
    person, place = invitations.person_of(token), invitations.place_of(token)
    if person is None:
        return render(request, "account/invitation_over.html", {"token": token}, status=410)
    form = SetPasswordForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_invitation(person, form.cleaned_data["password1"], by=Actor(person, at=request.actor.at))
        except Refused:
            return render(request, "account/invitation_over.html", {"token": token}, status=410)
        logout(request)  # whoever was signed in here before
        if place is not None:
            _take(request, place, by=Actor(person, at=request.actor.at))
        answer: HttpResponse = perform_login(request, person, email=person.email)
        return answer
    status = 422 if form.errors else 200
    return render(request, "account/welcome.html", {"person": person, "place": place, "form": form}, status=status)


def _take(request: Request, place: "Membership", *, by: Actor) -> None:
    """Join the company, and say so. What can't be now waits among one's invitations."""
    try:
        actions.accept_place(place, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You belong to %(company)s now.") % {"company": place.organization.name})


@require_POST
def another_invitation(request: Request, language: str, token: str) -> HttpResponse:
    """A link that is over can be had anew, by mail to whom it was for. The answer never tells if that is anybody."""
    person = invitations.person_once_meant(token)
    key = f"invitation {person.pk if person else token}"
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password", key=key)
    if limited:
        return limited
    if person is not None:
        actions.invite(person, by=Actor(person, at=request.actor.at))
    return redirect("portal:invitation_sent", language)


@require_safe
def invitation_sent(request: Request, language: str) -> HttpResponse:
    """Look in your mail."""
    return render(request, "account/invitation_sent.html")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request, language: str) -> HttpResponse:
    """Name, language, time zone, phones."""
    person = _person(request)
    form = ProfileForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fields = {key: form.cleaned_data[key] for key in ("name", "language", "time_zone", "phones")}
        try:
            person = actions.change_profile(person, **fields, by=request.actor)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            with override(person.language):  # said on the next page, which is in that language
                messages.success(request, _("Your changes are saved."))
            return redirect("portal:account", person.language)
    context = {"form": form, "time_zones": time_zones(), "here": "profile"}
    return render(request, "account/profile.html", context, status=422 if form.errors else 200)


def _guarded(view: View) -> View:
    """Whoever sits down at somebody's open browser must not be able to take the account away."""

    @wraps(view)
    def limited(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        too_many: HttpResponse | None = ratelimit.consume_or_429(request, action="manage_email", user=request.user)
        return too_many or view(request, *args, **kwargs)

    asked: View = reauthentication_required(app="allauth.account", allow_get=True)(limited)
    return never_cache(login_required(asked))


@_guarded
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: Request, language: str) -> HttpResponse:
    """Every address that one is known by, and which of them we write to. A new one is asked to be confirmed."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_address(_person(request), form.cleaned_data["email"], by=request.actor)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            _ask_to_confirm(request, added)
            return redirect("portal:addresses", language)
    context = {"addresses": queries.addresses(_person(request)), "form": form, "here": "addresses"}
    return render(request, "account/addresses.html", context, status=422 if form.errors else 200)


@_guarded
@require_POST
def confirmation(request: Request, language: str, pk: int) -> HttpResponse:
    """The link that confirms an address, sent once more."""
    address = _own_address(request, pk)
    if not address.verified:
        _ask_to_confirm(request, address)
    return redirect("portal:addresses", language)


def _ask_to_confirm(request: Request, address: EmailAddress) -> None:
    facts = {"address": address.email}
    if not ratelimit.consume(request, action="confirm_email", key=address.email):
        words = _("We have just sent a link to %(address)s. Please wait a few minutes before you ask for another.")
        messages.warning(request, words % facts)
        return
    address.send_confirmation(request)
    messages.success(request, _("We have sent a link to %(address)s. Open it to confirm the address.") % facts)


@_guarded
@require_POST
def primary(request: Request, language: str, pk: int) -> HttpResponse:
    """The address that we write to from now on; the one before it is told."""
    before = _person(request).email
    try:
        person = actions.write_to(_own_address(request, pk), by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if person.email != before:
            facts = {"from_email": before, "to_email": person.email}
            get_adapter().send_notification_mail("account/email/email_changed", person, facts, email=before)
            messages.success(request, _("From now on we write to %(address)s.") % {"address": person.email})
    return redirect("portal:addresses", language)


@_guarded
@require_POST
def removal(request: Request, language: str, pk: int) -> HttpResponse:
    """An address that one is known by no longer."""
    address = _own_address(request, pk)
    try:
        actions.remove_address(address, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(address)s is removed.") % {"address": address.email})
    return redirect("portal:addresses", language)


def _own_address(request: Request, pk: int) -> EmailAddress:
    return get_object_or_404(queries.addresses(_person(request)), pk=pk)


@never_cache
@login_required
@require_safe
def sessions(request: Request, language: str) -> HttpResponse:
    """Where one is signed in, and since when."""
    here = request.session.session_key
    rows = [
        {
            "session": session,
            "device": device(session.user_agent),
            "is_phone": is_phone(session.user_agent),
            "is_here": session.session_key == here,
        }
        for session in queries.sessions(_person(request))[:50]
    ]
    rows.sort(key=lambda row: not row["is_here"])
    return render(request, "account/sessions.html", {"rows": rows, "here": "sessions"})


@login_required
@require_POST
def end_others(request: Request, language: str) -> HttpResponse:
    """Sign out everywhere but here."""
    marks.end_sessions(_person(request), but=request.session.session_key or "")
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("portal:sessions", language)


@login_required
@require_POST
def end_session(request: Request, language: str, pk: int) -> HttpResponse:
    """Sign out there."""
    others = queries.sessions(_person(request)).exclude(session_key=request.session.session_key)
    session = get_object_or_404(others, pk=pk)
    marks.end_session(session)
    messages.success(request, _("Signed out: %(device)s.") % {"device": device(session.user_agent)})
    return redirect("portal:sessions", language)


def _person(request: Request) -> "Person":
    """Who is signed in; the views that ask let nobody else in."""
    assert request.actor.person is not None
    return request.actor.person
