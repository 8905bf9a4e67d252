"""The body of an article as it is read: what lib/article.py keeps of it, with what only a page can add.

Callouts get their word, tables and code a box of their own to scroll in, headings a link to be copied, pictures one to
be seen large by, and links that leave us say so. All of it is markup that needs no script; a script makes it quicker.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from tuki.look.icons import icon

_CALLOUTS = {
    "note": ("info", pgettext_lazy("callout", "Note")),
    "tip": ("lightbulb", gettext_lazy("Tip")),
    "warning": ("triangle-alert", gettext_lazy("Warning")),
}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^>]*)?)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_HEADING = re.compile(r'<h([234]) id="([^"]*)">(.*?)</h\1>', re.DOTALL)
_VIDEO = re.compile(r'<a\b[^>]*\bclass="video"[^>]*>')
_FILM = re.compile(r"\.(?:mp4|webm)$", re.IGNORECASE)
_YOUTUBE = re.compile(r"https://(?:(?:www\.)?youtube\.com/watch\?v=|youtu\.be/)([\w-]{6,20})")
_VIMEO = re.compile(r"https://vimeo\.com/(\d+)")


def as_read(body: str, own_host: str) -> SafeString:
    """A cleaned body, as its page shows it. own_host: links to it don't leave us."""
    return mark_safe(_HEADING.sub(_with_anchor, _Reading(own_host).read(body)))


def film_hosts(body: str) -> list[str]:
    """Whose films may be shown on the page of this body, once somebody asks for one: "https://video.example"."""
    found = (urlsplit(_player(_attributes(tag).get("href", ""))) for tag in _VIDEO.findall(body))
    return sorted({f"{url.scheme}://{url.netloc}" for url in found if url.scheme == "https" and url.netloc})


def _player(address: str) -> str:
    """Where a film is played rather than told of; of those that we know, without cookies."""
    address = address.replace("&amp;", "&")
    if known := _YOUTUBE.match(address):
        return f"https://www.youtube-nocookie.com/embed/{known[1]}?autoplay=1"
    if known := _VIMEO.match(address):
        return f"https://player.vimeo.com/video/{known[1]}?dnt=1&autoplay=1"
    return address


def _attributes(tag: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(tag))


def _with_anchor(found: re.Match[str]) -> str:
    level, name, words = found.groups()
    link = _("Link to this part")
    called = f"{escape(link)}: {_plain(words)}"
    return (
        f'<div class="heading heading-{level}">{found[0]}'
        f'<a class="anchor" href="#{name}" aria-label="{called}" data-copy-link>{icon("link")}</a></div>'
    )


def _plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html).replace('"', "&quot;")


def _code_end() -> str:
    copy, copied = escape(pgettext("button", "Copy")), escape(_("Copied"))
    button = f'<button type="button" class="button button-second button-small with-script" data-copy="{copied}">'
    return f"</pre>{button}{icon('copy')}<span>{copy}</span></button></div>"


class _Reading:
    """One body, tag by tag. It was cleaned: every tag is closed, and attributes stand in double quotes."""

    def __init__(self, own_host: str) -> None:
        self._own_host = own_host
        self._links: list[str] = []  # what each open link ends with
        self._pictures = 0
        self._opens: dict[str, Callable[[str, str], str]] = {
            "aside": self._callout,
            "table": self._table,
            "pre": self._code,
            "a": self._link,
            "img": self._picture,
        }

    def read(self, body: str) -> str:
        return _TAG.sub(self._tag, body)

    def _tag(self, found: re.Match[str]) -> str:
        end, name, attributes = found.groups()
        if not end:
            change = self._opens.get(name)
            return change(found[0], attributes) if change else found[0]
        if name == "a":
            return (self._links.pop() if self._links else "") + "</a>"
        if name == "pre":
            return _code_end()
        return {"aside": "</div>", "table": "</table></div>"}.get(name, found[0])

    def _callout(self, _tag: str, attributes: str) -> str:
        kind = _attributes(attributes).get("class", "note")
        picture, word = _CALLOUTS.get(kind, _CALLOUTS["note"])
        return f'<div class="callout callout-{kind}" role="note"><p class="callout-word">{icon(picture)}{word}</p>'

    def _table(self, tag: str, _attributes: str) -> str:
        # Whoever has no mouse scrolls it by arrow keys, once it has the focus.
        called = escape(_("Table"))
        return f'<div class="table-box" role="group" aria-label="{called}" tabindex="0">{tag}'

    def _code(self, _tag: str, _attributes: str) -> str:
        called = escape(pgettext("of a program", "Code"))
        return f'<div class="code-box"><pre role="group" aria-label="{called}" tabindex="0">'

    def _link(self, tag: str, attributes: str) -> str:
        known = _attributes(attributes)
        url = urlsplit(known.get("href", "").replace("&amp;", "&"))
        if known.get("class") == "video" and url.scheme == "https":
            shown_by = escape(_("Shown by %(host)s") % {"host": url.netloc})
            self._links.append(f'</span><span class="video-host">{shown_by}</span>')
            player = escape(_player(known.get("href", "")))
            kind = "film" if _FILM.search(url.path) else "frame"
            return f'{tag[:-1]} data-video="{kind}" data-player="{player}">{icon("play")}<span class="video-title">'
        if url.scheme in {"http", "https"} and url.netloc != self._own_host:
            words = escape(_("(on another site)"))
            self._links.append(f'<span class="hidden-word"> {words}</span>{icon("external-link")}')
            return f'{tag[:-1]} class="outside">'
        self._links.append("")
        return tag

    def _picture(self, tag: str, attributes: str) -> str:
        known = _attributes(attributes)
        self._pictures += 1
        # The first is likely to be seen at once.
        bare = tag[:-1].rstrip(" /")
        shown = f'{bare} decoding="async">' if self._pictures == 1 else f'{bare} loading="lazy" decoding="async">'
        if self._links:
            return shown
        words = known.get("alt", "").strip()
        offer = escape(_("Open the picture large"))
        called = f"{offer}: {words}" if words else str(offer)
        return f'<a class="picture" href="{known.get("src", "")}" data-picture aria-label="{called}">{shown}</a>'
