"""What a mail says, as a message's HTML and files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from django.utils.html import escape
from django.utils.translation import gettext as _

from tuki.files import actions as files
from tuki.lib.html import from_text, has_content
from tuki.lib.refusal import Refused
from tuki.mail.parse import Mail
from tuki.mail.reading.calendars import meeting
from tuki.mail.reading.pieces import Attachment
from tuki.mail.reading.secured import Sealed
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.files.models import File

_PICTURE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?cid:([^\"'\s>]+)[^>]*>", re.I)


@dataclass(frozen=True)
class Content:
    """HTML of what was written and of what was repeated, with pictures in place, and all files."""

    body: str
    quoted: str
    files: "tuple[File, ...]"


def content_of(mail: Mail, *, by: Actor) -> Content:
    """Store a mail's files and make its words refer to them. by: whose message it becomes.

    A picture that only the repeated part shows is left to the raw mail: every answer brings the old logos again. A file
    too large to be kept is named, so that somebody looks for it there too.
    """
    body, quoted = _words(mail)
    shown, repeated = _cids(body), _cids(quoted)
    stored: list[File] = []
    places: dict[str, str] = {}
    too_large: list[str] = []
    for attachment in mail.attachments:
        if attachment.cid in repeated and attachment.cid not in shown:
            continue
        try:
            file = files.store(attachment.content, attachment.name, by=by)
        except Refused as refusal:
            too_large.append(str(refusal))
            continue
        stored.append(file)
        if attachment.cid in shown:
            places.setdefault(attachment.cid, f"/hc/files/{file.pk}/{quote(file.name)}")
    body = _PICTURE.sub(_in_place(places, mail.attachments), body)
    body += "".join(f"<p>{escape(words)}</p>" for words in too_large)
    return Content(body, _PICTURE.sub("", quoted), tuple(stored))


def _words(mail: Mail) -> tuple[str, str]:
    """Both parts as HTML; a mail that says nothing by itself says its subject, and one that can't be read says why."""
    note = ""
    if mail.sealed == Sealed.ENCRYPTED:
        note = from_text(_("This mail is encrypted, and can't be read here. Its files hold what was sent."))
    if has_content(mail.reply_html):
        return note + mail.reply_html, mail.quoted_html
    if mail.reply_text.strip():
        return note + from_text(mail.reply_text), from_text(mail.quoted_text)
    if not note:
        note = from_text(_meeting(mail) or ("" if mail.attachments else mail.subject or "–"))
    return note, ""


def _meeting(mail: Mail) -> str:
    """What a mail that is nothing but an invitation invites to."""
    file = next((attachment for attachment in mail.attachments if attachment.type == "text/calendar"), None)
    invites = meeting(file.content) if file else None
    if invites is None:
        return ""
    what = invites.what or mail.subject
    if invites.method == "cancel":
        what = _("Cancelled: %(what)s") % {"what": what}
    elif invites.method == "reply":
        what = mail.subject or what  # it says whether they come
    else:
        what = _("Invitation: %(what)s") % {"what": what}
    return "\n".join(line for line in (what, invites.when, invites.where) if line)


def _cids(html: str) -> set[str]:
    return {unquote(found) for found in _PICTURE.findall(html)}


def _in_place(places: dict[str, str], attachments: tuple[Attachment, ...]) -> Callable[[re.Match[str]], str]:
    names = {attachment.cid: attachment.name for attachment in attachments}

    def picture(found: re.Match[str]) -> str:
        cid = unquote(found[1])
        if cid not in places:
            return ""
        return f'<img src="{places[cid]}" alt="{escape(names.get(cid, ""))}">'

    return picture
