"""What search engines may find: the addresses of all that everybody may read, each with its other languages.

`/hc/sitemap.xml` names the parts. Each is of so many numbers, whether there are articles with them or not, so that
nothing is counted and a part stays what it is however much is written after it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone
from tuki.doors.portal.guide.addresses import to_article, to_category, to_section
from tuki.knowledge.queries import reading
from tuki.people.actor import Actor

_NUMBERS = 1000  # of articles in one part; each has an address for each language
_SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_CLOSED = ("/account/", "/workspace/", "/setup/", "/api/", "/live", "/hc/*/search", "/hc/*/requests", "/hc/*/account")

_Page = dict[str, str]  # one page's address in each of its languages


@require_safe
@for_everyone
def index(request: Request) -> HttpResponse:
    """The parts: one of the places, then those of the articles."""
    parts = range(reading.last_number() // _NUMBERS + 2)
    lines = (f"<sitemap><loc>{_full(reverse('portal:sitemap_part', args=[part]))}</loc></sitemap>" for part in parts)
    return _xml(f"<sitemapindex {_SPACES}>", lines, "</sitemapindex>")


@require_safe
@for_everyone
def part(request: Request, number: int) -> HttpResponse:
    """Part 0 is of home, categories and sections, each other one of articles."""
    anybody = Actor(None, at=request.actor.at)
    if number > reading.last_number() // _NUMBERS + 1:
        raise Http404
    lines = _places(anybody) if number == 0 else _articles(anybody, (number - 1) * _NUMBERS)
    return _xml(f'<urlset {_SPACES} xmlns:xhtml="http://www.w3.org/1999/xhtml">', lines, "</urlset>")


def _places(anybody: Actor) -> Iterator[str]:
    spoken = the_desk().languages
    home: _Page = {language: reverse("portal:home", args=[language]) for language in spoken}
    pages: dict[tuple[str, int], _Page] = {}
    for language in spoken:
        with translation.override(language):  # the words in an address are of its language
            for category in reading.places(anybody, language):
                pages.setdefault(("category", category.pk), {})[language] = to_category(category, language)
            for section in reading.sections(anybody, language):
                pages.setdefault(("section", section.pk), {})[language] = to_section(section, language)
    for page in [home, *pages.values()]:
        for language in page:
            yield _url(page, language)


def _articles(anybody: Actor, after: int) -> Iterator[str]:
    pages: dict[int, _Page] = {}
    changed: dict[tuple[int, str], datetime] = {}
    for language in the_desk().languages:
        for row in reading.numbered(anybody, language, after, after + _NUMBERS):
            pages.setdefault(row.article_id, {})[language] = to_article(row, language)
            changed[row.article_id, language] = row.translation.updated_at or row.published_at
    for article, page in pages.items():
        for language in page:
            yield _url(page, language, changed[article, language])


def _url(page: _Page, language: str, changed: datetime | None = None) -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{_full(path)}"/>' for code, path in page.items()
    )
    last = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
    return f"<url><loc>{_full(page[language])}</loc>{last}{others if len(page) > 1 else ''}</url>"


def _full(path: str) -> str:
    return escape(settings.PUBLIC_URL + path)


def _xml(head: str, lines: Iterable[str], foot: str) -> HttpResponse:
    content = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *lines, foot, ""])
    return HttpResponse(content, content_type="application/xml", headers={"Cache-Control": "no-cache"})


@require_safe
@for_everyone
def robots(request: Request) -> HttpResponse:
    """What search engines need not fetch. What they must not show says so itself (look/policy.py)."""
    closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    told = f"User-agent: *\n{closed}\nSitemap: {settings.PUBLIC_URL}{reverse('portal:sitemap')}\n"
    return HttpResponse(told, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})
