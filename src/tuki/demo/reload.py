"""The demo, started again whenever one of Tuki's files changes: for whoever works on them."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

SOURCE = Path(__file__).resolve().parent.parent
_WATCHED = {".py", ".html", ".txt", ".css", ".js", ".svg", ".toml", ".mo"}
_LOOKS = 0.5  # seconds between looks


class _Stopped(Exception):
    """SIGTERM came."""


def run(arguments: list[str], say: Callable[[str], None]) -> None:
    """Run `tuki` with these arguments, and again at each change, until told to stop."""
    signal.signal(signal.SIGTERM, _stop)
    known = seen()
    child = _start(arguments)
    try:
        while True:
            time.sleep(_LOOKS)
            now = seen()
            if now != known:
                say(f"{_changed(known, now)} changed; starting again …")
                known = now
                _end(child)
                child = _start(arguments)
            elif child.poll() not in {None, 0}:
                say("Waiting for a change.")
                while seen() == known:
                    time.sleep(_LOOKS)
            elif child.poll() == 0:
                return
    except (KeyboardInterrupt, _Stopped):
        pass
    finally:
        _end(child)


def seen() -> dict[Path, int]:
    """When each file that matters was last written."""
    return {
        path: path.stat().st_mtime_ns
        for path in SOURCE.rglob("*")
        if path.suffix in _WATCHED and "__pycache__" not in path.parts and path.is_file()
    }


def _changed(before: dict[Path, int], after: dict[Path, int]) -> str:
    different = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    return str(different[0].relative_to(SOURCE))


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-P", "-m", "tuki", *arguments])


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        child.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped
