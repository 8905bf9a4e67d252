"""One-time links that let a person set a password. A link dies when it was used, when it is old, or with the address."""

import hashlib

from django.core import signing

from tuki.people.models import Person

DAYS = 14
_SALT = "tuki.people.invitations"


def token_for(person: Person) -> str:
    return signing.dumps([person.pk, _fingerprint(person)], salt=_SALT)


def person_of(token: str) -> Person | None:
    """Whom a link still lets in."""
    try:
        pk, fingerprint = signing.loads(token, salt=_SALT, max_age=DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.filter(pk=pk, is_active=True, merged_into=None).first()
    return person if person and _fingerprint(person) == fingerprint else None


def _fingerprint(person: Person) -> str:
    """Changes when a password is set or the address moves, so that a link works once."""
    return hashlib.sha256(f"{person.password}|{person.email}".encode()).hexdigest()[:16]
