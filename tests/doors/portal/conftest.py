import re
from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tuki.desk.queries import the_desk
from tuki.people.actor import Actor


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Nothing is collected for a test that asks Django itself and no server."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _nothing_was_sent_before(db):
    """Forms that were sent are remembered in the database, and no model is behind that table."""
    caches["sent"].clear()


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """Somebody's browser: signed in as an actor of the cast, or as nobody."""

    def open_one(actor: Actor | None = None) -> Client:
        browser = Client()
        if actor and actor.person:
            browser.force_login(actor.person)
        return browser

    return open_one


@pytest.fixture
def words_of() -> Callable[[HttpResponse], str]:
    """The words of a page, without its markup."""
    return lambda page: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def questions() -> Callable[[Callable[[], object]], int]:
    """How often the database was asked while something was done; the desk's settings are known by then."""

    def count(act: Callable[[], object]) -> int:
        act()
        the_desk()
        with CaptureQueriesContext(connection) as asked:
            act()
        return len(asked)

    return count
