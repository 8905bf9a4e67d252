"""Where a demo's data lies, and that it is a demo's: whoever reads /outbox needs no password.

Nothing here needs Django, whose settings are read from what this decides.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

_SOURCE = Path(__file__).resolve().parent.parent
_CHECKOUT = _SOURCE.parent.parent


class Unfit(Exception):
    """A folder can't be used; the words say in one line why."""


@dataclass(frozen=True)
class Place:
    """A folder of ours, held against other demos for as long as this lives. filled: with the blueprint as it is now."""

    folder: Path
    desk: str
    filled: bool
    lock: TextIO

    def remember(self) -> None:
        """That the desk is there, and which blueprint it was last made like."""
        _write(self.folder, {"desk": self.desk, "blueprint": _fingerprint(self.desk)})


def default_folder(desk: str) -> Path:
    """In the checkout, else in the user's cache."""
    if (_CHECKOUT / "bin" / "tuki").exists():
        return _CHECKOUT / "data" / f"demo-{desk}"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "tuki" / f"demo-{desk}"


def claim(folder: Path, desk: str) -> Place:
    """Take a folder for a demo. Raises Unfit where it holds something else, or another demo runs there."""
    folder = folder.absolute()
    note = folder / "demo.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not note.exists() and any(folder.iterdir()):
            raise Unfit(f"{folder} holds something that is no demo's; name another folder with --data")
        known = json.loads(note.read_text()) if note.exists() else {"desk": desk}
        if known["desk"] != desk:
            raise Unfit(f"{folder} holds the demo of {known['desk']}; name another folder with --data")
        if not note.exists():
            _write(folder, known)
        lock = (folder / "demo.lock").open("w")
    except OSError as error:
        raise Unfit(f"can't use {folder}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError):
        raise Unfit(f"{note} can't be read; remove {folder} to begin anew") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unfit(f"a demo runs on {folder} already; stop it, or name another folder with --data") from None
    return Place(folder, desk, known.get("blueprint") == _fingerprint(desk), lock)


def _write(folder: Path, note: dict[str, str]) -> None:
    """Whole or not at all."""
    new = folder / "demo.json.new"
    new.write_text(json.dumps(note))
    new.rename(folder / "demo.json")


def _fingerprint(desk: str) -> str:
    seen = hashlib.sha256()
    for path in sorted((_SOURCE / "blueprints" / desk).glob("*.toml")):
        seen.update(path.read_bytes())
    return seen.hexdigest()


def set_environment(env: MutableMapping[str, str], place: Place, port: int) -> None:
    """Point Tuki's settings at the demo, and away from whatever desk this shell was set up for."""
    for name in [name for name in env if name.startswith("TUKI_")]:
        del env[name]
    env.update(
        TUKI_DEMO="1",
        TUKI_DATA=str(place.folder),
        TUKI_URL=f"http://127.0.0.1:{port}",
        TUKI_SMTP_LISTEN=f"127.0.0.1:{port + 25}",
    )
