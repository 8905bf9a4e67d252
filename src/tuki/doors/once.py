"""The same form twice is one message: a second click, or a browser that tries again after it got no answer."""

import hashlib
import secrets
from collections.abc import Callable

from django.core.cache import caches
from django.db import OperationalError, transaction

from tuki.doors.arrivals import Request
from tuki.people.actor import Actor

_REMEMBERED = 3 * 24 * 3600  # seconds: a tab may be restored, and its form sent again, after a weekend


def new_token(writer: Actor) -> str:
    """What a form carries to be known by when it comes again, and whose page it stood on."""
    return f"{writer.person_id}-{secrets.token_urlsafe(12)}"


def is_of_another(token: str, reader: Actor) -> bool:
    """Whether the form stood on somebody else's page."""
    writer, dash, _random = token.partition("-")
    return bool(dash) and writer != str(reader.person_id)


def came_of(request: Request) -> str:
    """What came of this very form when it was sent before; "" for one that is new."""
    return str(caches["sent"].get(_key(request)) or "") if request.POST.get("once") else ""


def once(request: Request, act: Callable[[], str]) -> str:
    """Do it, unless this very form of this person did it before; what came of it, either way.

    The table of the cache is our database's, so that what is remembered is committed with what was done. A page that
    one goes back to and writes anew is another form: its content counts, too.
    """
    with transaction.atomic():
        if not request.POST.get("once"):
            return act()
        sent, key = caches["sent"], _key(request)
        if not sent.add(key, "", _REMEMBERED):
            if earlier := came_of(request):
                return earlier
            raise OperationalError("the same form is on its way already")
        result = act()
        sent.set(key, result, _REMEMBERED)
    return result


def _key(request: Request) -> str:
    fields = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"]
    files = [(file.name, file.size) for file in request.FILES.getlist("files")]
    said = repr((request.actor.person_id, request.path, fields, files))
    return hashlib.sha256(said.encode()).hexdigest()
