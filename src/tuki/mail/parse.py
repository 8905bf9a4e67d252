"""A mail as we understand it, made of its raw bytes.

`parse` never raises, never takes longer than its bytes are worth, and never lies: what can't be read is kept as an
attachment, what a mail program repeated is kept beside what somebody wrote.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tuki.mail.reading import headers, mime, quotes
from tuki.mail.reading.automatic import Automatic, automatic, lists
from tuki.mail.reading.bounces import Bounce, bounce
from tuki.mail.reading.headers import Address
from tuki.mail.reading.mime import Part
from tuki.mail.reading.pieces import Attachment, Pieces
from tuki.mail.reading.secured import Sealed, sealed

log = logging.getLogger("tuki.mail")

_ANSWERS = re.compile(r"^\s*(?:re|vs|sv|aw|antw|vast|ref|rif|odp|ynt|r)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.I)
_FORWARDS = re.compile(r"^\s*(?:fwd?|vl|vb|wg|wl|ws|tr|rv|doorst|edasi|i|enc)\s*:", re.I)
_MOST_IDS = 100  # that a mail may answer: who has more to name has a loop


@dataclass(frozen=True)
class Mail:
    """What somebody sent.

    text and html are whole, as sent; either may be empty. reply_… is what was written in this mail, quoted_… what it
    repeats of earlier ones; the HTML of both is well-formed but not yet clean.
    """

    senders: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    reply_text: str = ""
    quoted_text: str = ""
    reply_html: str = ""
    quoted_html: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic = Automatic.NONE
    lists: tuple[str, ...] = ()  # that passed it on
    bounce: Bounce | None = None
    sealed: Sealed = Sealed.NONE

    @property
    def sender(self) -> Address | None:
        """Whose mail it is."""
        return self.senders[0] if self.senders else None

    @property
    def chain(self) -> tuple[str, ...]:
        """The mails that this one answers, the nearest first."""
        return tuple(dict.fromkeys((*reversed(self.in_reply_to), *reversed(self.references))))

    @property
    def identity(self) -> str:
        """A hash that is the same for the same mail, whichever way it came and however often."""
        says = (
            self.message_id,
            *(sender.address for sender in self.senders),
            self.date.isoformat() if self.date else "",
            self.subject,
            self.text,
            self.html,
            *(hashlib.sha256(attachment.content).hexdigest() for attachment in self.attachments),
        )
        return hashlib.sha256("\0".join(says).encode("utf-8", "replace")).hexdigest()


def parse(raw: bytes) -> Mail:
    """Read a mail. Where even that fails, all of it is the one attachment of an otherwise empty Mail."""
    try:
        return _parse(raw)
    except Exception:
        log.exception("a mail of %d bytes could not be read", len(raw))
        return Mail(attachments=(Attachment("message.eml", "message/rfc822", raw),))


def _parse(raw: bytes) -> Mail:
    part = mime.read(raw)
    charset = next((one.parameters["charset"] for one in mime.all_parts(part) if "charset" in one.parameters), "")
    subject = headers.words(part.first("subject"), charset)
    people = {name: _people(part, name, charset) for name in ("from", "sender", "reply-to", "to", "cc")}
    senders = people["from"] or people["sender"] or people["reply-to"]
    in_reply_to, references = _ids(part, "in-reply-to"), _ids(part, "references")
    pieces = Pieces()
    pieces.take_all(part)
    text, html, first_words = pieces.text(), pieces.html(), cache(pieces.first_words)

    if _FORWARDS.match(subject):
        reply_text, quoted_text = text, ""
        reply_html, quoted_html = quotes.whole_html(html) if html else "", ""
    else:
        kind = quotes.Kind(
            answers=bool(in_reply_to or references),
            says_so=bool(_ANSWERS.match(subject)),
            people=frozenset(who.address for named in people.values() for who in named),
            writer=senders[0] if senders else None,
            may_be_nordic_forward=subject[:3].lower() == "vs:",
        )
        reply_text, quoted_text = quotes.split_text(text, kind)
        reply_html, quoted_html = quotes.split_html(html, kind) if html else ("", "")
    return Mail(
        senders=senders,
        to=people["to"],
        cc=people["cc"],
        reply_to=people["reply-to"],
        subject=subject,
        date=headers.moment(part.first("date")),
        message_id=next(iter(_ids(part, "message-id")), ""),
        in_reply_to=in_reply_to,
        references=references,
        text=text,
        html=html,
        reply_text=reply_text,
        quoted_text=quoted_text,
        reply_html=reply_html,
        quoted_html=quoted_html,
        attachments=tuple(pieces.attachments),
        automatic=automatic(part, senders, subject, first_words),
        lists=lists(part),
        bounce=bounce(part, senders, subject, first_words),
        sealed=sealed(mime.all_parts(part), text),
    )


def _people(part: Part, name: str, charset: str) -> tuple[Address, ...]:
    """Who all the fields of this name say, each once."""
    said = [who for value in part.all(name) for who in headers.addresses(value, charset)]
    found = {who.address: who for who in reversed(said)}
    return tuple(reversed(found.values()))


def _ids(part: Part, name: str) -> tuple[str, ...]:
    ids = [one for value in part.all(name) for one in headers.message_ids(value)]
    return tuple(dict.fromkeys(ids if len(ids) <= _MOST_IDS else [ids[0], *ids[-_MOST_IDS:]]))
