"""Clients that behave as clients do.

A browser sends its form again only where it got no answer. A mail program keeps a mail until it was told 250.
"""

import contextlib
import http.client
import re
import secrets
import smtplib
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlencode

PATIENCE = 60.0
_AGAIN_AFTER = 0.2


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    page: str


class Browser:
    """Somebody's browser.

    tries_again_later: whoever sits before it does what a 503 says.
    """

    tries_again_later = False

    def __init__(self, port: int, address: str, password: str) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        form = self.form("/account/login/", "login")
        answer = self.send("/account/login/", form | {"login": address, "password": password})
        if answer.status != 302:
            raise AssertionError(f"{address} could not sign in: {answer}")

    def get(self, path: str) -> Answer:
        return self._until_answered("GET", path, None, {})

    def form(self, path: str, holds: str) -> dict[str, str]:
        """What a page's form carries unseen. holds: the name of a field by which to know the form."""
        page = self.get(path).page
        forms = re.findall(r"<form\b.*?</form>", page, re.S)
        form = next((found for found in forms if f'name="{holds}"' in found), None)
        if form is None:
            raise AssertionError(f"{path} has no form with {holds}: {page[:3000]}")
        elsewhere = f'form="{_said(form[: form.index(">")], "id")}"'  # a field that belongs to it may stand anywhere
        tags = [tag for tag in re.findall(r"<input\b[^>]*>", page) if tag in form or elsewhere in tag]
        return {_said(tag, "name"): _said(tag, "value") for tag in tags if 'type="hidden"' in tag}

    def send(
        self, path: str, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]] = (), *, again: bool = True
    ) -> Answer:
        """Send a form, and send the very same again for as long as there is no answer."""
        if not files:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        else:
            kind, body = _multipart(fields, files)
        return self._until_answered("POST", path, body, {"Content-Type": kind}, again=again)

    def _until_answered(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], *, again: bool = True
    ) -> Answer:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._ask(method, path, body, headers)
                if answer.status != 503 or not self.tries_again_later or time.monotonic() > end:
                    return answer
            except (OSError, http.client.HTTPException):
                if not again or time.monotonic() > end:
                    raise
            time.sleep(_AGAIN_AFTER)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            language = {"Accept-Language": "en"}
            asking.request(method, path, body, {**headers, **language, **({"Cookie": cookies} if cookies else {})})
            answer = asking.getresponse()
            page = answer.read().decode()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return Answer(answer.status, answer.headers.get("Location", ""), page)
        finally:
            asking.close()


def _said(tag: str, attribute: str) -> str:
    found = re.search(rf'\b{attribute}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def _multipart(fields: Mapping[str, str], files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    border = secrets.token_hex(16)
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        head = f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={border}", b"".join(parts) + f"--{border}--\r\n".encode()


def hand_in(port: int, mail: EmailMessage) -> int:
    """Give a mail to the desk, again and again until it says 250; how often it took."""
    end, tries = time.monotonic() + PATIENCE, 1
    while (said := offer(port, mail)) != 250:
        if time.monotonic() > end:
            raise AssertionError(f"the mail was not taken: {said}")
        time.sleep(_AGAIN_AFTER)
        tries += 1
    return tries


def offer(port: int, mail: EmailMessage) -> int:
    """Give a mail to the desk once. The last code it said; 0 where it said none."""
    said = 0
    with contextlib.suppress(OSError, smtplib.SMTPServerDisconnected):
        server = smtplib.SMTP("127.0.0.1", port, "second.example", timeout=PATIENCE)
        try:
            server.ehlo()
            for said, _words in (server.mail(str(mail["From"])), server.rcpt(str(mail["To"]))):
                if said != 250:
                    return said
            said = 0
            said = server.data(mail.as_bytes())[0]
        except smtplib.SMTPResponseException as error:
            said = error.smtp_code
        finally:
            server.close()
    return said


def answers(port: int) -> bool:
    """Whether anybody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
