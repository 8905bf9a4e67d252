"""Where passkeys can be had, for the pages that offer them."""

from django import template

from tuki.doors.portal.account import passkeys

register = template.Library()


@register.simple_tag
def passkey_origin() -> str:
    """Where a page must come from whose browser can use them; empty where none can."""
    return passkeys.origin() if passkeys.host() else ""
