"""A delivery as the bytes that go over the wire. The same delivery makes the same mail at every try."""

import hashlib
import html as _html
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Any

import css_inline
from django.core.files.storage import default_storage

from tuki.lib.html import from_text
from tuki.mail import loops
from tuki.mail.models import Delivery

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
EARLIER = "<!--earlier-->"  # where a letter's HTML has what it quotes of before
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_inliner = css_inline.CSSInliner(
    keep_style_tags=True,  # media queries, for narrow and dark screens
    keep_at_rules=True,
    load_remote_stylesheets=False,
)


class _Policy(EmailPolicy):
    """The standard library's way of writing header fields, but for those that it would break, or need not look at.

    A Message-ID longer than a line becomes an encoded word there, which no mail program knows again; so may an
    address. And it parses each field into its grammar, which is half of what a mail costs.
    """

    @lru_cache(maxsize=256)  # noqa: B019 - there are two policies, and they stay
    def header_max_count(self, name: str) -> int | None:
        most: int | None = super().header_max_count(name)
        return most

    def header_store_parse(self, name: str, value: Any) -> tuple[str, str]:
        if name.lower() in _WRITTEN or (not name.startswith("Content-T") and _fits(name, value)):
            return name, value
        parsed: tuple[str, str] = super().header_store_parse(name, value)
        return parsed

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _IDS:
            value = "\r\n ".join(value.split())
        elif name.lower() not in _WRITTEN and not _fits(name, value):
            folded: str = super().fold(name, value)
            return folded
        return f"{name}: {value}\r\n"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii" if not self.utf8 else "utf-8", "surrogateescape")


_IDS = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe"})
_WRITTEN = _IDS | {"from", "to", "reply-to"}  # as they shall be read, by ourselves


def _fits(name: str, value: Any) -> bool:
    """Whether a field's words can stand as they are, on one line; what looks like an encoded word can't."""
    return isinstance(value, str) and len(name) + len(value) < _LINE and bool(_PLAIN.fullmatch(value))


_LINE = 76
_PLAIN = re.compile(r"(?:[\x20-\x3c\x3e-\x7e]|=(?!\?))*")
_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=78)
_INTERNATIONAL = _POLICY.clone(utf8=True)


def compose(delivery: Delivery) -> bytes:
    """The whole mail. Raises ValueError where it can't be one, FileNotFoundError where an attachment is gone."""
    mail = EmailMessage(policy=_POLICY if delivery.address.isascii() else _INTERNATIONAL)
    _write_bodies(mail, delivery)  # first: it would take header fields that begin with Content- for its own
    mail["Message-ID"] = delivery.message_id
    mail["Date"] = format_datetime(delivery.made_at)
    mail["From"] = _address(delivery.from_name, delivery.from_address)
    mail["To"] = _address("", delivery.address)
    mail["Subject"] = _one_line(delivery.subject)
    if delivery.reply_to:
        mail["Reply-To"] = _address(delivery.from_name, delivery.reply_to)
    if delivery.in_reply_to:
        mail["In-Reply-To"] = _one_line(delivery.in_reply_to)
    if delivery.references:
        mail["References"] = _one_line(delivery.references)
    if delivery.automatic:
        mail["Auto-Submitted"] = "auto-replied" if delivery.in_reply_to else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        if delivery.thread is not None:
            mail["Precedence"] = "bulk"  # for answering machines that know nothing newer
    mail[loops.HEADER] = loops.mark(automatic=delivery.automatic)
    if delivery.language:
        mail["Content-Language"] = _one_line(delivery.language)
    for name, value in delivery.headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"no header can be called {name!r}")
        mail[name] = _one_line(str(value))
    _name_parts(mail, delivery.message_id)
    return mail.as_bytes()


def _name_parts(mail: EmailMessage, message_id: str) -> None:
    """Give what parts the parts names that are the same at every try. No encoded body can have such a line."""
    name = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{number}_{name}")


def _one_line(text: str) -> str:
    """Without anything that could begin a header of its own."""
    return _CONTROL.sub(" ", text).strip()


def _address(name: str, address: str) -> str:
    if _CONTROL.search(address) or address.count("@") != 1:
        raise ValueError(f"{address!r} is no address")
    local, _, domain = address.partition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    known = Address(_one_line(name), local, domain)
    return formataddr((known.display_name, known.addr_spec))


def _bodies(delivery: Delivery) -> tuple[str, str]:
    """Text and HTML, with what they quote of before."""
    text, quoted = delivery.text, ""
    if earlier := delivery.earlier:
        lines = "\n".join(f"> {line}".rstrip() for line in earlier["text"].splitlines())
        text = f"{text.rstrip()}\n\n{earlier['line']}\n{lines}\n"
        quoted = (
            f'<div class="earlier"><p class="quiet">{_html.escape(earlier["line"])}</p>'
            f"<blockquote>{from_text(earlier['text'])}</blockquote></div>"
        )
    return text, delivery.html.replace(EARLIER, quoted)


def _write_bodies(mail: EmailMessage, delivery: Delivery) -> None:
    text, html_text = _bodies(delivery)
    mail.set_content(text, cte="quoted-printable")
    pictures = [one for one in delivery.attachments if one.get("cid")]
    if delivery.html:
        mail.add_alternative(_inliner.inline(html_text), subtype="html", cte="quoted-printable")
        html = list(mail.iter_parts())[1]
        for picture in pictures:
            main, _, sub = _type(picture["type"])
            html.add_related(
                _read(picture["path"]),
                main,
                sub,
                cid=f"<{_one_line(picture['cid'])}>",
                filename=_one_line(picture["name"]),
                disposition="inline",
            )
    for file in delivery.attachments:
        if file.get("cid") and delivery.html:
            continue
        main, _, sub = _type(file["type"])
        mail.add_attachment(_read(file["path"]), main, sub, filename=_one_line(file["name"]) or "file")


def _type(kind: str) -> tuple[str, str, str]:
    """A media type that bytes can be sent as: a mail or a text of its own would be read as more of this one."""
    if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    return kind.partition("/")


def _read(path: str) -> bytes:
    with default_storage.open(path) as file:
        return bytes(file.read())
