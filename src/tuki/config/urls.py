"""Every address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path

from tuki.config import health
from tuki.doors.portal.guide import sitemap


def start(request: HttpRequest) -> HttpResponse:
    """The help center, in the reader's language."""
    return redirect("portal:home", getattr(request, "LANGUAGE_CODE", "en"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("", start),
    path("robots.txt", sitemap.robots, name="robots"),
    path("hc/", include("tuki.doors.portal.urls")),
    path("workspace/", include("tuki.doors.workspace.urls")),
    path("setup/", include("tuki.doors.setup.urls")),
    path("account/", include("tuki.doors.portal.account.sign_in")),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]
handler400 = "tuki.look.errors.bad_request"
handler403 = "tuki.look.errors.forbidden"
handler404 = "tuki.look.errors.not_found"
handler500 = "tuki.look.errors.failed"
