"""Two-step sign-in on one's account, and passkeys on the way in. allauth runs the roads; taking away is an action."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn import views as allauth
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tuki.doors.arrivals import WAY_ON, Request, asked_again
from tuki.lib.refusal import Refused
from tuki.people import actions, factors

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator


class SignIn(allauth.LoginWebAuthnView):
    """With a passkey in place of address and password. Its script asks for what the browser shall sign."""

    def form_invalid(self, form: Form) -> HttpResponse:
        return _once_more(self.request, form, "account_login")


class SecondStep(AuthenticateView):
    """After the password: a code, or a passkey."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        kinds = {factor.type for factor in factors.factors_of(self.stage.login.user.pk)}
        return context | {"has_app": factors.APP in kinds, "has_passkey": factors.PASSKEY in kinds}


class Again(allauth.ReauthenticateWebAuthnView):
    """With a passkey in place of the password, before one changes how one signs in."""

    def form_invalid(self, form: Form) -> HttpResponse:
        return _once_more(self.request, form, "mfa_reauthenticate_webauthn")


def _once_more(request: Any, form: Form, where: str) -> HttpResponse:
    """Say what was wrong, and go on to the same page afterwards as before."""
    for words in form.errors.get("credential", []):
        messages.error(request, str(words))
    return HttpResponseRedirect(passthrough_next_redirect_url(request, reverse(where), REDIRECT_FIELD_NAME))


class Add(allauth.AddWebAuthnView):
    """One more passkey: a key that names its owner by itself, and wants a finger, a face or a PIN."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super(allauth.AddWebAuthnView, self).get_context_data(**more)
        # Begun by ourselves: allauth would begin one that needs no finger.
        return context | {"js_data": {"creation_options": auth.begin_registration(self.request.user, True)}}

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():  # the passkey, and what the journal says of it
            answer: HttpResponse = super().form_valid(form)
        return answer


@login_required
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: Request, pk: int) -> HttpResponse:
    """Sign in with this passkey no longer."""
    factor = next((one for one in _own(request) if one.pk == pk and one.type == factors.PASSKEY), None)
    return _removal(request, factor, "mfa/webauthn/authenticator_confirm_delete.html", "webauthn_removed")


@login_required
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def turn_off(request: Request) -> HttpResponse:
    """Sign in with the authenticator app no longer."""
    factor = next((one for one in _own(request) if one.type == factors.APP), None)
    return _removal(request, factor, "mfa/totp/deactivate_form.html", "totp_deactivated")


def _own(request: Request) -> "list[Authenticator]":
    assert request.actor.person is not None
    return factors.factors_of(request.actor.person.pk)


def _removal(request: Request, factor: "Authenticator | None", page: str, told: str) -> HttpResponse:
    """Ask whether it shall go; let it go; tell its owner by mail too. told: what allauth calls that."""
    if factor is None:
        raise Http404
    if request.method != "POST":
        return render(request, page, {"factor": factor, "is_last": len(_own(request)) == 1})
    person = request.actor.person
    try:
        actions.remove_factor(factor, keep_session=request.session.session_key or "", by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("mfa_index")
    request.session.pop(factors.HAS_FACTOR, None)
    get_adapter().add_message(request, messages.SUCCESS, f"mfa/messages/{told}.txt")
    get_adapter().send_notification_mail(f"mfa/email/{told}", person)
    return redirect("mfa_index")


@login_required
@require_safe
def done(request: Request) -> HttpResponse:
    """On to the page that somebody wanted who had to set up a second factor first."""
    return redirect(request.session.pop(WAY_ON, None) or "mfa_index")
