"""What a browser may do on our pages: nothing that we did not send it.

Nobody else's script, style, picture or frame is loaded, nothing is sent elsewhere, and no page of ours can be framed.
"""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tuki.look.everyone import is_same

_SOURCES: dict[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "worker-src": ("'self'",),
    "manifest-src": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'",),
}
_HEADERS = {
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), "
        "display-capture=(), browsing-topics=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def nonce(request: HttpRequest) -> str:
    """A word, good for this one response, that lets an inline script or style of ours run: nonce="…" on its tag."""
    if not hasattr(request, "_nonce"):
        request._nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
    return str(request._nonce)  # type: ignore[attr-defined]


def widen(response: HttpResponse, directive: str, *sources: str) -> HttpResponse:
    """Allow this one response more than the rest: `widen(response, "frame-src", "'self'")`."""
    widened: dict[str, tuple[str, ...]] = response.__dict__.setdefault("_widened", {})
    widened[directive] = widened.get(directive, ()) + sources
    return response


def content_security_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: the strict policy on every answer, unless a view has set its own (files do, stricter still)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(request, response))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # A page shows what its reader may see: only their own browser keeps it, and asks before showing it again.
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if not is_same(response):
                response.headers.setdefault("X-Robots-Tag", "noindex")  # search engines get what everybody gets
        return response

    return middleware


def _policy(request: HttpRequest, response: HttpResponse) -> str:
    sources = dict(_SOURCES)
    if hasattr(request, "_nonce"):
        for directive in ("script-src", "style-src"):
            sources[directive] += (f"'nonce-{nonce(request)}'",)
    for directive, more in response.__dict__.get("_widened", {}).items():
        sources[directive] = tuple(s for s in sources.get(directive, ()) if s != "'none'") + more
    return "; ".join(f"{directive} {' '.join(allowed)}" for directive, allowed in sources.items())
