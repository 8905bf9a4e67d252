"""Lucide's icons, as inline pictures without a name: the words beside them say what they mean."""

import re
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

_ATTRIBUTES: dict[str, Any] = {"class": "icon", "aria-hidden": "true", "stroke_width": "1.75"}


@cache
def icon(name: str) -> SafeString:
    """The svg of an icon; drawn once in a process, since that takes milliseconds."""
    return mark_safe(re.sub(r"\s*\n\s*", "", lucide(name, size=20, **_ATTRIBUTES)))
