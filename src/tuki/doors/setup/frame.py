"""What stands around every page of setup: its parts, and how much waits in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tuki.doors.arrivals import Request
from tuki.mail.standing import standing

# In the order of the rail: the name of the address, words, icon.
_PLACES = (
    ("home", _("Overview"), "layout-dashboard"),
    ("people", _("People"), "users"),
    ("companies", _("Companies"), "building-2"),
    ("packages", _("Packages"), "package"),
    ("teams", _("Teams"), "headset"),
    ("roles", _("Roles"), "key-round"),
    ("imports", _("Import"), "upload"),
    ("mail_in", _("Mail in"), "inbox"),
    ("mail_out", _("Mail out"), "send"),
    ("boxes", _("Mailboxes"), "mailbox"),
    ("check", _("Mail check"), "shield-check"),
    ("jobs", _("Failed work"), "cog"),
)


@dataclass(frozen=True)
class Place:
    """A part of setup as the rail shows it."""

    words: str
    href: str
    icon: str
    count: str
    here: bool


def show(
    request: Request, template: str, context: Mapping[str, Any], *, at: str = "", status: int = 200
) -> HttpResponse:
    """A page of setup. at: the part it belongs to."""
    now = standing()
    counts = {
        "mail_in": now.quarantined and now.quarantined_words,
        "mail_out": now.failed and now.failed_words,
        "boxes": now.failing,
    }
    places = tuple(
        Place(str(words), reverse(f"setup:{name}"), icon, str(counts.get(name) or ""), name == at)
        for name, words, icon in _PLACES
    )
    return render(request, template, {"places": places, "standing": now, **context}, status=status)
