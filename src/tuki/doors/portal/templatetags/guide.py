"""What the help center's pages are put together from."""

import re
from pathlib import PurePath
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tuki.doors.portal.guide import addresses
from tuki.look.icons import icon

register = template.Library()


@register.simple_tag(takes_context=True)
def to_article(context: Context, showing: Any) -> str:
    """The address of what the reader gets of an article."""
    return addresses.to_article(showing, context["language"])


@register.simple_tag(takes_context=True)
def to_section(context: Context, section: Any) -> str:
    return addresses.to_section(section, context["language"])


@register.simple_tag(takes_context=True)
def to_category(context: Context, category: Any) -> str:
    return addresses.to_category(category, context["language"])


@register.simple_tag
def lock(*things: Any) -> SafeString:
    """A lock on what is not for everyone, with the word for it. things: a row, and what it lies in where that is not
    marked itself."""
    audiences = [thing.audience for thing in things if thing is not None and thing.audience_id]
    if not audiences:
        return SafeString("")
    internal = any(audience.is_internal for audience in audiences)
    words = _("Internal: agents only") if internal else _("Not for everyone")
    return format_html(
        '<span class="lock" title="{}">{}<span class="hidden-word"> ({})</span></span>', words, icon("lock"), words
    )


@register.filter
def language_name(code: str) -> str:
    """A language under its own name."""
    return dict(settings.LANGUAGES).get(code, code)


@register.filter
def kind_of(file: Any) -> str:
    """What kind of file it is, as people name it: "PDF"."""
    return PurePath(file.name).suffix[1:].upper() or str(file.type)


@register.simple_tag
def marked(text: str, query: str) -> SafeString:
    """A text in which the words that were looked for are marked."""
    words = sorted({word for word in query.split()[:8] if len(word) > 1}, key=len, reverse=True)
    if not words:
        return mark_safe(escape(text))
    pieces = re.split(f"({'|'.join(map(re.escape, words))})", text, flags=re.IGNORECASE)
    return mark_safe("".join(f"<mark>{escape(one)}</mark>" if n % 2 else escape(one) for n, one in enumerate(pieces)))
