"""Addresses that were given up lead on."""

import re
from urllib.parse import unquote, urlsplit

from tuki.knowledge.models import Redirect

PATHS = {"category": "categories", "section": "sections", "article": "articles"}
_LANGUAGE = re.compile(r"^hc/[a-z]{2,3}(?:-[a-z]+)?(?:/|$)", re.IGNORECASE)
_NUMBERED = re.compile(rf"^({'|'.join(PATHS.values())})/(\d{{1,18}})(?:-[^/]*)?$")
_TOO_LONG = re.compile(rf"^({'|'.join(PATHS.values())})/\d{{19,}}(?:-[^/]*)?$")  # no row can have such a number


def path_of(address: str) -> str:
    """What counts of an address as people have it: no site, no language, no words behind a number.

    "https://ohje.example/hc/fi/articles/360-Laskut?x=1" is "articles/360". Raises ValueError for what is no address.
    """
    parts = urlsplit(address.strip())
    path = _LANGUAGE.sub("", unquote(parts.path).strip("/")).strip("/")
    if "\0" in path or _TOO_LONG.match(path):
        raise ValueError(address)
    return _NUMBERED.sub(r"\1/\2", path)


def lead_on(kind: str, old: int, to: str, target: int) -> None:
    """Let the address of something that was merged lead to where it went, and with it all that led there."""
    Redirect.objects.filter(kind=kind, target=old).update(kind=to, target=target)
    Redirect.objects.update_or_create(path=f"{PATHS[kind]}/{old}", defaults={"kind": to, "target": target})


def lead_nowhere(kind: str, target: int) -> None:
    """Forget the addresses that led to something that is no more."""
    Redirect.objects.filter(kind=kind, target=target).delete()
