"""The real server for a test: web processes, worker and mail receiver, on the test's own database.

`live_desk` gives its addresses. The test and the server share database, files and secret key, so a test sets its scene
by actions and looks at rows, while browsers and mail programs come in by the doors.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.plugins.served import REMEMBERS
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
HEARS = 0.15  # seconds; it looks for what changed twenty times in one


@dataclass
class Sink:
    """The mail server that takes what the desk sends. arrived: (recipients, raw mail), in the order they came."""

    arrived: list[tuple[list[str], bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.arrived.append((list(envelope.rcpt_tos), bytes(envelope.original_content or b"")))
        return "250 taken"


@dataclass
class LiveDesk:
    """Where the desk under test answers: pages at url, mail at smtp (host, port); what it sends is in sink."""

    url: str
    smtp: tuple[str, int]
    sink: Sink
    process: "subprocess.Popen[bytes]"


def shared_environment(folder: Path) -> dict[str, str]:
    """The environment of a server that works on the test's own database, files and key."""
    folder.mkdir(parents=True, exist_ok=True)
    data = Path(settings.ENVIRONMENT.data)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TUKI_", "DJANGO_"))}
    environment |= {"TUKI_DATA": str(folder), "TUKI_SECRET_KEY": settings.SECRET_KEY}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src"), environment.get("PYTHONPATH", "")])
    names = ["files", "mail"]
    if connection.vendor == "postgresql":
        known = connection.settings_dict
        environment["TUKI_DATABASE_URL"] = (
            f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
        )
    else:
        # SQLite follows the link before it names its journal: both sides use the same one.
        (folder / "tuki.sqlite3").symlink_to(connection.settings_dict["NAME"])
    for name in names:
        (data / name).mkdir(exist_ok=True)
        (folder / name).symlink_to(data / name)
    return environment


class Server:
    """The one server of a run. It starts with the first test that asks for it, and stops before one that does not: its
    worker would do that test's jobs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mail: Controller | None = None
        self._desk: LiveDesk | None = None

    def start(self) -> LiveDesk:
        """The running server."""
        if self._desk is None:
            self._desk = self._started()
        return self._desk

    def stop(self) -> None:
        if self._desk is not None and self._mail is not None:
            self._desk.process.terminate()
            self._desk.process.wait(20)
            self._mail.stop()
        self._desk = None

    def _started(self) -> LiveDesk:
        sink = Sink()
        self._mail = Controller(sink, hostname="127.0.0.1", port=free_port())
        self._mail.start()
        if not self._folder.exists():
            self._environment = shared_environment(self._folder)
            connection.close()
        port, smtp = free_port(), free_port()
        environment = self._environment | {
            "TUKI_URL": f"http://127.0.0.1:{port}",
            "TUKI_SMTP_URL": f"smtp://127.0.0.1:{self._mail.port}",
            "TUKI_SMTP_LISTEN": f"127.0.0.1:{smtp}",
        }
        log = self._folder.parent / "log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                # Two threads each: PostgreSQL lets in a hundred, and each process of a run has a server.
                [sys.executable, "-P", "-m", "tests.plugins.served", "serve", "--port", str(port), "--threads", "2"],
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        desk = LiveDesk(f"http://127.0.0.1:{port}", ("127.0.0.1", smtp), sink, process)
        _wait_for(desk, log)
        return desk


@pytest.hookimpl(trylast=True)  # after pytest-django has put them into its order
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the running server come last, together: it is started once."""
    items.sort(key=lambda item: "live_desk" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served") / "data")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _nobody_else_works(request: pytest.FixtureRequest, server: Server) -> None:
    if "live_desk" not in request.fixturenames:
        server.stop()


def _wait_for(desk: LiveDesk, log: Path) -> None:
    end = time.monotonic() + 180  # it starts in a few seconds, but for a machine that is busy with much else
    while time.monotonic() < end and desk.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{desk.url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    socket.create_connection(desk.smtp, 2).close()
                    return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture
def live_desk(transactional_db: None, server: Server, request: pytest.FixtureRequest) -> LiveDesk:
    """The running server on the cast's desk (or on the one that a test's `live_desk_from` fixture makes)."""
    from tuki.live.signals import tell
    from tuki.live.topics import AROUND

    call_command("createcachetable", verbosity=0)
    request.getfixturevalue("live_desk_from")
    running = server.start()
    running.sink.arrived.clear()
    tell(AROUND)  # as whoever changes a desk does
    time.sleep(REMEMBERS + HEARS)  # the server may remember the desk of the test before
    return running


@pytest.fixture
def live_desk_from(request: pytest.FixtureRequest) -> None:
    """What stands in the database before the server is asked. Override it for another desk than the cast's."""
    request.getfixturevalue("desk")
