"""E4: whoever reads a page or a mail of a desk reads it in their own language, and no English between."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import resolve

import tuki
from bin.catalogs import translations
from tests.desks.pages import CAST, fill, places
from tests.doors.addresses import tables
from tuki.desk.queries import the_desk
from tuki.jobs.worker import run_ready
from tuki.mail.models import Delivery
from tuki.people import actions as people

DESKS = [("heeros", "fi"), ("heeros", "nl"), ("heeros", "sv"), ("admicom", "fi"), ("festum", "fi")]
# Words that none of our other languages has, and few English sentences do without.
ENGLISH = re.compile(r"\b(the|your|you|this|that|and|with|from|please|have|been|not|can't)\b", re.I)
SEATS = re.compile(r"tukioikeu|pääkäyttäjäoikeu", re.I)  # desks without them speak Finnish here
LOCALE = Path(tuki.__file__).parent / "locale"


class Words(HTMLParser):
    """What a page says, shown or read out; but for what says of itself that it is in another language."""

    SILENT = ("script", "style", "datalist")
    ATTRIBUTES = ("title", "alt", "placeholder", "aria-label")
    EMPTY = ("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")

    def __init__(self, language: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._language = language
        self._open: list[tuple[str, bool]] = []  # each element, and whether it is ours to read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        ours = (not self._open or self._open[-1][1]) and given.get("lang", self._language) == self._language
        if ours:
            self.said += [value for name, value in given.items() if name in self.ATTRIBUTES or _is_said(name, value)]
        if tag not in self.EMPTY:
            self._open.append((tag, ours and tag not in self.SILENT))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1][1]:
            self.said.append(" ".join(data.split()))


def _is_said(name: str, value: str) -> bool:
    """Whether an attribute holds words that a script will say."""
    return name.startswith("data-") and (" " in value.strip() or value[:1].isupper())


class Catalog:
    """What is English in a language: texts that have a translation which reads otherwise."""

    def __init__(self, language: str) -> None:
        pairs = [
            (text.rpartition("\x04")[2].split("\0"), said.split("\0"))
            for text, said in translations(LOCALE / language / "LC_MESSAGES" / "django.po").items()
            if text
        ]
        right = {_bare(form) for _texts, said in pairs for form in said}
        parts = {part for texts, _said in pairs for text in texts for part in re.split(r"<[^>]+>", text)}
        parts = {part.strip() for part in parts if _is_telling(part) and _bare(part) not in right}
        self._texts = re.compile("|".join(f"(?:{_pattern(part)})" for part in sorted(parts)))

    def english_in(self, said: list[str]) -> list[str]:
        return sorted({text for text in said if text and (self._texts.fullmatch(text) or ENGLISH.search(text))})


_HOLE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def _is_telling(part: str) -> bool:
    """Whether it can be told to be English: words alone, or with holes between enough of them."""
    return len(re.findall(r"[A-Za-z]{2,}", _bare(part))) >= (2 if _HOLE.search(part) else 1)


def _bare(text: str) -> str:
    return " ".join(_HOLE.sub(" ", re.sub(r"<[^>]+>", " ", text)).split())


def _pattern(part: str) -> str:
    pieces = _HOLE.split(" ".join(part.split()))
    return ".+?".join(re.escape(piece.replace("%%", "%")) for piece in pieces)


@pytest.fixture
def blueprint(request) -> str:
    """As the test's parameter has it."""
    return request.node.callspec.params["name"]


@pytest.fixture
def cast(request, acme, globex):
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def browser_of(cast, settings):
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    caches["sent"].clear()

    def open_one(who: str, language: str) -> Client:
        browser = Client(headers={"Accept-Language": language})
        if who != "none":
            browser.force_login(cast[who].person)
            asked = RequestFactory().get("/")
            asked.session = browser.session
            record_authentication(asked, cast[who].person, method="password", reauthenticated=True)
            asked.session.save()
        return browser

    return open_one


@pytest.mark.either
@pytest.mark.parametrize(("name", "language"), DESKS)
def test_E4_no_page_has_english_between_and_none_names_seats_where_there_are_none(
    name, language, cast, acme, globex, browser_of
):
    named = fill(cast, acme, globex, language)
    catalog = Catalog(language)
    found = []
    for place in places(name, language):
        answer = browser_of(place.who, language).get(place.address.format(**named))
        assert answer.status_code == place.status, place
        words = Words(language)
        words.feed(answer.content.decode())
        assert f'<html lang="{language}">' in answer.content.decode(), place
        strange = catalog.english_in(words.said)
        if not the_desk().has_seats:
            strange += [said for said in words.said if SEATS.search(said)]
        found += [f"{place.who} at {place.address}: {text}" for text in strange]

    assert not found, "\n".join(found)


