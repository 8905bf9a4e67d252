"""What a person reads when the server itself says no, before any page was asked."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from tuki.lib.asgi import Scope, Send


@dataclass
class Refusal(Exception):
    """A request that gets no page. words: what to do now; shown to the person."""

    status: HTTPStatus
    words: object
    values: dict[str, object] = field(default_factory=dict)
    retry_after: int | None = None  # seconds


def too_large(limit: int) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        _("What you sent is larger than %(limit)s MB and was not accepted. Go back, leave out some files, send again."),
        {"limit": max(limit >> 20, 1)},
    )


def too_slow() -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_TIMEOUT,
        _("What you sent did not arrive whole, so nothing was saved. Go back and send it again."),
    )


def no_room() -> Refusal:
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("There is no room to take in what you sent, so nothing was saved. Keep it, and try again later."),
        retry_after=60,
    )


def busy() -> Refusal:
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("There are too many visitors right now. Nothing was saved; wait a moment and try again."),
        retry_after=5,
    )


def broken() -> Refusal:
    return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong on our side. We have written it down."))


async def answer(refusal: Refusal, scope: Scope, send: Send) -> None:
    """Send the refusal as a small page in the reader's language, and end the connection."""
    language = _language(scope)
    with translation.override(language):
        words = str(refusal.words) % refusal.values
    page = format_html(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>{}</title><main><h1>{}</h1><p>{}</p></main></html>",
        language,
        words,
        refusal.status.value,
        words,
    ).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(page)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if refusal.retry_after:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    await send({"type": "http.response.start", "status": refusal.status.value, "headers": headers})
    await send({"type": "http.response.body", "body": page})


def _language(scope: Scope) -> str:
    """The help center's language in the address, else what the browser asks for."""
    if in_path := re.match(r"/hc/([a-z]{2})(?:/|$)", scope["path"]):
        wanted = [in_path[1]]
    else:
        header = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        wanted = [code for code, _weight in parse_accept_lang_header(header.decode("latin-1")[:200])]
    for code in wanted:
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
