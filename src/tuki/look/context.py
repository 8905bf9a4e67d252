"""What every page knows: the desk, who reads, and the languages."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from tuki.desk.queries import the_desk
from tuki.look import theme
from tuki.people import standing
from tuki.people.actor import Actor
from tuki.people.policy import may_set_up
from tuki.tickets import policy


@dataclass(frozen=True)
class Reader:
    """Whoever is signed in, as plain values for the parts of pages that name them."""

    pk: int
    name: str
    shown_name: str
    email: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Language:
    """One that the desk speaks, under its own name. href: this same page in it."""

    code: str
    name: str
    href: str


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Whatever costs a query is asked only when a template shows it."""
    known = the_desk()
    actor: Actor = getattr(request, "actor", None) or Actor(None)
    place = standing.place(actor.person) if actor.person and not actor.is_agent else None
    return {
        "desk": known,
        "viewer": actor.person,
        "reader": _reader(actor),
        "is_agent": actor.is_agent,
        "sets_up": may_set_up(actor),
        # An agent has their own page for it; who is not signed in learns more by asking.
        "offers_submit": SimpleLazyObject(lambda: actor.person is None or policy.may_submit(actor)),
        "manages": bool(place.managed) if place else False,
        "invited": bool(place.invited) if place else False,
        "language": (get_language() or known.language).split("-")[0],
        "languages": SimpleLazyObject(lambda: _languages(request, known.languages)),
        "theme_version": theme.version(known.accent),
        "file_size_limit": settings.FILE_SIZE_LIMIT,
        "files_per_message": settings.FILES_PER_MESSAGE,
    }


def _reader(actor: Actor) -> Reader | None:
    person = actor.person
    return Reader(person.pk, str(person), person.shown_name, person.email) if person else None


def _languages(request: HttpRequest, spoken: list[str]) -> list[Language]:
    names, here = dict(settings.LANGUAGES), request.get_full_path()
    return [Language(code, names.get(code, code), in_language(here, code, spoken)) for code in spoken]


def in_language(path: str, code: str, spoken: list[str]) -> str:
    """The address of the same page in another language, where addresses carry one (/hc/fi/…).

    So too for the page that a sign-in leads back to (?next=/hc/fi/…), since its language is spoken on the way.
    """
    named = rf"((?:^|[?&]next=)(?:/|%2F)hc(?:/|%2F))(?:{'|'.join(spoken)})(?=$|[/?&%])"
    return re.sub(named, rf"\g<1>{code}", path)
