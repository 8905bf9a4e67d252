"""Two real desks that acknowledge what comes in, and write to each other: they fall silent by themselves."""

import itertools
import re
import shutil
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from tests import nodes
from tests.ports import free_port
from tuki.blueprint.reading import SHIPPED

OURS, THEIRS = "support@festum.example", "support@other.example"
SAY_SO = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Tuki-Desk")  # that nobody wrote it
THREAD = ("In-Reply-To", "References", "Reply-To")
QUIET_FOR = 5.0  # seconds in which nothing more is written


class PostOffice:
    """Between the desks: real SMTP on both sides. It passes each mail on, without the header fields it is to lose."""

    def __init__(self, loses: tuple[str, ...]) -> None:
        self.desks: dict[str, int] = {}  # by domain, where it takes mail
        self.passed: list[tuple[str, str]] = []  # sender, subject
        self.last_at = time.monotonic()
        self._loses = loses
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        threading.Thread(
            target=self.carry, args=(envelope.original_content, envelope.mail_from, envelope.rcpt_tos)
        ).start()
        return "250 taken"

    def carry(self, raw: bytes, sender: str, recipients: list[str]) -> None:
        mail = message_from_bytes(raw, policy=SMTP)
        with self._lock:
            self.passed.append((str(mail["From"].addresses[0].addr_spec), str(mail["Subject"])))
            self.last_at = time.monotonic()
        for name in self._loses:
            del mail[name]
        (recipient,) = recipients
        if THREAD[0] in self._loses:
            recipient = re.sub(r"\+[^@]*", "", recipient)
        with smtplib.SMTP("127.0.0.1", self.desks[recipient.rpartition("@")[2]]) as desk:
            desk.sendmail(sender, [recipient], mail.as_bytes())

    @contextmanager
    def open(self) -> Iterator[int]:
        self._controller.start()
        try:
            yield self._controller.port
        finally:
            self._controller.stop()


@contextmanager
def desk(folder: Path, name: str, office: PostOffice, port: int) -> Iterator[None]:
    """A desk of its own, on its own database, with its own key."""
    blueprint = folder / "blueprint"
    shutil.copytree(SHIPPED / "festum", blueprint)
    for file in blueprint.glob("*.toml"):
        words = file.read_text().replace("festum.example", f"{name}.example")
        file.write_text(words.replace('"Festum"', f'"{name.title()}"').replace('"festum"', f'"{name}"'))
    with nodes.fresh_environment(folder / "data") as env:
        (folder / "data" / "static").symlink_to(settings.STATIC_ROOT)
        taking = free_port()
        env |= {
            "TUKI_SECRET_KEY": f"the key of the desk {name}, {'x' * 40}",
            "TUKI_SMTP_LISTEN": f"127.0.0.1:{taking}",
            "TUKI_SMTP_URL": f"smtp://127.0.0.1:{port}",
        }
        tuki = [sys.executable, "-m", "tuki"]
        subprocess.run([*tuki, "blueprint", "apply", str(blueprint)], env=env, check=True, capture_output=True)
        office.desks[f"{name}.example"] = taking
        with nodes.tuki("worker", env=env):
            nodes.until(lambda: _answers(taking))
            yield


def _answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port):
            return True
    except OSError:
        return False


@pytest.mark.long
@pytest.mark.either
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "loses",
    [
        pytest.param((), id="nothing"),
        pytest.param(SAY_SO, id="who-wrote", marks=pytest.mark.full),
        pytest.param(THREAD, id="the-thread", marks=pytest.mark.full),
        pytest.param(SAY_SO + THREAD, id="who-wrote-and-the-thread"),
    ],
)
def test_two_desks_that_acknowledge_each_other_fall_silent_within_three_mails(loses, tmp_path):
    nodes.collect_static_files()
    office = PostOffice(loses)
    first = EmailMessage(policy=SMTP)
    first["From"], first["To"], first["Subject"] = THEIRS, OURS, "The invoice is stuck"
    first["Message-ID"] = "<first@other.example>"
    first.set_content("It won't move.\n")

    with ExitStack() as house:
        port = house.enter_context(office.open())
        for name in ("festum", "other"):
            (tmp_path / name).mkdir()
            house.enter_context(desk(tmp_path / name, name, office, port))
        office.carry(first.as_bytes(), THEIRS, [OURS])
        nodes.until(lambda: len(office.passed) > 1)
        for _ in itertools.count():
            time.sleep(0.2)
            if len(office.passed) > 10 or time.monotonic() - office.last_at > QUIET_FOR:
                break

    assert office.passed[1][0] == OURS  # it did acknowledge
    assert len(office.passed) <= 3, office.passed
