"""What is new, for readers of feeds (Atom): in a language, and in one section.

A feed is fetched by a machine that is nobody, so it holds what everybody may read, whoever asks for it.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone
from tuki.doors.portal.guide.addresses import to_article, to_section
from tuki.knowledge.queries import reading
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.knowledge.models import Showing

_ENTRIES = 30
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML carries these


@require_safe
@for_everyone
def feed(request: Request, language: str) -> HttpResponse:
    """What was published last in a language, and may be read by everybody."""
    rows = reading.newest(Actor(None, at=request.actor.at), language, _ENTRIES)
    title = _("%(desk)s: what is new") % {"desk": the_desk().name}
    return _atom(title, reverse("portal:home", args=[language]), request.path, language, rows)


@require_safe
@for_everyone
def section(request: Request, language: str, pk: int) -> HttpResponse:
    """The same of one section."""
    anybody = Actor(None, at=request.actor.at)
    found = reading.section(anybody, pk, language)
    if found is None:
        raise Http404
    rows = reading.newest(anybody, language, _ENTRIES, section=found)
    return _atom(f"{the_desk().name}: {found}", to_section(found, language), request.path, language, rows)


class _Atom(Atom1Feed):
    """Entries say in which language they are, where that is not the feed's. An empty feed is no news at each look."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else _NEVER

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] != self.feed["language"] else {}


def _said(text: str) -> str:
    return _CONTROLS.sub("", text)


def _atom(title: str, page: str, path: str, language: str, rows: "Iterable[Showing]") -> HttpResponse:
    made = _Atom(
        _said(title),
        settings.PUBLIC_URL + page,
        "",
        language=language,
        feed_url=settings.PUBLIC_URL + path,
    )
    for row in rows:
        text = row.translation
        made.add_item(
            _said(text.title),
            settings.PUBLIC_URL + to_article(row, language),
            _said(text.excerpt),
            # The words in its address may change, and its number never does.
            unique_id=settings.PUBLIC_URL + reverse("portal:article", args=[language, row.article_id]),
            pubdate=text.published_at,
            updateddate=text.updated_at,
            language=text.language,
        )
    answer = HttpResponse(made.writeString("utf-8"), content_type=made.content_type)
    answer.headers["Cache-Control"] = "no-cache"
    return answer
