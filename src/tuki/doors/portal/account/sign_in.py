"""allauth's addresses under /account/, but for the pages that are our own: those change people, and actions do that."""

from allauth.urls import urlpatterns as allauth
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path

from tuki.doors.arrivals import Request
from tuki.doors.portal.account import sign_up, two_step


def addresses(request: Request) -> HttpResponse:
    return redirect("portal:addresses", request.LANGUAGE_CODE)


def sessions(request: Request) -> HttpResponse:
    return redirect("portal:sessions", request.LANGUAGE_CODE)


def passkeys(request: Request) -> HttpResponse:
    return redirect("mfa_index")


urlpatterns: list[URLPattern | URLResolver] = [
    path("signup/", sign_up.sign_up, name="account_signup"),
    path("email/", addresses, name="account_email"),
    path("sessions/", sessions, name="usersessions_list"),
    path("2fa/done/", two_step.done, name="two_step_done"),
    path("2fa/authenticate/", two_step.SecondStep.as_view(), name="mfa_authenticate"),
    path("2fa/totp/deactivate/", two_step.turn_off, name="mfa_deactivate_totp"),
    path("2fa/webauthn/", passkeys, name="mfa_list_webauthn"),
    path("2fa/webauthn/login/", two_step.SignIn.as_view(), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", two_step.Again.as_view(), name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/add/", two_step.Add.as_view(), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", two_step.removal, name="mfa_remove_webauthn"),
    *allauth,
]
