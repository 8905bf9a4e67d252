"""`tuki demo`, as whoever tries Tuki sees it: one command, and people to sign in as."""

import re
import signal
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.db import connection
from django.http import Http404
from django.urls import Resolver404, resolve

from tests.ports import free_port
from tuki.demo import outbox


class Demo:
    """A running `tuki demo festum`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port(beside=25)  # where mail is taken
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        arguments = ["demo", "festum", "--port", str(self.port), "--data", str(self.folder)]
        self.said = self.folder.with_suffix(".out").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tuki", *arguments], stdout=self.said, stderr=self.said
        )
        self.told = self._wait()
        with smtplib.SMTP("127.0.0.1", self.port + 25) as server:
            self.greeting = server.noop()[0]

    def _wait(self) -> str:
        """What it says once it answers."""
        for _ in range(900):
            self.said.seek(0)
            if "administrator" in (told := self.said.read()):
                return told
            assert self.process.poll() is None, told
            time.sleep(0.1)
        raise AssertionError("the demo did not start")

    def get(self, path: str, browser: urllib.request.OpenerDirector | None = None) -> tuple[int, str, dict[str, str]]:
        try:
            answer = (browser or urllib.request.build_opener()).open(self.url + path, timeout=20)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)
        return answer.status, answer.read().decode(), dict(answer.headers)

    def signed_in(self, address: str, password: str) -> urllib.request.OpenerDirector:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = self.get("/account/login/", browser)[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token
        fields = {"csrfmiddlewaretoken": token[1], "login": address, "password": password}
        browser.open(f"{self.url}/account/login/", urllib.parse.urlencode(fields).encode(), timeout=20)
        return browser

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.said.close()
        return code


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    if connection.vendor != "sqlite":
        pytest.skip("a demo is always on SQLite")
    running = Demo(tmp_path_factory.mktemp("demo") / "festum")
    yield running
    running.stop()


def test_it_tells_where_it_is_and_whom_to_be(demo):
    password = re.search(r"everybody's password is (\S+)", demo.told)
    people = re.findall(r"^  (\S.*?)  +(\S+@\S+)$", demo.told, re.MULTILINE)
    assert demo.url in demo.told
    assert password
    assert [role for role, _address in people] == ["customer", "customer, manager", "agent", "administrator"]

    for role, address in people:
        browser = demo.signed_in(address, password[1])
        status, page, _headers = demo.get("/hc/fi/requests", browser)
        assert (status, address in page) == (200, True)
        status, _page, _headers = demo.get("/workspace/", browser)
        assert (status == 200) == (role in {"agent", "administrator"})


def test_mail_is_taken_from_the_moment_that_it_tells_where(demo):
    assert demo.greeting == 250


def test_what_is_mailed_to_it_is_answered_and_the_answer_is_kept(demo):
    mail = EmailMessage()
    mail["From"], mail["To"] = "Sanni Uusi <sanni@uusi.example>", "support@festum.example"
    mail["Subject"], mail["Message-ID"] = "Ensimmäinen pyyntöni", "<1@uusi.example>"
    mail.set_content("En pääse kirjautumaan.")
    mail.add_attachment(b"time;error\n", maintype="text", subtype="csv", filename="pöytä.csv")
    with smtplib.SMTP("127.0.0.1", demo.port + 25) as server:
        server.send_message(mail)

    for _ in range(100):
        found = re.search(r'href="(/outbox/\d+)"', demo.get("/outbox")[1])  # the newest stands first
        if found and "sanni@uusi.example" in demo.get(found[1])[1]:
            break
        time.sleep(0.1)
    assert found
    status, page, _headers = demo.get(found[1])
    assert status == 200
    assert "sanni@uusi.example" in page
    assert re.search(r"\[Festum #\d+\]", page)  # and not what the mail said: nothing shows that it is hers
    assert "En pääse kirjautumaan." not in page
    way_in = re.search(r'href="http://127.0.0.1:\d+(/hc/fi/welcome/[^"]+)"', page)
    assert way_in
    assert demo.get(way_in[1])[0] == 200

    status, html, headers = demo.get(found[1] + "/html")
    assert (status, '<base target="_blank">' in html) == (200, True)
    assert "sandbox allow-popups" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    status, source, headers = demo.get(found[1] + "/source")
    assert (status, "Message-ID: <" in source) == (200, True)
    assert headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/outbox/999999", "/outbox/999999/html", "/outbox/1/files/99"])
def test_a_mail_or_file_that_is_not_there_is_not_found(demo, path):
    assert demo.get(path)[0] == 404


def test_a_second_start_finds_what_the_first_left(demo):
    before = demo.get("/outbox")[1].count('href="/outbox/')
    told = demo.told.partition("Sign in")[2]
    assert demo.stop() == 0

    demo.start()

    assert demo.told.partition("Sign in")[2] == told
    assert "Filling" not in demo.told
    assert demo.get("/outbox")[1].count('href="/outbox/') == before


def test_a_desk_that_is_no_demo_has_no_outbox(rf):
    with pytest.raises(Resolver404):
        resolve("/outbox")

    for view, arguments in ((outbox.outbox, []), (outbox.mail, [1]), (outbox.html, [1]), (outbox.source, [1])):
        with pytest.raises(Http404):
            view(rf.get("/"), *arguments)
    with pytest.raises(Http404):
        outbox.file(rf.get("/"), 1, 0)
