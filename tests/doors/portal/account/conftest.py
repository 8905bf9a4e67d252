import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from tests.conftest import PASSWORD
from tuki.jobs.worker import run_ready
from tuki.mail.models import Delivery


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """In life they are slow to make, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Nothing is collected for a test that asks Django itself and no server."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _nobody_has_tried_before(db):
    """Tries are counted in the database, and no model is behind that table."""
    cache.clear()


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """Somebody's browser, with nobody signed in."""
    return Client


@pytest.fixture
def mailed(db) -> Callable[[str], list[Delivery]]:
    """The mails to an address so far, once all that waits to be written is."""

    def to(address: str) -> list[Delivery]:
        run_ready()
        return list(Delivery.objects.filter(address=address).order_by("pk"))

    return to


@pytest.fixture
def link_in() -> Callable[[Delivery], str]:
    """The one link of a mail, as a path."""

    def link(mail: Delivery) -> str:
        (found,) = set(re.findall(r"https?://[^/\s]+(/[^\s)]+)", mail.text))
        return found

    return link


@pytest.fixture
def told_by() -> Callable[[HttpResponse], str]:
    """The words of a page, without its markup."""
    return lambda page: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def sign_in() -> Callable[..., HttpResponse]:
    """What the sign-in page answers to an address and a password."""

    def post(browser: Client, address: str, password: str, query: str = "", **headers: str) -> HttpResponse:
        return browser.post(f"/account/login/{query}", {"login": address, "password": password}, headers=headers)

    return post


@pytest.fixture
def inside(client, ada_person, sign_in) -> Client:
    """Ada's browser, signed in by the door."""
    assert sign_in(client, ada_person.email, PASSWORD).status_code == 302
    return client
