"""A PostgreSQL server for one run of the tests: in a temporary folder, on a free port, gone afterwards."""

import getpass
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

DEBIAN = Path("/usr/lib/postgresql")


class NotHere(Exception):
    """This machine can't run a server of ours; says why."""


@contextmanager
def running() -> Iterator[str]:
    """The server's address as TUKI_DATABASE_URL wants it. Raises NotHere."""
    binaries = installed()
    if binaries is None:
        raise NotHere("no PostgreSQL on this machine (apt install postgresql)")
    owner = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="tuki-postgres-"))
    try:
        shutil.chown(folder, owner)
        password = secrets.token_hex()
        (folder / "password").write_text(password, encoding="ascii")
        shutil.chown(folder / "password", owner)
        port = free_port()
        # Every user of this machine reaches its port.
        safe: list[str | Path] = ["--username=tuki", "--auth=scram-sha-256", "--pwfile=password"]
        _run([binaries / "initdb", "--pgdata=data", "--encoding=UTF8", "--locale=C.UTF-8", *safe], folder, owner)
        # Nothing in it outlives the run: no need to wait for the disk.
        settings = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c full_page_writes=off"
        control: list[str | Path] = [binaries / "pg_ctl", "--pgdata=data", "--wait"]
        _run([*control, f"--options={settings}", "--log=log", "start"], folder, owner)
        try:
            yield f"postgres://tuki:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "--mode=immediate", "stop"], folder, owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed() -> Path | None:
    """The folder of initdb and pg_ctl, the newest where there are several; Debian keeps them off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def _unprivileged() -> str:
    """Who the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str | Path], folder: Path, owner: str) -> None:
    user = owner if os.geteuid() == 0 else None
    # To a file and not a pipe: the server keeps what it was started with open.
    with (folder / "said").open("w+", encoding="utf-8") as said:
        code = subprocess.run(
            command, cwd=folder, user=user, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
        ).returncode
        said.seek(0)
        if code:
            raise NotHere(f"{command[0]}: {said.read().strip()}")
