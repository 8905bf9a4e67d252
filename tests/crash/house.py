"""A whole desk that may die: `tuki serve` on a database of its own, and the second mail server; what both hold."""

import itertools
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from tests.crash import clients, scene
from tests.nodes import until
from tests.plugins.dovecot import Dovecot
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds in which whatever goes on must be through
JOBS = (
    "mail.decide",
    "notifications.tell",
    "notifications.tell_followers",
    "notifications.send_digests",
    "mail.send",
    "mail.lane",
    "tickets.send_draft",
)
_numbers = itertools.count(1)  # of orders: the same words may be ordered twice
MARKER = re.compile(r"\bmark-[a-z0-9-]+\b")  # a word by which each message of a test is known wherever it goes


@dataclass(frozen=True)
class Died:
    """The last word of a process that killed itself.

    before: the step it did not take. in_hand: what its threads were at, each as work, about and trail.
    """

    pid: int
    before: str
    in_hand: list[dict[str, Any]]

    def may_have_left(self) -> set[int]:
        """The deliveries that the second mail server may have, and we don't know of: they may come once more."""
        return {
            work["about"]["delivery"]
            for work in self.in_hand
            if work["name"] == "mail.send" and "smtp > data" in work["trail"] and "end" not in work["trail"]
        }


@dataclass(frozen=True)
class Taken:
    """A mail that the second mail server has."""

    to: str
    message_id: str
    markers: frozenset[str]


class MailServer:
    """The second mail server."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._taken: list[Taken] = []
        self._read_up_to = 0

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.crash.mail_server", str(self.port), str(self.folder)]
        self._process = subprocess.Popen(command, cwd=ROOT)
        until(lambda: clients.answers(self.port))

    def stop_gently(self) -> int:
        """As a service manager does; the code that it ends with."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(30)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def has_died(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def hold(self) -> None:
        (self.folder / "hold").touch()

    def let_go(self) -> None:
        (self.folder / "hold").unlink(missing_ok=True)

    def die_with_the_next_mail(self) -> None:
        (self.folder / "die").touch()

    def be_well(self) -> None:
        """Run, and keep nobody waiting."""
        self.let_go()
        (self.folder / "die").unlink(missing_ok=True)
        if self.has_died():
            self.start()

    def taken(self) -> list[Taken]:
        """All mails so far, in the order they came."""
        with (self.folder / "taken").open("rb") as file:
            file.seek(self._read_up_to)
            for line in iter(file.readline, b""):
                self._taken.append(_taken(**json.loads(line)))
            self._read_up_to = file.tell()
        return list(self._taken)


def _taken(to: list[str], mail: str) -> Taken:
    (recipient,) = to
    read = message_from_string(mail, policy=default)
    text = read.get_body(("plain",))
    assert text is not None
    lines = text.get_content().rstrip().splitlines()
    while lines and lines[-1].startswith(">"):  # what was said before
        lines.pop()
    return Taken(recipient, str(read["Message-ID"]), frozenset(MARKER.findall("\n".join(lines))))


@dataclass(frozen=True)
class Folder:
    """An account on a mail server, and what the desk does there with a mail that it has: "mark" or "move"."""

    server: Dovecot
    user: str
    afterwards: str

    def is_dealt_with(self) -> bool:
        left = self.server.flags(self.user)
        return all("\\Seen" in flags for flags in left.values()) if self.afterwards == "mark" else not left

    def holds(self) -> int:
        """How many mails lie where they are to be, of all that came."""
        return len(self.server.flags(self.user, "Done" if self.afterwards == "move" else "INBOX"))


