"""One-time links that let a person set a password, and join the company that sent theirs.

A link dies once used, once old, and with the address.
"""

import hashlib

from django.core import signing

from tuki.people import policy, queries
from tuki.people.models import Membership, Person

DAYS = 14
_SALT = "tuki.people.invitations"


def token_for(person: Person, place: Membership | None = None) -> str:
    """place: what they are asked to take, and do by using the link."""
    return signing.dumps([person.pk, _fingerprint(person), *([place.pk] if place else [])], salt=_SALT)


def person_of(token: str) -> Person | None:
    """Whom a link still lets in."""
    person, fingerprint, _place = _read(token, max_age=DAYS * 24 * 3600)
    return person if person and _fingerprint(person) == fingerprint else None


def place_of(token: str) -> Membership | None:
    """What whoever uses a link takes with it, while it is offered: not what another company asks of them."""
    person, _fingerprint, place = _read(token, max_age=DAYS * 24 * 3600)
    if person is None or place is None:
        return None
    return queries.inviting(person).filter(pk=place).first()


def person_once_meant(token: str) -> Person | None:
    """Whom a link was made for, though it may be dead: a new one may be sent to them, and to nobody else."""
    return _read(token, max_age=None)[0]


def _read(token: str, max_age: int | None) -> tuple[Person | None, str, int | None]:
    try:
        pk, fingerprint, *place = signing.loads(token, salt=_SALT, max_age=max_age)
    except (signing.BadSignature, ValueError, TypeError):
        return None, "", None
    person = Person.objects.filter(pk=pk).first()
    known = person if person and policy.may_sign_in(person) else None
    return known, fingerprint, place[0] if place else None


def _fingerprint(person: Person) -> str:
    """Changes when a password is set or the address moves, so that a link works once."""
    return hashlib.sha256(f"{person.password}|{person.email}".encode()).hexdigest()[:16]
