"""Addresses of the help center, in Zendesk's shape: a language first, then the page."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from tuki.desk.queries import the_desk
from tuki.doors.portal import files, home
from tuki.doors.portal.requests import leaving, lists, new, page
from tuki.look import theme


class SpokenLanguage:
    """The code of a language that the desk speaks; in any other there is no page."""

    regex = "[a-z]{2}"

    def to_python(self, value: str) -> str:
        if value not in the_desk().languages:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SpokenLanguage, "language")

app_name = "portal"
_pages: list[URLPattern | URLResolver] = [
    path("requests", lists.requests, name="requests"),
    path("requests/new", new.new, name="new"),
    path("requests/leave/<str:token>", leaving.leave, name="leave"),
    path("requests/<int:number>", page.request_page, name="request"),
    path("requests/<int:number>/sent", new.sent, name="sent"),
    path("requests/<int:number>/replies", page.replies, name="replies"),
    path("requests/<int:number>/facts", page.facts, name="facts"),
    path("requests/<int:number>/closure", page.closure, name="closure"),
    path("requests/<int:number>/copies", page.copies, name="copies"),
    path("requests/<int:number>/copies/<int:pk>/removal", page.copy_removal, name="copy_removal"),
    path("privacy", home.privacy, name="privacy"),
    path("accessibility", home.accessibility, name="accessibility"),
    path("", include("tuki.doors.portal.account.urls")),
    path("", home.home),  # with a slash at the end too
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("theme.css", theme.stylesheet, name="theme"),
    path("icon.svg", theme.icon, name="icon"),
    path("language", home.language, name="language"),
    path("uploads", files.uploads, name="uploads"),
    path("uploads/<int:pk>/removal", files.removal, name="upload_removal"),
    path("files/<int:pk>", files.file, name="file"),
    path("files/<int:pk>/<str:name>", files.file, name="named_file"),
    path("<language:language>", home.home, name="home"),
    path("<language:language>/", include(_pages)),
]
