"""What was typed survives a session that ended: it waits, under the visitor's own cookie, until they have signed in."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuki.doors import once
from tuki.doors.arrivals import Request

_KEY = "kept"
_FOR = timedelta(hours=2)
_MOST = 100_000  # characters: anybody can make us keep this much


def sign_in_first(request: Request, page: str) -> HttpResponse:
    """Send a visitor to the sign-in page and from there back to `page`, with what they had sent to it."""
    if request.method == "POST":
        fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
        if sum(len(value) for values in fields.values() for value in values) <= _MOST:
            lost = [file.name for file in request.FILES.getlist("files")]
            request.session[_KEY] = {"page": page, "fields": fields, "lost": lost, "at": timezone.now().isoformat()}
            if request.session.get_expiry_age() > _FOR.total_seconds():
                request.session.set_expiry(_FOR)
        words = _("You have been signed out. Sign in, and what you wrote will be there to send.")
        messages.warning(request, words)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': page})}")


def typed_before(request: Request, page: str) -> QueryDict | None:
    """What was sent to this page before its sender had to sign in. It is given back once."""
    found: dict[str, Any] | None = request.session.get(_KEY)
    if not found or found["page"] != page:
        return None
    del request.session[_KEY]
    request.session.set_expiry(None)
    at = parse_datetime(found["at"])
    if at is None or timezone.now() - at > _FOR:
        return None
    if once.is_of_another("".join(found["fields"].get("once", [])), request.actor):
        return None  # another person has signed in where its writer was signed out
    words = _("What you had written is here again. It has not been sent yet.")
    if found["lost"]:
        # Without an account there was nobody whose files these could have been.
        words += " " + ngettext(
            "Please attach the file once more: %(names)s.",
            "Please attach the files once more: %(names)s.",
            len(found["lost"]),
        ) % {"names": ", ".join(found["lost"])}
    messages.warning(request, words)
    fields = QueryDict(mutable=True)
    for name, values in found["fields"].items():
        fields.setlist(name, values)
    return fields
