"""What followers are written: that something was published, at once or in the morning, and whether they want that."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.knowledge import links
from tuki.knowledge.events import Followed
from tuki.knowledge.queries import following
from tuki.knowledge.slugs import numbered
from tuki.lib.html import to_text
from tuki.mail import queries as mail
from tuki.notifications.followers import Follower, follower
from tuki.notifications.letter import Letter, list_headers

if TYPE_CHECKING:
    from tuki.knowledge.models import Following, Revision, Showing
    from tuki.notifications.models import Telling

PUBLISHED, DIGEST, CONFIRM = "published", "digest", "follow_confirmation"
_ASKED_AT_MOST, _WITHIN = 3, timedelta(days=1)  # mails that ask an address whether it wants this


@dataclass(frozen=True)
class News:
    """Something that was published, as one reader gets it. by: by which of their followings they hear of it."""

    telling: "Telling"
    revision: "Revision"
    showing: "Showing"
    by: "Following"


def published(
    telling: "Telling", revision: "Revision", showing: "Showing", reader: Follower, by: "Following", thing: str
) -> Letter:
    """That something was published. One may cease to follow by it without signing in.

    thing: what they know what they follow by.
    """
    leave = _url("portal:unfollow", reader, links.token_for(by, links.LEAVE))
    facts = {"news": _told(News(telling, revision, showing, by), reader), "thing": thing}
    return _letter(PUBLISHED, reader, showing.translation.title, leave, by, **facts)


def digest(news: list[News], reader: Follower) -> Letter:
    """What was published since the last such mail. Leaving by it ends all that comes in such mails."""
    first = news[0]
    leave = _url("portal:unfollow_digests", reader, links.token_of_reader(first.by))
    with translation.override(reader.language):
        title, others = first.showing.translation.title, len(news) - 1
        more = ngettext("%(title)s, and %(count)d more", "%(title)s, and %(count)d more", others)
        subject = more % {"title": title, "count": others} if others else title
    return _letter(DIGEST, reader, subject, leave, first.by, news=[_told(one, reader) for one in news])


def confirmation(event: Followed) -> list[Letter]:
    """Whether the owner of an address wants to hear. It says nothing that whoever typed the address could choose, and
    is not sent often: they may have nothing to do with it."""
    row = following.row(event.following)
    if row is None or row.confirmed_at is not None or row.person_id is not None:
        return []
    asked = mail.told_lately([CONFIRM], row.address, since=timezone.now() - _WITHIN)
    reader = follower(row)
    if len(asked) >= _ASKED_AT_MOST or reader is None:
        return []
    confirm = _url("portal:follow_confirmation", reader, links.token_for(row, links.CONFIRM))
    with translation.override(reader.language):
        subject = _("Do you want to follow %(desk)s?") % {"desk": the_desk().name}
    return [_letter(CONFIRM, reader, subject, "", row, confirm=confirm, thing=following.name_of(row, reader.language))]


def _told(news: News, reader: Follower) -> dict[str, Any]:
    """What a mail says of one thing."""
    shown, section = news.showing.translation, news.showing.section
    return {
        "title": shown.title,
        "line": _line(news),
        "excerpt": shown.excerpt,
        "section": label(section.labels, reader.language),
        "again": news.telling.again,
        "announces": section.announces,
        "foreign": shown.language != reader.language,
        "language": shown.language,
        "link": settings.PUBLIC_URL + _address(news.showing, reader),
    }


def _line(news: News) -> str:
    """The editor's, in the language that is shown: of what was published, or of the translation that says the same."""
    shown = news.showing.translation
    if shown.language == news.telling.language:
        return news.revision.line
    return shown.revision.line if shown.revision else ""


def _address(showing: "Showing", reader: Follower) -> str:
    return reverse("portal:article", args=[reader.language, numbered(showing.article_id, showing.translation.title)])


def _letter(kind: str, reader: Follower, subject: str, leave: str, by: "Following", **facts: Any) -> Letter:
    desk = the_desk()
    with translation.override(reader.language), timezone.override(reader.time_zone):
        all_that = "" if reader.person else links.token_of_reader(by)
        context = {
            **facts,
            "title": subject,
            "desk": desk,
            "person": reader.person,
            "address": reader.address,
            "leave": leave,
            "following": _url("portal:following_by_link", reader, all_that)
            if all_that
            else _url("portal:following", reader),
        }
        html = render_to_string(f"notifications/{kind}.html", context)
    return Letter(
        person=reader.person,
        address=reader.address,
        kind=kind,
        subject=subject,
        text=to_text(html) + "\n",
        html=html,
        language=reader.language,
        automatic=True,
        bulk=kind != CONFIRM,
        headers=_headers(leave, desk.address),
    )


def _headers(leave: str, address: str) -> dict[str, str]:
    """So that a mail program offers to leave, and no vacation note comes back."""
    if not leave:
        return {}
    return {**list_headers(leave), "List-Id": f"<following.{address.rpartition('@')[2]}>", "Precedence": "bulk"}


def _url(name: str, reader: Follower, *more: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[reader.language, *more])
