"""Take pictures of every page as each role sees it: desktop and phone, light and dark, in the languages asked.

A demo is started for it, on data of its own that is kept for the next time.
Which pages there are to see is found on the way: lists lead to a request, a ticket, a person.
"""

import argparse
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PORT = 8377
BROWSERS = ("chromium", "chromium-headless-shell", "google-chrome")
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True},
}
# {l} is the language. A pattern after "first" stands for the first link like it on a page seen before.
VISITOR = ["/hc/{l}", "/hc/{l}/privacy", "/hc/{l}/accessibility", "/account/login/", "/account/password/reset/"]
CUSTOMER = [
    "/hc/{l}",
    "/hc/{l}/requests",
    "/hc/{l}/requests?status=any",
    "/hc/{l}/requests?tab=copied",
    "/hc/{l}/requests?tab=organization",
    "/hc/{l}/requests?q=zzz",
    "first /hc/{l}/requests/\\d+",
    "first /hc/{l}/requests/\\d+ + /sent",
    "/hc/{l}/requests/new",
    "/hc/{l}/account",
    "/hc/{l}/account/addresses",
    "/hc/{l}/account/sessions",
    "/account/password/change/",
    "/hc/{l}/nowhere",
]
AGENT = [
    "/workspace/",
    "/workspace/views/open/",
    "/workspace/views/solved/",
    "first /workspace/tickets/\\d+",
    "/workspace/tickets/new",
    "/workspace/drafts",
    "/workspace/people/",
    "first /workspace/people/\\d+",
    "first /workspace/organizations/\\d+",
    "/workspace/settings",
]
# Lists lead to the newest mail.
ADMINISTRATOR = [
    *AGENT,
    "/setup/",
    "/setup/mail/in",
    "first /setup/mail/in/\\d+",
    "/setup/mail/in?end=quarantined",
    "/setup/mail/out",
    "first /setup/mail/out/\\d+",
    "/setup/mail/boxes",
    "/setup/mail/sources/new",
    "/setup/mail/check",
    "/setup/jobs",
]


@dataclass(frozen=True)
class Desk:
    """A running demo: who can sign in (role, address), and everybody's password."""

    url: str
    roles: list[tuple[str, str]]
    password: str


def main() -> None:
    wanted = _wanted()
    folder = ROOT / "shots" / wanted.desk
    with _running(wanted) as desk, sync_playwright() as playwright:
        path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"], chromium_sandbox=False)
        for role, address in [("visitor", ""), *desk.roles]:
            if wanted.roles and not any(name in role for name in wanted.roles):
                continue
            for language in wanted.languages:
                _see_as(browser, desk, wanted, role, address, language, folder)
        browser.close()


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/shots", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only these pages, such as /hc/fi/requests")
    parser.add_argument("--desk", choices=["heeros", "haiilo", "admicom", "festum"], default="festum")
    parser.add_argument("--languages", type=_words, default=["fi"], metavar="fi,en")
    parser.add_argument("--as", dest="roles", type=_words, default=[], metavar="visitor,agent", help="only these roles")
    parser.add_argument("--sizes", type=_words, default=list(SIZES), metavar="desktop,phone")
    parser.add_argument("--themes", type=_words, default=["light", "dark"], metavar="light,dark")
    return parser.parse_args()


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


@contextmanager
def _running(wanted: argparse.Namespace) -> Iterator[Desk]:
    """A demo that answers. Whom one can sign in as is what it says when it starts."""
    data = ROOT / "build" / f"shots-{wanted.desk}"
    command = [str(ROOT / "bin" / "tuki"), "demo", wanted.desk, "--port", str(PORT), "--data", str(data)]
    data.parent.mkdir(exist_ok=True)
    with (data.parent / f"shots-{wanted.desk}.log").open("w") as log:
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        said: list[str] = []
        for line in demo.stdout or ():
            said.append(line)
            if said and not line.strip() and "password" in "".join(said):
                break
        told = "".join(said)
        password = re.search(r"password is (\S+)", told)
        if password is None:
            sys.exit(f"The demo did not start: see {data}.log")
        roles = [(name.strip(), address) for name, address in re.findall(r"^  (.+?)  +(\S+@\S+)$", told, re.M)]
        yield Desk(f"http://127.0.0.1:{PORT}", roles, password[1])
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait()


def _see_as(
    browser: Browser, desk: Desk, wanted: argparse.Namespace, role: str, address: str, language: str, folder: Path
) -> None:
    """All pages of one role in one language, in each size and theme."""
    context = browser.new_context(base_url=desk.url, locale=language)
    page = context.new_page()
    if address:
        page.goto("/account/login/")
        page.fill("[name=login]", address)
        page.fill("[name=password]", desk.password)
        page.click("main form [type=submit], main form button.button")
        page.wait_for_url(lambda url: "/login" not in url)
    context.request.post("/hc/language", form={"language": language, "next": "/"})
    signed_in = context.storage_state()
    context.close()

    pages = VISITOR if not address else {"agent": AGENT, "administrator": ADMINISTRATOR}.get(role, CUSTOMER)
    for size in wanted.sizes:
        for theme in wanted.themes:
            context = browser.new_context(
                base_url=desk.url,
                locale=language,
                color_scheme=theme,
                reduced_motion="reduce",
                storage_state=signed_in,
                **SIZES[size],
            )
            page = context.new_page()
            for name, path in _found(page, wanted.paths or [one.format(l=language) for one in pages]):
                _take(page, path, folder / _slug(role) / f"{_slug(name)}-{language}-{size}-{theme}.png")
            context.close()


def _found(page: Page, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Each path with a name; what stands for a first link is looked for on the pages that came before."""
    seen: set[str] = set()
    for path in paths:
        name = path
        if path.startswith("first "):
            pattern, _plus, rest = path.removeprefix("first ").partition(" + ")
            links = sorted(link for link in seen if re.fullmatch(pattern, link))
            if not links:
                continue
            path, name = links[-1] + rest, pattern.replace("\\d+", "one") + rest
        yield name, path
        seen.update(urlsplit(link).path for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"))


def _take(page: Page, path: str, picture: Path) -> None:
    answer = page.goto(path)
    page.wait_for_timeout(150)
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture, full_page=True)
    print(answer.status if answer else "?", path, picture.relative_to(ROOT), flush=True)


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")


if __name__ == "__main__":
    main()
