"""allauth's addresses under /account/, but for the pages that are our own: those change people, and actions do that."""

from allauth.urls import urlpatterns as allauth
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path

from tuki.doors.arrivals import Request


def addresses(request: Request) -> HttpResponse:
    return redirect("portal:addresses", request.LANGUAGE_CODE)


def sessions(request: Request) -> HttpResponse:
    return redirect("portal:sessions", request.LANGUAGE_CODE)


urlpatterns: list[URLPattern | URLResolver] = [
    path("email/", addresses, name="account_email"),
    path("sessions/", sessions, name="usersessions_list"),
    *allauth,
]
