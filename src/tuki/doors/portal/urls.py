"""Addresses of the help center, in Zendesk's shape: a language first, then the page."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from tuki.desk.queries import the_desk
from tuki.doors.portal import files, footer
from tuki.doors.portal.guide import addresses, article, feeds, home, lookup, places, preview, sitemap
from tuki.doors.portal.requests import helping, leaving, lists, new, page
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
register_converter(addresses.Numbered, "numbered")

app_name = "portal"
_pages: list[URLPattern | URLResolver] = [
    path("requests", lists.requests, name="requests"),
    path("requests/new", new.new, name="new"),
    path("requests/new/articles", helping.helping, name="helping"),
    path("requests/leave/<str:token>", leaving.leave, name="leave"),
    path("requests/<int:number>", page.request_page, name="request"),
    path("requests/<int:number>/sent", new.sent, name="sent"),
    path("requests/<int:number>/replies", page.replies, name="replies"),
    path("requests/<int:number>/facts", page.facts, name="facts"),
    path("requests/<int:number>/closure", page.closure, name="closure"),
    path("requests/<int:number>/copies", page.copies, name="copies"),
    path("requests/<int:number>/copies/<int:pk>/removal", page.copy_removal, name="copy_removal"),
    path("categories/<numbered:pk>", places.category, name="category"),
    path("sections/<numbered:pk>", places.section, name="section"),
    path("articles/<numbered:pk>", article.article, name="article"),
    path("articles/<numbered:pk>/preview", preview.preview, name="preview"),
    path("articles/<numbered:pk>/vote", article.vote, name="vote"),
    path("feed.atom", feeds.feed, name="feed"),
    path("sections/<numbered:pk>/feed.atom", feeds.section, name="section_feed"),
    path("search", lookup.search, name="search"),
    path("search/suggestions", lookup.suggestions, name="suggestions"),
    path("privacy", footer.privacy, name="privacy"),
    path("accessibility", footer.accessibility, name="accessibility"),
    path("", include("tuki.doors.portal.following.urls")),
    path("", include("tuki.doors.portal.account.urls")),
    path("", include("tuki.doors.portal.company.urls")),
    path("", home.home),  # with a slash at the end too
    path("<path:path>", addresses.moved, name="moved"),  # whatever else there was once
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("theme.css", theme.stylesheet, name="theme"),
    path("icon.svg", theme.icon, name="icon"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemap.part, name="sitemap_part"),
    path("language", footer.language, name="language"),
    path("uploads", files.uploads, name="uploads"),
    path("uploads/<int:pk>/removal", files.removal, name="upload_removal"),
    path("files/<int:pk>", files.file, name="file"),
    path("files/<int:pk>/<str:name>", files.file, name="named_file"),
    path("<language:language>", home.home, name="home"),
    path("<language:language>/", include(_pages)),
]
