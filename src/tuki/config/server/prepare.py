"""What must be so before anything serves: tables, and static files with their names and compressed forms."""

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections

from tuki.config.server.tables import bring_up_to_date

_LOCK = 0x74756B69  # "tuki": any number that all nodes agree on


def prepare() -> None:
    """Bring the database and the static files to what this version needs. Any number of starts may do so at once."""
    data = Path(settings.STATIC_ROOT).parent
    data.mkdir(parents=True, exist_ok=True)
    with _alone_on_this_machine(data / "prepare.lock"):
        with _alone_on_the_database():
            bring_up_to_date()
        collect_static_files()
    connections.close_all()


@contextmanager
def _alone_on_this_machine(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _alone_on_the_database() -> Iterator[None]:
    """On PostgreSQL, where other nodes may start at the same time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        while True:  # asked anew, since a wait for a lock is cut short after five seconds
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if cursor.fetchone()[0]:
                break
            time.sleep(0.2)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def collect_static_files() -> None:
    """Only when one of them has changed: it takes seconds. Older names stay, for pages that are open."""
    stamp = Path(settings.STATIC_ROOT) / "collected"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def _fingerprint() -> str:
    """Of every static file's name, size and time, and of how they are stored."""
    seen = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            seen.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()
