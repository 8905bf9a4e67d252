"""Other processes and whole nodes, on the test's own database or a fresh one: to be asked, stopped and killed."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from tests.ports import free_port
from tuki.config.server.prepare import collect_static_files

SOURCE = Path(__file__).parents[1] / "src"
PATIENCE = 60.0  # seconds until something is taken not to come about


def environment(data: Path) -> dict[str, str]:
    """The environment of a process whose database is the test's. data: a folder of its own."""
    data.mkdir(exist_ok=True)
    if not (data / "static").is_symlink():  # all nodes share ours, which takes seconds to collect
        collect_static_files()
        (data / "static").symlink_to(settings.STATIC_ROOT)
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        return _environment(data) | {"TUKI_DATABASE_URL": _on_server(name)}
    if not (data / "tuki.sqlite3").is_symlink():
        (data / "tuki.sqlite3").symlink_to(name)  # its journal lies beside the file itself
    return _environment(data)


@contextmanager
def fresh_environment(data: Path) -> Iterator[dict[str, str]]:
    """The environment of a process whose database is empty."""
    data.mkdir(exist_ok=True)
    if connection.vendor != "postgresql":
        yield _environment(data)
        return
    name = f"tuki_{secrets.token_hex(6)}"
    with psycopg.connect(_on_server("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield _environment(data) | {"TUKI_DATABASE_URL": _on_server(name)}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _environment(data: Path) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("TUKI_", "PROMETHEUS_"))}
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    # One key for all, as for the nodes of one desk.
    return outside | {"TUKI_DATA": str(data), "TUKI_SECRET_KEY": settings.SECRET_KEY, "PYTHONPATH": path}


def _on_server(database: str) -> str:
    return urlsplit(os.environ["TUKI_DATABASE_URL"])._replace(path=f"/{database}").geturl()


@contextmanager
def running(code: str, data: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has Django at hand; it is killed at the end, should it still run."""
    command = [sys.executable, "-c", f"import django; django.setup()\n{code}", *arguments]
    with _told_apart(environment(data)) as env:
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@contextmanager
def _told_apart(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """An environment whose processes the database knows by a name; at the end none of their connections is left.

    PostgreSQL goes on with what a killed process asked, and holds its locks: the tables are emptied after each test.
    """
    name, url = f"tuki-node-{secrets.token_hex(6)}", env.get("TUKI_DATABASE_URL")
    yield env | {"PGAPPNAME": name}
    if url:
        ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
        with psycopg.connect(url, autocommit=True) as server:
            until(lambda: not server.execute(ends, [name]).fetchall())


def wait_for(word: str, process: subprocess.Popen[str]) -> None:
    """Until the process says this word on a line of its own."""
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"it ended before it said {word!r}: {process.stderr.read()}")


def until(holds: Any) -> Any:
    """What `holds()` returns once it is true."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@dataclass
class Node:
    """`tuki serve`, `web` or `worker` as somebody would start it."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def ask(
        self, method: str = "GET", path: str = "/", *args: Any, **kwargs: Any
    ) -> tuple[http.client.HTTPResponse, bytes]:
        visitor = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            visitor.request(method, path, *args, **kwargs)
            answer = visitor.getresponse()
            return answer, answer.read()
        finally:
            visitor.close()

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask(path="/healthz")[1])
        return found

    def is_up(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"it ended: {self.log.read_text()[-4000:]}")
        try:
            return bool(self.ask(path="/healthz"))
        except OSError:
            return False

    def children(self) -> list[int]:
        """Its processes, oldest first."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return sorted(int(pid) for pid in found.split())

    def stop(self, patience: float = PATIENCE) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)


def cookie_of(person: Any) -> str:
    """What the browser of somebody signed in sends, as a Cookie header."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Stream:
    """A browser's live stream: its status, and the events that come."""

    def __init__(self, port: int, topics: str, *headers: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        asked = "".join(f"{header}\r\n" for header in headers)
        self._socket.sendall(f"GET /live?{topics} HTTP/1.0\r\nHost: x\r\n{asked}\r\n".encode())
        self._lines = self._socket.makefile("r", encoding="utf-8", newline="\n")
        self.status = int(self._lines.readline().split()[1])
        while self._lines.readline().strip():
            pass

    def next(self) -> str:
        """The next topic, or "again"; empty once the stream is over. Fails when none comes for a minute."""
        name, end = "", time.monotonic() + 60
        for line in self._lines:
            assert time.monotonic() < end, "nothing but signs of life came"
            field, _, value = line.strip().partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                return name or value
        return ""

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@contextmanager
def tuki(command: str, *options: str, env: dict[str, str], log: Path | None = None, port: int = 0) -> Iterator[Node]:
    """A node on this port, else on a free one; it is killed at the end, should it still run. log: where its stderr
    goes."""
    port = port or free_port()
    asked = [sys.executable, "-m", "tuki", command, *options]
    if command != "worker":
        asked += ["--port", str(port)]
    logged = log or Path(env["TUKI_DATA"]) / f"log-{port}"
    with _told_apart(env) as env, logged.open("w") as stderr:
        # In a group of its own: killed with its children, which would else go on until they saw it gone.
        process = subprocess.Popen(
            asked, env=env, stdout=subprocess.DEVNULL, stderr=stderr, text=True, start_new_session=True
        )
        node = Node(process, port, logged)
        try:
            if command != "worker":
                until(node.is_up)
            yield node
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
