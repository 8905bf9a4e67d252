"""`bin/test`: the tests on SQLite, then on PostgreSQL, and one line at the end that counts both.

What a machine lacks is installed where we may (apt, as root). What could not run is named at the end and counts as a
failure: a green run means that everything ran. What asks no database runs on SQLite, as browser tests do; on PostgreSQL
only those of them that are marked `both`. The cases of what is marked `either` are parted between the two. With --all,
and where only one database is asked for, everything runs.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import psycopg

from tests import throwaway_postgres
from tests.plugins import dovecot
from tests.plugins.browser import HEADLESS, chromium

LIMIT = 20 * 60  # seconds for a leg: one that hangs is worth as little as one that fails
LIMIT_OF_ALL = 120 * 60


@dataclass
class Leg:
    """What became of the tests on one database."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    not_run: str = ""

    def __str__(self) -> str:
        if self.not_run:
            return f"{self.name:12}NOT RUN: {self.not_run}"
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{self.name:12}{counts} in {self.seconds:.0f} s"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/test", description=__doc__, allow_abbrev=False)
    parser.add_argument("--all", action="store_true", help="also the soak, and every one of what is otherwise sampled")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="only this database")
    options, arguments = parser.parse_known_args()

    provide(postgres=options.on != "sqlite")
    legs = []
    if options.on != "postgresql":
        legs.append(run("SQLite", "", options.all, options.on is not None, arguments))
    if options.on != "sqlite":
        try:
            with postgres_server() as url:
                legs.append(run("PostgreSQL", url, options.all, options.on is not None, arguments))
        except throwaway_postgres.NotHere as reason:
            legs.append(Leg("PostgreSQL", failed=1, not_run=str(reason)))
    if dovecot.installed() is None:
        legs.append(Leg("Dovecot", failed=1, not_run="no Dovecot on this machine (apt install dovecot-imapd)"))
    if chromium() is None:
        legs.append(Leg("Browser", failed=1, not_run="no Chromium on this machine (apt install chromium)"))
    return told(legs)


def provide(*, postgres: bool) -> None:
    """Install what is missing, where we may; elsewhere say what to install. Never fatal: a leg says what it lacks."""
    missing = lacking(postgres=postgres)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        if missing:
            print(f"Missing here: {' '.join(missing)} (on Debian and Ubuntu: sudo apt install {' '.join(missing)})")
        return
    if not missing and shutil.which(HEADLESS):
        return
    apt("apt-get", "update")
    if apt("apt-cache", "show", HEADLESS):  # Debian has it, Ubuntu has not
        missing = [HEADLESS, *(each for each in missing if each != "chromium")]
    if missing:
        print(f"Installing {' '.join(missing)} …", flush=True)
        apt("apt-get", "install", "--yes", "--no-install-recommends", *missing, loud=True)


def lacking(*, postgres: bool) -> list[str]:
    """Debian's packages without which something can't run."""
    missing = []
    if chromium() is None:
        missing += ["chromium", "fonts-liberation"]
    if dovecot.installed() is None:
        missing += ["dovecot-imapd"]  # the mail server from which tests fetch mail
    if shutil.which("msgfmt") is None:
        missing += ["gettext"]  # makemessages, for the test that no text lacks its translation
    if postgres and standing_server() is None and throwaway_postgres.installed() is None:
        missing += ["postgresql"]
    return missing


def apt(*command: str, loud: bool = False) -> bool:
    """Whether it went well; loud: say so where it did not."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode and loud:
        print(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.returncode == 0


@contextmanager
def postgres_server() -> Iterator[str]:
    if standing := standing_server():
        yield standing
    else:
        with throwaway_postgres.running() as url:
            yield url


def standing_server() -> str | None:
    """A server on this machine that lets us in without a password and lets us make databases."""
    for user in ["postgres", os.environ.get("USER", "root")]:
        url = f"postgres://{user}@127.0.0.1:5432/postgres"
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                able = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                if connection.execute(able).fetchone() == (True,):
                    return url
        except psycopg.OperationalError:
            continue
    return None


def run(name: str, database: str, everything: bool, alone: bool, arguments: list[str]) -> Leg:
    print(f"\n=== {name} ===", flush=True)
    environment = {key: value for key, value in os.environ.items() if key != "TUKI_DATABASE_URL"}
    if database:
        environment["TUKI_DATABASE_URL"] = database
    leg = Leg(name)
    with tempfile.TemporaryDirectory(prefix="tuki-leg-") as folder:
        counts = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", f"--junit-xml={counts}", "-m", chosen(everything, alone)]
        # Starting more than one process costs some seconds: only for a run of everything.
        if not any(not argument.startswith("-") or argument.startswith("-n") for argument in arguments):
            # One more than there are cores: browsers and servers are often waited for. PostgreSQL lets in a hundred at
            # once, and each process has a server with twenty.
            command += ["-n", str(min(4, (os.cpu_count() or 1) + 1)), "--dist=worksteal"]
        started = time.monotonic()
        code = wait(command + arguments, environment, LIMIT_OF_ALL if everything else LIMIT)
        leg.passed, leg.failed, leg.skipped = counted(counts)
        leg.seconds = time.monotonic() - started
    # 5: no test was chosen, as when only browser tests were asked for.
    if code not in {0, 5} and not leg.failed:
        leg.failed = 1
    return leg


def counted(results: Path) -> tuple[int, int, int]:
    """How many passed, failed and were skipped."""
    passed = failed = skipped = 0
    for suite in ElementTree.parse(results).iter("testsuite") if results.exists() else ():
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        left_out = int(suite.get("skipped", 0))
        passed, failed, skipped = passed + int(suite.get("tests", 0)) - bad - left_out, failed + bad, skipped + left_out
    return passed, failed, skipped


def chosen(everything: bool, alone: bool) -> str:
    """pytest's -m for this leg. alone: there is no other."""
    terms = []
    if not everything:
        terms += ["not soak", "not full"]
        if not alone:
            terms += ["not elsewhere"]
    if chromium() is None:
        terms += ["not browser"]
    if dovecot.installed() is None:
        terms += ["not dovecot"]
    return " and ".join(terms)


def wait(command: list[str], environment: dict[str, str], limit: float) -> int:
    # A session of its own, so that what hangs can be ended together with the servers that it started.
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        print(f"Not done after {limit / 60:.0f} minutes: ended.", flush=True)
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        raise SystemExit(130) from None


def told(legs: list[Leg]) -> int:
    print()
    for leg in legs:
        print(leg)
    passed, failed, skipped = (sum(getattr(leg, count) for leg in legs) for count in ["passed", "failed", "skipped"])
    if not passed + failed + skipped:
        print("No test was chosen.")
        failed = 1
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
