from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import BrowserContext, Page

from tuki.desk.queries import forget, the_desk
from tuki.people.actor import Actor


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Nothing is collected for a test that asks Django itself and no server."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """Somebody's browser: signed in as an actor of the cast, or as nobody. htmx: as a script of the page asks."""

    def open_one(actor: Actor | None = None, *, htmx: bool = False) -> Client:
        browser = Client(headers={"HX-Request": "true"}) if htmx else Client()
        if actor and actor.person:
            browser.force_login(actor.person)
        return browser

    return open_one


@pytest.fixture
def desk_of(browser_of, eva) -> Client:
    """Eva's browser."""
    return browser_of(eva)


@pytest.fixture
def queries_of() -> Callable[[Client, str], int]:
    """How many queries a page asks."""

    def count(browser: Client, path: str) -> int:
        forget()
        the_desk()  # kept for two seconds, which are over in the middle of some tests and not of others
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200
        return len(asked)

    return count


@pytest.fixture
def page_of(new_context, address) -> Callable[..., Page]:
    """A page in a real browser of somebody who has signed in."""

    def open_one(actor: Actor, **options: object) -> Page:
        context: BrowserContext = new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        browser = Client()
        browser.force_login(actor.person)
        context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": address}])
        return context.new_page()

    return open_one
