"""A mail as we understand it, made of its raw bytes.

`parse` never raises, never takes longer than its bytes are worth, and never lies: what can't be read is kept as an
attachment, what a mail program repeated is kept beside what somebody wrote.
"""

import hashlib
import logging
import mimetypes
import re
from dataclasses import dataclass, field
from datetime import datetime

from tuki.lib.html import clean, from_text, to_text
from tuki.mail import headers, mime, quotes
from tuki.mail.automatic import Automatic, Bounce, automatic, bounce
from tuki.mail.charsets import decode
from tuki.mail.headers import Address
from tuki.mail.mime import Part

log = logging.getLogger("tuki.mail")

_ANSWERS = re.compile(r"^\s*(?:re|vs|sv|aw|antw|vast|ref|rif|odp|ynt|r)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.I)
_FORWARDS = re.compile(r"^\s*(?:fwd?|vl|vb|wg|wl|ws|tr|rv|doorst|edasi|i|enc)\s*:", re.I)
_LONGEST_TEXT = 5_000_000  # of a body that is shown; what is longer is a file


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    type: str  # as the sender says
    content: bytes = field(repr=False)
    cid: str = ""  # by which the mail's HTML refers to it

    @property
    def size(self) -> int:
        return len(self.content)


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
    bounce: Bounce | None = None

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


def message_id_of(raw: bytes) -> str:
    """The Message-ID alone, for the ledger."""
    try:
        return next(iter(headers.message_ids(mime.read_head(raw).first("message-id"))), "")
    except Exception:
        log.exception("the header of a mail of %d bytes could not be read", len(raw))
        return ""


def _parse(raw: bytes) -> Mail:
    part = mime.read(raw)
    subject = headers.words(part.first("subject"))
    senders = _people(part, "from") or _people(part, "sender") or _people(part, "reply-to")
    in_reply_to, references = _ids(part, "in-reply-to"), _ids(part, "references")
    content = _Content()
    content.take(part)
    text, html = content.text(), content.html()

    answers = bool(in_reply_to or references or _ANSWERS.match(subject))
    if _FORWARDS.match(subject):
        reply_text, quoted_text = text, ""
        reply_html, quoted_html = quotes.whole_html(html) if html else "", ""
    else:
        reply_text, quoted_text = quotes.split_text(text, is_reply=answers)
        reply_html, quoted_html = quotes.split_html(html, is_reply=answers) if html else ("", "")
    return Mail(
        senders=senders,
        to=_people(part, "to"),
        cc=_people(part, "cc"),
        reply_to=_people(part, "reply-to"),
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
        attachments=tuple(content.attachments),
        automatic=automatic(part, senders, subject),
        bounce=bounce(part, senders, subject),
    )


def _people(part: Part, name: str) -> tuple[Address, ...]:
    """Who all the fields of this name say, each once."""
    found = {who.address: who for value in reversed(part.all(name)) for who in reversed(headers.addresses(value))}
    return tuple(reversed(found.values()))


def _ids(part: Part, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for value in part.all(name) for one in headers.message_ids(value)))


class _Content:
    """The bodies and attachments of a mail, gathered from its parts."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, str]] = []  # (text, html) of each piece, in the order they are read
        self.attachments: list[Attachment] = []

    def take(self, part: Part) -> None:
        if part.beyond:
            self._attach(part, "rest-of-message.txt", part.body)
        elif part.parts and part.type == "multipart/alternative":
            self._take_alternative(part)
        elif part.parts:
            for child in part.parts:
                self.take(child)
        elif _is_body(part):
            text = decode(part.content(), part.parameters.get("charset", "")).replace("\r\n", "\n").replace("\r", "\n")
            if len(text) > _LONGEST_TEXT:
                self._attach(part, "message.html" if part.type == "text/html" else "message.txt", part.content())
            elif text.strip():
                self.bodies.append(("", text) if part.type == "text/html" else (text, ""))
        else:
            self._attach(part, "", part.content())

    def _take_alternative(self, part: Part) -> None:
        """Ways of saying the same thing: a text and an HTML of it are one piece. What is neither is attached."""
        said = _Content()
        for child in part.parts:
            said.take(child)
        texts = [text for text, html in said.bodies if text]
        htmls = [html for text, html in said.bodies if html]
        if texts or htmls:
            self.bodies.append(("\n".join(texts), "\n".join(htmls)))
        self.attachments += said.attachments

    def text(self) -> str:
        """All pieces as plain text; empty where the mail has none of its own."""
        if not any(text for text, _ in self.bodies):
            return ""
        return "\n\n".join(text or _as_text(html) for text, html in self.bodies)

    def html(self) -> str:
        if not any(html for _, html in self.bodies):
            return ""
        return "\n".join(html or from_text(text) for text, html in self.bodies)

    def _attach(self, part: Part, name: str, content: bytes) -> None:
        kind = part.type or "application/octet-stream"
        name = name or _name(part, kind, content, len(self.attachments) + 1)
        cid = headers.words(part.first("content-id")).strip("<> ")
        self.attachments.append(Attachment(name, kind, content, cid))


def _as_text(html: str) -> str:
    return to_text(clean(quotes.whole_html(html)))


def _is_body(part: Part) -> bool:
    """Whether a part is to be read in the mail itself, and is no file."""
    kind = part.type
    if kind not in {"text/plain", "text/html", ""} and not kind.startswith("multipart/"):
        return False
    disposition, parameters = part.disposition
    if disposition == "attachment" or parameters.get("filename") or part.parameters.get("name"):
        return False
    # Parts that can't be found, or a kind that is none: text, if it looks like one.
    return kind.startswith("text/") or b"\0" not in part.body[:1000]


def _name(part: Part, kind: str, content: bytes, number: int) -> str:
    """What the sender calls a file, without folders; a name from its kind where it has none."""
    said = part.disposition[1].get("filename") or part.parameters.get("name") or ""
    said = re.split(r"[/\\]", said)[-1]
    said = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]", "", said).strip(" .")
    if said:
        stem, dot, ending = said.rpartition(".")
        return f"{stem[:120]}.{ending[:20]}" if dot and stem else said[:140]
    if kind.startswith("message/") and kind not in {"message/delivery-status", "message/global-delivery-status"}:
        subject = headers.words(mime.read_head(content).first("subject"))
        subject = re.sub(r"[\x00-\x1f\x7f<>:\"|?*/\\]", " ", subject).strip(" .")
        return f"{' '.join(subject.split())[:100] or f'message-{number}'}.eml"
    return f"attachment-{number}{_ENDINGS.get(kind) or mimetypes.guess_extension(kind, strict=True) or '.bin'}"


# Where Python knows none, or a strange one.
_ENDINGS = {
    "message/delivery-status": ".txt",
    "message/global-delivery-status": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/rfc822-headers": ".txt",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "image/jpeg": ".jpg",
    "application/ms-tnef": ".dat",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
}
