"""Other processes on the test's own database: real workers and web nodes, to be killed, stopped and asked."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.db import connection

SOURCE = Path(__file__).parents[1] / "src"


def environment(data: Path) -> dict[str, str]:
    """The environment of a process whose database is the test's. data: a folder of its own."""
    data.mkdir(exist_ok=True)
    made = {name: value for name, value in os.environ.items() if not name.startswith(("TUKI_", "PROMETHEUS_"))}
    made |= {"TUKI_DATA": str(data), "PYTHONPATH": str(SOURCE), "TUKI_SECRET_KEY": "the same in each process of a test"}
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        made["TUKI_DATABASE_URL"] = urlsplit(os.environ["TUKI_DATABASE_URL"])._replace(path=f"/{name}").geturl()
    elif not (data / "tuki.sqlite3").exists():
        (data / "tuki.sqlite3").symlink_to(name)  # its journal lies beside the file itself
    return made


@contextmanager
def running(code: str, data: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has Django at hand; it is killed at the end, should it still run."""
    code = f"import django; django.setup()\n{code}"
    env = environment(data) | {"DJANGO_SETTINGS_MODULE": "tuki.config.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(word: str, process: subprocess.Popen[str]) -> None:
    """Until the process says this word on a line of its own."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    said: IO[str] | None = process.stderr
    raise AssertionError(f"it ended before it said {word!r}: {said.read() if said else ''}")
