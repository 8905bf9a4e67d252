"""Servers under measure: started as in production, and what their processes cost."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Node:
    """A parent process with its children. started_in: seconds from the command to the first page."""

    process: "subprocess.Popen[bytes]"
    port: int
    smtp_port: int = 0
    started_in: float = 0.0

    def pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *(int(pid) for pid in children.split())]

    def cpu(self) -> float:
        """Seconds of processor time, of all processes and of the database for them."""
        return sum(_cpu(pid) for pid in [*self.pids(), *_backends()])

    def memory(self) -> float:
        """PSS of all processes, in MiB: what is shared counts once."""
        return sum(_pss(pid) for pid in self.pids()) / 1024


@contextmanager
def tuki(environment: dict[str, str], *, smtp_port: int = 0, workers: int | None = None) -> Iterator[Node]:
    """`tuki serve` on the data that the environment names."""
    more = ["--workers", str(workers)] if workers else []
    if smtp_port:
        environment = environment | {"TUKI_SMTP_LISTEN": f"127.0.0.1:{smtp_port}"}
    with _started(["tuki", "serve", *more], environment, "/healthz") as node:
        node.smtp_port = smtp_port
        yield node


@contextmanager
def yardsticks(environment: dict[str, str]) -> Iterator[Node]:
    """L1, L2 and L3 on our own server, with as many processes."""
    with _started(["bench.yardsticks"], environment, "/L1") as node:
        yield node


@contextmanager
def _started(command: list[str], environment: dict[str, str], path: str) -> Iterator[Node]:
    port = free_port()
    began = time.monotonic()
    log = Path(environment["TUKI_DATA"]) / f"{command[0]}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", str(port)],
            env=os.environ | environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    node = Node(process, port)
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"{command[0]} does not start: {log.read_text()[-2000:]}")
            time.sleep(0.01)
        node.started_in = time.monotonic() - began
        yield node
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, path: str) -> bool:
    visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        visitor.request("GET", path)
        return bool(visitor.getresponse().read())
    except OSError:
        return False
    finally:
        visitor.close()


OURSELVES = "bench"  # as PostgreSQL knows the connections of whoever measures, one for each thread that asks


def _backends() -> list[int]:
    """PostgreSQL's processes that work for the desk; ours are none of them. On SQLite the work is in the caller."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name <> %s",
            [OURSELVES],
        )
        return [pid for (pid,) in cursor.fetchall()]


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
