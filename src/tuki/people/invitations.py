"""One-time links that let a person set a password. A link dies once used, once old, and with the address."""

import hashlib

from django.core import signing

from tuki.people import policy
from tuki.people.models import Person

DAYS = 14
_SALT = "tuki.people.invitations"


def token_for(person: Person) -> str:
    return signing.dumps([person.pk, _fingerprint(person)], salt=_SALT)


def person_of(token: str) -> Person | None:
    """Whom a link still lets in."""
    person, fingerprint = _read(token, max_age=DAYS * 24 * 3600)
    return person if person and _fingerprint(person) == fingerprint else None


def person_once_meant(token: str) -> Person | None:
    """Whom a link was made for, though it may be dead: a new one may be sent to them, and to nobody else."""
    return _read(token, max_age=None)[0]


def _read(token: str, max_age: int | None) -> tuple[Person | None, str]:
    try:
        pk, fingerprint = signing.loads(token, salt=_SALT, max_age=max_age)
    except (signing.BadSignature, ValueError, TypeError):
        return None, ""
    person = Person.objects.filter(pk=pk).first()
    return (person if person and policy.may_sign_in(person) else None), fingerprint


def _fingerprint(person: Person) -> str:
    """Changes when a password is set or the address moves, so that a link works once."""
    return hashlib.sha256(f"{person.password}|{person.email}".encode()).hexdigest()[:16]