class House:
    """The desk's processes.

    data: its folder. program: what runs; it dies at a step only where it is the mortal one.
    """

    def __init__(self, env: Mapping[str, str], folder: Path, program: str = "mortal") -> None:
        self.data = Path(env["TUKI_DATA"])
        self.mail_server = MailServer(folder / "second")
        self.port, self.smtp_port = free_port(), free_port()
        self._program = f"tests.crash.{program}"
        self._orders = folder / "orders"  # where it is told to die
        self._orders.mkdir()
        self._log = folder / "log"
        self._env = {
            **env,
            "TUKI_URL": f"http://127.0.0.1:{self.port}",
            "TUKI_SMTP_URL": f"smtp://127.0.0.1:{self.mail_server.port}",
            "TUKI_MAIL_PACE": "2/600",  # so that mails stand in line
            "TUKI_SMTP_LISTEN": f"127.0.0.1:{self.smtp_port}",
            "CRASH_FOLDER": str(self._orders),
            "PYTHONPATH": os.pathsep.join([str(ROOT), env["PYTHONPATH"]]),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.browsers: dict[str, clients.Browser] = {}  # by the address that is signed in
        self.folders: list[Folder] = []  # from which mail is fetched; where there are any, mail comes by them

    def furnish(self) -> None:
        """Set the scene, on an empty database."""
        self._set_scene("desk")

    def _set_scene(self, *what: str) -> None:
        subprocess.run([sys.executable, "-m", "tests.crash.scene", *what], env=self._env, cwd=ROOT, check=True)

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._program, "serve", "--port", str(self.port)],
                env=self._env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.is_well)

    def is_well(self) -> bool:
        """Whether pages are served, jobs are done and mail is taken."""
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"it ended: {self._log.read_text()[-3000:]}")
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200 and clients.answers(self.smtp_port)
        except OSError:
            return False

    def kill_everybody(self) -> None:
        """The parent and all its children, at once."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        until(lambda: not clients.answers(self.port))
        self.presume_dead()

    def stop_gently(self) -> int:
        """As a service manager does; the code that it ends with."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(30)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def sign_in(self, address: str) -> None:
        self.browsers[address] = clients.Browser(self.port, address, scene.PASSWORD)

    def fetch_from(self, folder: Folder) -> None:
        """From now on mail comes by this account."""
        self._set_scene("source", str(folder.server.port), folder.user, folder.afterwards)
        self.folders.append(folder)

    def add_followers(self, count: int) -> None:
        """Have so many readers follow its news."""
        self._set_scene("followers", str(count))

    def hand_in(self, mail: EmailMessage) -> None:
        """Have a mail come in; whoever sends it has been told that it is accepted when this returns."""
        if not self.folders:
            clients.hand_in(self.smtp_port, mail)
            return
        folder = self.folders[zlib.crc32(mail.as_bytes()) % len(self.folders)]
        folder.server.deliver(mail.as_bytes(policy=SMTP), user=folder.user)

    def steps_of(self, work: str) -> int:
        """How many steps a work has had, at most."""
        file = self._orders / f"steps of {work}"
        return file.stat().st_size if file.exists() else 0

    def order_to_die(self, work: str, step: int | str, passing: int) -> None:
        """Whoever comes to this step of this work for the so-manieth time dies before taking it."""
        for name in ("order", "taken", "died"):
            (self._orders / name).unlink(missing_ok=True)
        coming = self._orders / "coming"
        order = {"number": next(_numbers), "work": work, "step": step, "passing": passing}
        coming.write_text(json.dumps(order))
        coming.rename(self._orders / "order")

    def died(self) -> Died | None:
        """Who followed the order, and is gone."""
        file = self._orders / "died"
        if not file.exists():
            return None
        word = Died(**json.loads(file.read_text()))
        until(lambda: not _lives(word.pid))
        return word

    def kill_at(
        self, work: str, step: int | str, passing: int, come_about: Callable[[Callable[[], object]], object]
    ) -> Died | None:
        """Have something come about. Whoever comes to this step of this work meanwhile is killed: their last word.

        come_about: gets what it is to call again and again, until all is done.
        """
        died: Died | None = None

        def look() -> None:
            nonlocal died
            if died is None and (died := self.died()):
                self.presume_dead(died.pid)

        self.order_to_die(work, step, passing)
        come_about(look)
        self.take_order_back()
        if died:
            print(f"{work:28} {step:>20} before {died.before:32} {len(died.in_hand) - 1} more in hand")
        return died

    def take_order_back(self) -> None:
        (self._orders / "order").unlink(missing_ok=True)

    def presume_dead(self, pid: int | None = None) -> None:
        """As if half a minute had gone by since a process (or all of them) died: its leases have run out."""
        workers = f" AND worker LIKE '%:{pid}:%'" if pid else ""
        self.ask(f"UPDATE jobs_job SET lease_until = '2020-01-01 00:00:00+00:00' WHERE state = 'running'{workers}")
        self.ask(f"UPDATE mail_source SET lease_until = '2020-01-01 00:00:00+00:00' WHERE worker <> ''{workers}")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The database itself, past all of our code."""
        with self.database() as database:
            asked = database.execute(sql)
            return list(asked.fetchall()) if asked.description else []

    @contextmanager
    def database(self) -> Iterator[Any]:
        if url := self._env.get("TUKI_DATABASE_URL"):
            with psycopg.connect(url, autocommit=True) as postgres:
                yield postgres
            return
        sqlite = sqlite3.connect(self.data / "tuki.sqlite3", timeout=60, isolation_level=None)
        try:
            yield sqlite
        finally:
            sqlite.close()

    @property
    def is_on_sqlite(self) -> bool:
        return "TUKI_DATABASE_URL" not in self._env

    def has_nothing_to_do(self) -> bool:
        """Whether all work is done. Work that was given up is none that is done."""
        given_up = self.ask("SELECT kind, last_error FROM jobs_job WHERE state = 'failed'")
        if given_up:
            raise AssertionError(f"given up: {given_up}")
        jobs = f"SELECT 1 FROM jobs_job WHERE kind IN {JOBS}"
        timers = "SELECT 1 FROM jobs_timer WHERE kind = 'tickets.send_draft'"
        to_put_away = "SELECT 1 FROM mail_rawmail WHERE to_put_away"
        # In this order: what is dealt with has its job by then, and what has not been fetched yet has none.
        if not all(folder.is_dealt_with() for folder in self.folders):
            return False
        return not self.ask(f"{jobs} UNION ALL {timers} UNION ALL {to_put_away} LIMIT 1")

    def wait_until(
        self,
        holds: Callable[[], object],
        meanwhile: Callable[[], object] = lambda: None,
        patience: float = PATIENCE,
    ) -> None:
        """Until something is so, and all work is done. meanwhile: called again and again."""
        end = time.monotonic() + patience
        while not (holds() and self.has_nothing_to_do()):
            if time.monotonic() > end:
                raise AssertionError(f"not done: {self.ask('SELECT * FROM jobs_job LIMIT 50')}")
            meanwhile()
            time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # it ends before we look, or while we do
        return False
    return state != "Z"


def counted(found: Any) -> dict[Any, int]:
    """How often each comes, for comparisons whose difference one can read."""
    return dict(sorted(Counter(found).items()))
