"""The worker process: jobs, timers, fetching mail, and the doors that mail comes in by."""

import signal
import threading
from typing import Protocol

from django.conf import settings

from tuki.jobs.worker import Worker


class _Part(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


def run(threads: int) -> None:
    """Work until SIGTERM comes, then finish what is in hand."""
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
    from tuki.mail.fetching.fetcher import Fetcher  # only here: web processes fetch no mail, and take none
    from tuki.mail.receiver import Receiver

    working: list[_Part] = [Worker(threads), Fetcher()]
    if settings.SMTP_LISTEN:
        working.append(Receiver(*settings.SMTP_LISTEN))
    if settings.LMTP_LISTEN:
        working.append(Receiver(*settings.LMTP_LISTEN, lmtp=True))
    for part in working:
        part.start()
    told_to_stop.wait()
    for part in reversed(working):
        part.stop()
