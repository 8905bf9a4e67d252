from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from tuki.desk.queries import forget, the_desk
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.mail import actions
from tuki.mail.models import RawMail
from tuki.people.actor import Actor


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Nothing is collected for a test that asks Django itself and no server."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


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
def setup_of(browser_of, root) -> Client:
    """Root's browser."""
    return browser_of(root)


@pytest.fixture
def came(desk) -> Callable[..., RawMail]:
    """Let a mail come, and be read: came("ada@acme.example", "Help", …), or as raw bytes."""

    def come(sender: str = "", subject: str = "Help", body: str = "It broke.", *, raw: bytes = b"") -> RawMail:
        if not raw:
            mail = EmailMessage()
            if sender:
                mail["From"] = sender
            mail["To"], mail["Subject"] = "support@festum.example", subject
            mail["Message-ID"] = f"<{RawMail.objects.count() + 1}@acme.example>"
            mail.set_content(body)
            raw = mail.as_bytes()
        by = Actor(None, Via.EMAIL, timezone.now())
        made = actions.receive(raw, envelope_from=sender, envelope_to=["support@festum.example"], by=by)
        run_ready()
        made.refresh_from_db()
        return made

    return come


@pytest.fixture
def done_to() -> Callable[[object], list[str]]:
    """What the journal says of a row."""

    def names(row: object) -> list[str]:
        kind = row._meta.model_name  # type: ignore[attr-defined]
        entries = Entry.objects.filter(on_kind=kind, on_id=row.pk)  # type: ignore[attr-defined]
        return list(entries.order_by("pk").values_list("event", flat=True))

    return names


@pytest.fixture
def queries_of() -> Callable[[Client, str], int]:
    """How many queries a page asks."""

    def count(browser: Client, path: str) -> int:
        forget()
        the_desk()
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
