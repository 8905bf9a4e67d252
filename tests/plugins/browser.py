"""A real Chromium for the tests, and what every page owes whatever it is about: nothing asked of the outside, no
complaint in the console (the content security policy complains there too), no stylesheet or script missing.

A test asks for `page`, or for several with `new_context()`: two people, two browsers. What it visits is `address`: that
of `live_desk`, the real server that runs for the test.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Response,
    WebError,
    expect,
    sync_playwright,
)

PICTURES = Path(__file__).resolve().parents[2] / "shots" / "failed"
HEADLESS = "chromium-headless-shell"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PATIENCE = 15_000  # milliseconds, with a machine that is busy with much else
# Without these a page is not itself, so a test need not look for them.
PARTS = {"stylesheet", "script", "font", "image"}
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing leaves this machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# Nothing is loaded once more: what axe would find in stylesheets, it looks for in no rule that we run.
WCAG = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}, "preload": False}

failed = pytest.StashKey[bool]()


class NewContext(Protocol):
    def __call__(self, **options: Any) -> BrowserContext: ...


@dataclass(frozen=True)
class Driver:
    """Playwright, and the event loop that it marks as running in our thread from its start to its end."""

    playwright: Playwright
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def awake(self) -> Iterator[None]:
        """The time in which Playwright may be called. At any other time no loop seems to run, so that a test without
        a browser may use asyncio.run, and Django finds out those that call the database from a coroutine."""
        asyncio._set_running_loop(self.loop)
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the loop is Playwright's: we are in no coroutine
        try:
            yield
        finally:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            asyncio._set_running_loop(None)


def chromium() -> str | None:
    """Where this machine has a Chromium; None for nowhere. Without windows it asks a fifth less of the processor."""
    for name in [HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]:
        if found := shutil.which(name):
            return found
    return None


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[failed] = True
    return report


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    started = sync_playwright().start()
    driver = Driver(started, asyncio.get_running_loop())
    asyncio._set_running_loop(None)
    yield driver
    with driver.awake():
        started.stop()


@pytest.fixture(scope="session")
def browser(driver: Driver) -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail("no Chromium on this machine: `bin/test` installs it as root, or apt install chromium")
    with driver.awake():
        # Chromium refuses to put root into its sandbox.
        expect.set_options(timeout=PATIENCE)
        browser = driver.playwright.chromium.launch(
            executable_path=path, args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
    yield browser
    with driver.awake():
        browser.close()


@pytest.fixture
def address(live_desk: Any) -> str:
    """Where the desk under test answers, such as http://127.0.0.1:40123."""
    return str(live_desk.url)


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained of so far; the test fails if any is left at its end. A test of a broken page clears it."""
    return []


@pytest.fixture
def statuses() -> WeakKeyDictionary[Page, int]:
    """The HTTP status of what each page shows."""
    return WeakKeyDictionary()


@pytest.fixture
def new_context(
    request: pytest.FixtureRequest,
    driver: Driver,
    browser: Browser,
    address: str,
    complaints: list[str],
    statuses: WeakKeyDictionary[Page, int],
) -> Iterator[NewContext]:
    """One more person's browser: `new_context(locale="fi-FI", color_scheme="dark").new_page()`."""
    contexts: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        usual = {"base_url": address, "locale": "en-GB", "timezone_id": "Europe/Helsinki", "reduced_motion": "reduce"}
        context = browser.new_context(**(usual | options))
        context.set_default_timeout(PATIENCE)
        _listen(context, complaints, statuses)
        contexts.append(context)
        return context

    with driver.awake():
        yield new
        if request.node.stash.get(failed, False):
            _photograph(request.node.nodeid, contexts)
        for context in contexts:
            context.close()  # and brings the last complaints
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def _listen(context: BrowserContext, complaints: list[str], statuses: WeakKeyDictionary[Page, int]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        # A form with mistakes is a 422, and the console calls that a failure: statuses are looked at below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console of {message.location['url']}: {message.text}")

    def on_error(error: WebError) -> None:
        complaints.append(f"uncaught on {error.page.url if error.page else 'a page'}: {error.error}")

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname not in LOOPBACK:
            complaints.append(f"asked the outside: {request.url}")

    def on_failure(request: Request) -> None:
        if request.resource_type in PARTS and request.failure != "net::ERR_ABORTED":  # aborted: we went on to a page
            complaints.append(f"{request.failure}: {request.url}")

    def on_response(response: Response) -> None:
        request = response.request
        if response.status >= 500 or (response.status >= 400 and request.resource_type in PARTS):
            complaints.append(f"{response.status}: {request.method} {response.url}")
        with suppress(Error):  # a new tab has no frame yet when its first page is asked for
            if request.is_navigation_request() and request.frame.parent_frame is None:
                statuses[request.frame.page] = response.status

    context.on("console", on_console)
    context.on("weberror", on_error)
    context.on("request", on_request)
    context.on("requestfailed", on_failure)
    context.on("response", on_response)


def _photograph(test: str, contexts: list[BrowserContext]) -> None:
    """Keep what a failed test last saw: shots/failed/<test>-<n>.png."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.]+", "-", test)[-150:].strip("-")
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)


@pytest.fixture
def axe(statuses: WeakKeyDictionary[Page, int]) -> Callable[..., None]:
    """`axe(page)`: axe-core finds nothing to say against this page, and it is the page and not an error page.

    status: what the page was answered with, where that is not 200.
    """

    def check(page: Page, *, status: int = 200) -> None:
        assert statuses.get(page) == status, f"{page.url} answered {statuses.get(page)}"
        page.evaluate(AXE_SCRIPT)
        # Only what it found wrong comes back: all that it found right is ten times as much.
        found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", WCAG)
        assert not found, "\n".join(_told(violation) for violation in found)

    return check


def _told(violation: dict[str, Any]) -> str:
    places = [f"    {node['target'][0]}  {node['html'][:200]}" for node in violation["nodes"]]
    return "\n".join([f"{violation['impact']}: {violation['id']}: {violation['help']}", *places])
