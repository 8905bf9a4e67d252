"""Readers ask for an account: an address is all they type, and a mail there is all they learn."""

from allauth.core import ratelimit
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.lib.refusal import Refused
from tuki.people import actions


class SignUpForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: Request) -> HttpResponse:
    """The answer is the same whoever's address it is. Where readers can't sign up, how one gets in."""
    if request.actor.person is not None:
        return redirect("portal:home", request.LANGUAGE_CODE)
    if not the_desk().readers_sign_up:
        return render(request, "account/signup_closed.html")
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].lower()
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="signup", key=address)
        if limited:
            return limited
        try:
            actions.sign_up(address, language=request.LANGUAGE_CODE, by=request.actor)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return redirect("portal:signed_up", request.LANGUAGE_CODE)
    return render(request, "account/signup.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def signed_up(request: Request, language: str) -> HttpResponse:
    """Look in your mail."""
    return render(request, "account/signed_up.html")