@pytest.mark.either
@pytest.mark.parametrize(("name", "language"), DESKS)
def test_E4_no_mistake_is_told_in_english(name, language, cast, acme, globex, browser_of):
    named = fill(cast, acme, globex, language)
    catalog = Catalog(language)
    forms = {
        ("ada", f"/hc/{language}/requests/new"): {"subject": "", "copies": "x@", "product": "7777"},
        ("ada", f"/hc/{language}/requests/{named['open']}/replies"): {"body": "", "file": "7777"},
        ("ada", f"/hc/{language}/requests/{named['open']}/facts"): {"facts-subject": "", "facts-severity": "x"},
        ("ada", f"/hc/{language}/requests/{named['open']}/copies"): {"copy-copies": "kuka@muualla.example, x@"},
        ("ada", f"/hc/{language}/account"): {"name": "x" * 500, "language": "xx", "time_zone": "x", "phone_0": "?"},
        ("ada", "/account/password/change/"): {"oldpassword": "x", "password1": "salasana", "password2": "x"},
        ("none", "/account/login/"): {"login": "x", "password": ""},
        ("none", "/account/login/code/"): {"email": "x"},
        ("none", "/account/password/reset/"): {"email": ""},
        ("none", f"/hc/{language}/welcome/{named['token']}"): {"password1": "12345", "password2": "1234"},
        ("eva", "/workspace/tickets/new"): {"requester": "", "priority": "99", "via": "x"},
        ("eva", f"/workspace/tickets/{named['open']}/messages"): {"kind": "reply", "body": ""},
        ("eva", f"/workspace/tickets/{named['open']}/facts/status"): {"value": "x"},
        ("eva", f"/workspace/people/{named['ada']}/merge"): {"other": str(named["ada"])},
        ("eva", "/workspace/settings"): {"afterwards": "x"},
        ("eva", "/workspace/changes/undo"): {"run": "x"},
        ("eva", "/workspace/guide/articles/new"): {"title": "", "section": "x", "language": "x"},
        ("eva", f"/workspace/guide/articles/{named['article']}/settings"): {"whom": "x", "organizations": "x"},
        ("eva", f"/workspace/guide/sections/{named['section']}/articles"): {"section": "", "article": named["article"]},
        ("root", "/workspace/guide/categories/new"): {"whom": "x", "organizations": "x"},
        ("root", f"/workspace/guide/categories/{named['room']}"): {f"name_{language}": "Toinen", "whom": "everyone"},
        ("root", "/workspace/guide/sections/new"): {"whom": "x", "into": "x", "kind": "x", "fallback": "x"},
        ("root", f"/workspace/guide/sections/{named['section']}/room"): {"into": f"section-{named['inner']}"},
        ("root", f"/workspace/guide/sections/{named['section']}/merge"): {},
        ("root", f"/setup/mail/in/{named['aside']}/place"): {"number": "999999", "kind": "x"},
        ("root", f"/setup/mail/in/{named['uncertain']}/admission"): {"company": "Tuntematon"},
        ("root", f"/setup/mail/in/{named['became']}/reading"): {},
        ("root", "/setup/mail/sources/new"): {"host": "", "port": "x", "security": "x", "folder": ""},
        ("root", f"/setup/mail/out/{named['told']}/sending"): {},
    }
    found = []
    for (who, address), form in forms.items():
        answer = browser_of(who, language).post(address, form)
        assert answer.status_code in {200, 409, 422}, (address, answer.status_code)
        words = Words(language)
        words.feed(answer.content.decode())
        found += [f"{who} at {address}: {english}" for english in catalog.english_in(words.said)]

    assert not found, "\n".join(found)


@pytest.mark.either
@pytest.mark.parametrize(("name", "language"), DESKS)
def test_E4_no_mail_has_english_between(name, language, cast, acme, globex):
    fill(cast, acme, globex, language)
    people.invite(cast["nils"].person, by=cast["eva"])
    run_ready()
    catalogs = {spoken: Catalog(spoken) for spoken in {language, the_desk().language}}
    mails = list(Delivery.objects.order_by("pk"))

    assert {mail.kind for mail in mails} >= {"received", "message", "assigned", "customer_wrote", "invitation"}
    for mail in mails:
        words = Words(mail.language)
        words.feed(mail.html)
        # Of a stranger nothing is known, not their language either.
        assert mail.language == (the_desk().language if mail.kind == "no_access" else language), mail.kind
        assert catalogs[mail.language].english_in([*words.said, *mail.text.splitlines()]) == [], mail.kind


@pytest.mark.either
@pytest.mark.parametrize(("name", "language"), [("heeros", "fi")])
def test_every_page_is_walked(name, language, cast, acme, globex):
    """Those that answer anybody with a page, by the tables of all addresses."""
    named = dict.fromkeys(re.findall(r"\{(\w+)\}", "".join(door.ADDRESSES for door in tables.PAGES.values())), 1)
    shown = {
        resolve(urlsplit(address.format(**named | {"token": "x", "reset": "x-y", "key": "x"})).path).route
        for method, address, answers in tables.rows(*tables.PAGES.values())
        if method == "GET" and "200" in answers.values()
    }
    parts = "mail|source|html|report|suggestions|found|new/articles"
    kept = re.compile(rf"files/<int:\w+>(/<str:name>)?$|\.(css|svg|atom|xml|txt)$|/({parts})$")
    files = {route for route in shown if kept.search(route)}
    walked = fill(cast, acme, globex, language)
    found = {resolve(urlsplit(place.address.format(**walked)).path).route for place in places(name, language)}

    assert shown - files - found == set()


@pytest.mark.either
@pytest.mark.parametrize(
    ("language", "moment"),
    [("fi", r"\d{1,2}\.\d{1,2}\.\d{4} klo \d{1,2}\.\d\d"), ("en", r"\d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d")],
)
@pytest.mark.parametrize("name", ["heeros", "festum"])
def test_E4_dates_and_sizes_are_written_as_the_language_writes_them(
    name, language, moment, cast, acme, globex, browser_of
):
    named = fill(cast, acme, globex, language)
    page = browser_of("ada", language).get(f"/hc/{language}/requests/{named['open']}").content.decode()

    assert re.search(moment, page)
    assert {"fi": "5 tavua", "en": "5 bytes"}[language] in page.replace("\xa0", " ")
