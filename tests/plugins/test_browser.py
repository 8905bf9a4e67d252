"""The browser plugin catches what it is there to catch."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

STRICT = "default-src 'self'"
PAGES = {
    "/good": "<h1>Good</h1>",
    "/outside": '<h1>Outside</h1><img alt="" src="http://tracker.example/pixel.png">',
    "/inline": "<h1>Inline</h1><script>document.title = 'ran'</script>",
    "/bare": '<link rel="stylesheet" href="/gone.css"><h1>Bare</h1>',
    "/unlabelled": "<h1>Form</h1><input>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", f"{STRICT}; img-src * data:")
        self.end_headers()
        page = (
            f'<html lang="en"><title>A page</title><link rel="icon" href="data:,"><main>{body or "<h1>No</h1>"}</main>'
        )
        self.wfile.write(page.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """Not the desk: pages with the very faults that the plugin looks for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_good_page_passes_and_axe_runs_under_a_strict_policy(page, axe):
    page.goto("/good")

    axe(page)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/outside", "asked the outside: http://tracker.example/pixel.png"),
        ("/inline", "Content Security Policy"),
        ("/bare", "404: GET http://127.0.0.1"),
    ],
)
def test_a_fault_that_no_test_looks_for_is_a_complaint(page, complaints, path, complaint):
    page.goto(path)

    assert any(complaint in each for each in complaints)
    complaints.clear()


def test_axe_tells_what_is_wrong_and_where(page, axe):
    page.goto("/unlabelled")

    with pytest.raises(AssertionError, match="critical: label"):
        axe(page)


def test_axe_is_not_content_with_an_error_page(page, axe):
    page.goto("/nowhere")

    with pytest.raises(AssertionError, match="answered 404"):
        axe(page)


def test_between_browser_tests_no_event_loop_seems_to_run(driver):
    assert asyncio.run(asyncio.sleep(0, "ran")) == "ran"
