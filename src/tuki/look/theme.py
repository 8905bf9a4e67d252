"""The desk's one colour, in the variants that pages need: each can be read where it stands, in light and in dark.

They are a stylesheet of their own, since the content security policy lets no style stand in a page, and its address
changes with the colour, so that browsers keep it for good.
"""

import hashlib
import re
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from tuki.desk.queries import the_desk
from tuki.look.colour import contrast, mixed, readable

# The grounds of tokens.css: the page, and what lies on it.
LIGHT, DARK = ("#fbfbf9", "#ffffff"), ("#131615", "#1b1f1d")
_INK = "#1b211f"
_TEXT = 5.0  # above WCAG's 4.5, since links also stand on tinted grounds
_FALLBACK = "#2f5d50"


@lru_cache(maxsize=8)
def variables(accent: str) -> str:
    """The stylesheet for an accent colour "#rrggbb"; what is no colour counts as Tuki's own."""
    accent = accent.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", accent) else _FALLBACK
    light, dark = _light(accent), _dark(accent)
    return f":root{{{_lines(light)}}}@media (prefers-color-scheme:dark){{:root{{{_lines(dark)}}}}}"


def _light(accent: str) -> dict[str, str]:
    paper = LIGHT[0]
    soft = mixed(accent, paper, 0.08)
    # A pale colour keeps its face and carries dark words; any other is made to carry white ones.
    pale = contrast(accent, _INK) >= 7
    solid = accent if pale else readable(accent, "#ffffff", _TEXT)
    return {
        "accent": solid,
        "accent-hover": mixed("#000000", solid, 0.14),
        "on-accent": _INK if pale else "#ffffff",
        "link": readable(accent, soft, _TEXT),
        "accent-soft": soft,
        "accent-line": mixed(accent, paper, 0.28),
    }


def _dark(accent: str) -> dict[str, str]:
    paper, sheet = DARK
    soft = mixed(readable(accent, sheet, 3), paper, 0.14)
    solid = readable(accent, sheet, 6.5)
    return {
        "accent": solid,
        "accent-hover": mixed("#ffffff", solid, 0.2),
        "on-accent": readable("#0d100f", solid, _TEXT),
        "link": readable(accent, soft, 6),
        "accent-soft": soft,
        "accent-line": mixed(solid, paper, 0.38),
    }


def _lines(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


@lru_cache(maxsize=8)
def version(accent: str) -> str:
    return hashlib.sha256(variables(accent).encode()).hexdigest()[:8]


def stylesheet(request: HttpRequest) -> HttpResponse:
    """The desk's colour."""
    return _kept(variables(the_desk().accent), "text/css")


def icon(request: HttpRequest) -> HttpResponse:
    """The sign in a browser's tab: the desk's first letter on its colour."""
    desk = the_desk()
    colours = _light(desk.accent if re.fullmatch(r"#[0-9a-fA-F]{6}", desk.accent) else _FALLBACK)
    letter = next((letter for letter in desk.name.upper() if letter.isalnum()), "T")
    return _kept(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" '
        f'fill="{colours["accent"]}"/><text x="16" y="22.5" font-family="system-ui,sans-serif" font-size="19" '
        f'font-weight="700" text-anchor="middle" fill="{colours["on-accent"]}">{letter}</text></svg>',
        "image/svg+xml",
    )


def _kept(content: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
