"""What leaves the house and comes back: links in mails to followers, and the token by which a browser votes once.

All are signed. A link says who follows what, or whose all are, and lets its holder do nothing else.
"""

import hashlib
import secrets

from django.core import signing

from tuki.knowledge.models import Article, Following, Section
from tuki.people.models import Person

CONFIRM = "confirm"
LEAVE = "leave"
_CONFIRM_WITHIN = 14 * 24 * 3600  # seconds; one may leave for as long as one likes
_BROWSER = "tuki.knowledge.browser"
_READER = "tuki.knowledge.links.reader"
_MERGED: dict[str, type[Article | Section]] = {"article": Article, "section": Section}  # products are not


def token_for(following: Following, what: str) -> str:
    """what: CONFIRM, for the mail that asks; LEAVE, for every mail after it."""
    return signing.dumps([following.person_id, following.address, *_thing(following)], salt=_salt(what))


def following_of(token: str, what: str) -> Following | None:
    """How whoever a link was made for follows that thing now; None where they do not, or we did not make it.

    Mails lie about for years: it leads to what their reader and the thing have become one with since.
    """
    said = _said(token, what)
    if said is None:
        return None
    person, address, thing, pk = said
    of = {thing: _kept(_MERGED[thing], pk) if thing in _MERGED else pk}
    return Following.objects.filter(person=person and _kept(Person, person), address=address, **of).first()


def is_ours(token: str, what: str) -> bool:
    """Whether we made a link, for this, and it has not run out. What it was for may have ended."""
    return _said(token, what) is not None


def _said(token: str, what: str) -> tuple[int | None, str, str, int] | None:
    try:
        person, address, thing, pk = signing.loads(
            token, salt=_salt(what), max_age=_CONFIRM_WITHIN if what == CONFIRM else None
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return person, address, thing, pk


def _thing(following: Following) -> tuple[str, int]:
    if following.article_id:
        return "article", following.article_id
    if following.section_id:
        return "section", following.section_id
    assert following.product_id is not None
    return "product", following.product_id


def _kept(model: type[Person | Article | Section], pk: int) -> int:
    """What a row was merged into, at the end of all mergers; itself where it was not."""
    while (into := model._default_manager.filter(pk=pk).values_list("merged_into", flat=True).first()) is not None:
        pk = into
    return pk


def _salt(what: str) -> str:
    return f"tuki.knowledge.links.{what}"


def token_of_reader(following: Following) -> str:
    """For who follows, by all that is theirs: to see and to end what an address follows, to end a person's digests."""
    return signing.dumps([following.person_id, following.address], salt=_READER)


def reader_of(token: str) -> tuple[int | None, str] | None:
    """The person, as whoever they were merged into, or the address that a link was made for; None for one that we did
    not make."""
    try:
        person, address = signing.loads(token, salt=_READER)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return person and _kept(Person, person), address


def browser_token() -> str:
    """For a browser that has none yet, to be kept in a cookie."""
    return signing.dumps(secrets.token_urlsafe(16), salt=_BROWSER)


def browser_of(token: str) -> str:
    """What stands for a browser in its votes; empty for a token that we did not make."""
    try:
        return hashlib.sha256(str(signing.loads(token, salt=_BROWSER)).encode()).hexdigest()[:32]
    except signing.BadSignature:
        return ""
