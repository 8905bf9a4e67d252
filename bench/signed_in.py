"""Being somebody without having typed a password."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from tuki.people.models import Person

SECRET = "benchbenchbenchbenchbenchbench12"  # of all forms: Django takes a cookie's own word for it


def cookies(person: int) -> str:
    """What a browser of theirs sends along."""
    row = Person.objects.get(pk=person)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(row.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = row.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={SECRET}"
