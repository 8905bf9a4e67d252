"""A mail of ours as its reader gets it, to be shown on a page: its HTML runs nothing and loads nothing."""

import base64
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from django.http import HttpResponse

_SHOWN = ("From", "To", "Subject", "Date", "Reply-To", "Message-ID", "In-Reply-To", "References", "Auto-Submitted")


class File:
    """A file of a mail, as its page names it."""

    def __init__(self, part: EmailMessage) -> None:
        self.name = part.get_filename() or "file"
        self.type = part.get_content_type()
        self.content = _bytes(part)
        self.size = len(self.content)


@dataclass(frozen=True)
class Letter:
    """What was made of a delivery."""

    sent: EmailMessage

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(self.sent[name])) for name in _SHOWN if self.sent[name]]

    @property
    def text(self) -> str:
        body = self.sent.get_body(("plain",))
        return str(body.get_content()) if body else ""

    @property
    def html(self) -> str:
        """With its pictures inside."""
        body = self.sent.get_body(("html",))
        if body is None:
            return ""
        words = str(body.get_content())
        for part in self.sent.walk():
            if part["Content-ID"]:
                picture = base64.b64encode(_bytes(part)).decode()
                name = str(part["Content-ID"]).strip("<> ")
                words = words.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{picture}")
        return words

    @property
    def files(self) -> list[File]:
        return [File(part) for part in self.sent.iter_attachments()]


def read(content: bytes) -> Letter:
    """content: a mail that we composed."""
    return Letter(BytesParser(EmailMessage, policy=policy.default).parsebytes(content))


def framed(html: str) -> HttpResponse:
    """A mail's HTML alone, for a frame on a page of ours; links open beside it."""
    response = HttpResponse(re.sub(r"<head[^>]*>", r'\g<0><base target="_blank">', html, count=1))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
