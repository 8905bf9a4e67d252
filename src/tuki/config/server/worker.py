"""A worker process: jobs, timers, fetching mail, and the doors that mail comes in by."""

import signal
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tuki.jobs.worker import Worker
from tuki.mail.fetching.fetcher import Fetcher
from tuki.mail.receiver import Receiver

# Seconds until a thread that computes lets another go on. Python's own five milliseconds are what a mail server that
# talks to us would wait for each of our answers while mails are read. Where pages are made nobody waits so often, and
# short turns of four threads cost half as much again as their work.
_TURN = 0.001


class _Part(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class MailDoor:
    """Where mail comes in: a socket that takes connections already. lmtp: a mail server beside us speaks there."""

    listening: socket.socket
    lmtp: bool = False


def run(threads: int, doors: Sequence[MailDoor]) -> None:
    """Work until SIGTERM comes, then finish what is in hand."""
    sys.setswitchinterval(_TURN)
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
    receivers = [Receiver(door.listening, lmtp=door.lmtp) for door in doors]
    working: list[_Part] = [Worker(threads), Fetcher(), *receivers]
    for part in working:
        part.start()
    told_to_stop.wait()
    for part in reversed(working):
        part.stop()
