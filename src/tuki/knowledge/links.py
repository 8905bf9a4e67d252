"""What leaves the house and comes back: links in mails to followers, and the token by which a browser votes once.

All are signed. A link says which following it is about, or whose all are, and lets its holder do nothing else.
"""

import hashlib
import secrets

from django.core import signing

from tuki.knowledge.models import Following

CONFIRM = "confirm"
LEAVE = "leave"
_CONFIRM_WITHIN = 14 * 24 * 3600  # seconds; one may leave for as long as one likes
_BROWSER = "tuki.knowledge.browser"
_READER = "tuki.knowledge.links.reader"


def token_for(following: Following, what: str) -> str:
    """what: CONFIRM, for the mail that asks; LEAVE, for every mail after it."""
    return signing.dumps([following.pk, _whose(following)], salt=_salt(what))


def following_of(token: str, what: str) -> Following | None:
    """The following that a link was made for; None for one that we did not make, or that ended."""
    try:
        pk, whose = signing.loads(token, salt=_salt(what), max_age=_CONFIRM_WITHIN if what == CONFIRM else None)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Following.objects.filter(pk=pk).first()
    return found if found and _whose(found) == whose else None


def _whose(following: Following) -> str:
    """A number may be given again on SQLite once its row is gone: to somebody else it is another link."""
    return hashlib.sha256(f"{following.person_id}|{following.address}|{following.made_at}".encode()).hexdigest()[:16]


def _salt(what: str) -> str:
    return f"tuki.knowledge.links.{what}"


def token_of_reader(following: Following) -> str:
    """For who follows, by all that is theirs: to see and to end what an address follows, to end a person's digests."""
    return signing.dumps([following.person_id, following.address], salt=_READER)


def reader_of(token: str) -> tuple[int | None, str] | None:
    """The person or the address that a link was made for; None for one that we did not make."""
    try:
        person, address = signing.loads(token, salt=_READER)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return person, address


def browser_token() -> str:
    """For a browser that has none yet, to be kept in a cookie."""
    return signing.dumps(secrets.token_urlsafe(16), salt=_BROWSER)


def browser_of(token: str) -> str:
    """What stands for a browser in its votes; empty for a token that we did not make."""
    try:
        return hashlib.sha256(str(signing.loads(token, salt=_BROWSER)).encode()).hexdigest()[:32]
    except signing.BadSignature:
        return ""
