"""Make what the commands in bin/ run on: .venv from requirements/, and message catalogs from .po files.

Run by bin/environment when something is missing or stale. It has to work before anything is installed, so it knows only
the standard library and pip. pip alone is quick enough (some ten seconds: the requirements name every package, so
nothing is left to resolve), and it takes packages from wherever this machine's pip is told to.
"""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import catalogs

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def main(wanted: str) -> None:
    with one_at_a_time():
        if not works():
            make()
        if not installed(wanted):
            install(wanted)
        for po in sorted((ROOT / "src").rglob("*.po")):
            catalogs.refresh(po)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two first starts at the same time: the second waits and then finds everything there."""
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def works() -> bool:
    """Whether .venv has a Python and a pip that run: not after half a start, or when the system's Python moved on."""
    try:
        return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make() -> None:
    say(f"Making {VENV}")
    try:
        run(sys.executable, "-m", "venv", "--clear", VENV)
    except subprocess.CalledProcessError:
        raise SystemExit("python3 -m venv failed, see above. On Debian and Ubuntu: apt install python3-venv") from None
    # Relative to site-packages, so that the checkout may move.
    [packages] = VENV.glob("lib/python3*/site-packages")
    (packages / "tuki.pth").write_text("../../../../src\n", encoding="utf-8")


def installed(wanted: str) -> bool:
    stamp = VENV / f"installed-{wanted}.txt"
    return stamp.exists() and stamp.read_bytes() == (REQUIREMENTS / f"{wanted}.txt").read_bytes()


def install(wanted: str) -> None:
    say(f"Installing requirements/{wanted}.txt (once; half a minute)")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    try:
        run(*pip, "--no-deps", "--require-hashes", "-r", REQUIREMENTS / f"{wanted}.txt")
    except subprocess.CalledProcessError:
        raise SystemExit("pip could not install what Tuki needs, see above.") from None
    # A copy is the stamp: the shell can compare it without a tool for hashes. dev.txt holds all of runtime.txt.
    for done in {wanted, "runtime"}:
        shutil.copyfile(REQUIREMENTS / f"{done}.txt", VENV / f"installed-{done}.txt")


def run(*command: str | Path) -> None:
    # What a command prints is for the person, not for whoever reads our output.
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def say(words: str) -> None:
    print(f"{words} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except catalogs.Unreadable as mistake:
        raise SystemExit(f"{mistake}") from None
