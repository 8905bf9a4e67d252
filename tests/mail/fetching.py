"""What tests of fetching have in common: a folder on the real mail server, and a server that misbehaves."""

import itertools
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.plugins.dovecot import PASSWORD, Dovecot
from tuki.mail import actions
from tuki.mail.fetching.account import Account
from tuki.mail.fetching.imap import signed_in
from tuki.mail.fetching.looking import Suspicion, look
from tuki.mail.models import Source
from tuki.people.actor import Actor

_numbers = itertools.count(1)


def written(subject: str, *, to: str = "support@festum.example", sender: str = "ada@acme.example") -> bytes:
    """A mail as it lies in a folder."""
    lines = [
        f"Return-Path: <{sender}>",
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: <{subject.replace(' ', '-')}@acme.example>",
        "Date: Mon, 05 Jan 2026 08:00:00 +0000",
        "",
        f"{subject}, as we said.",
        "",
    ]
    return "\r\n".join(lines).encode()


@dataclass
class Folder:
    """An account of its own on the mail server, and the source that is fetched from it."""

    server: Dovecot
    by: Actor
    user: str = field(default_factory=lambda: f"user{next(_numbers)}")

    def source(self, **fields: object) -> Source:
        wanted = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "security": "none",
            "user": self.user,
            "secret": PASSWORD,
            "from_beginning": True,
            **fields,
        }
        made = actions.add_source(by=self.by, **wanted)  # type: ignore[arg-type]
        Source.objects.filter(pk=made.pk).update(worker="this test")
        made.refresh_from_db()
        return made

    def deliver(self, *mails: bytes, **more: object) -> None:
        self.server.deliver(*mails, user=self.user, **more)  # type: ignore[arg-type]

    def flags(self, folder: str = "INBOX") -> dict[int, set[str]]:
        return self.server.flags(self.user, folder)


def fetch(source: Source, suspicion: Suspicion | None = None) -> None:
    """One look, as a worker that has the source in hand."""
    with signed_in(Account.of(source), patience=10) as server:
        look(source, server, suspicion or Suspicion(), threading.Event())


class Between:
    """Stands between a program and the mail server, and spoils what it is told to.

    spoils: gets each line of the program. What it returns goes back instead of an answer: "NO why", or "" to hang up.
    """

    def __init__(self, server: Dovecot, spoils: Callable[[str], str | None]) -> None:
        self._to, self._spoils = server.port, spoils
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.connections = 0
        self.said: list[str] = []
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _run(self) -> None:
        while True:
            try:
                program, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._back, args=(server, program), daemon=True).start()
            threading.Thread(target=self._forth, args=(program, server), daemon=True).start()

    def _forth(self, program: socket.socket, server: socket.socket) -> None:
        for line in program.makefile("rb"):
            text = line.decode(errors="replace").rstrip()
            self.said.append(text)
            answer = self._spoils(text)
            if answer is None:
                server.sendall(line)
            elif answer:
                before, _, after = answer.rpartition("\r\n")  # what has no tag comes first
                program.sendall(f"{before}\r\n{text.split()[0]} {after}\r\n".lstrip().encode())
            else:
                break
        for one in (program, server):
            one.close() if one is server else one.shutdown(socket.SHUT_RDWR)

    def _back(self, server: socket.socket, program: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                program.sendall(data)
        except OSError:
            pass


def asks_for(uid: int, line: str) -> bool:
    """Whether a line asks for the body of this mail, alone or among others."""
    found = re.search(r"UID FETCH ([\d,]+) \(UID BODY", line)
    return found is not None and str(uid) in found[1].split(",")
