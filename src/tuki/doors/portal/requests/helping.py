"""Articles that may answer what somebody is about to ask for, offered while they write its subject."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.knowledge.queries import lookup, reading
from tuki.lib.ids import sent_id

if TYPE_CHECKING:
    from tuki.knowledge.models import Showing
    from tuki.people.actor import Actor


@require_safe
def helping(request: Request, language: str) -> HttpResponse:
    """A part of the form, for a script to put there; without one it comes along with the form's mistakes."""
    found = that_may_help(request.actor, request.GET.get("subject", ""), language)
    return render(request, "portal/helping.html", {"helping": found})


def that_may_help(actor: "Actor", subject: str, language: str) -> "list[Showing]":
    return lookup.that_may_help(actor, subject[:200], language)


def read_before(actor: "Actor", named: str, language: str) -> "Showing | None":
    """The article from which they came to ask for help, or which they opened from beneath the subject."""
    return reading.article(actor, sent_id(named), language) if named else None
