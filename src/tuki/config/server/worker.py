"""The worker process: jobs, timers, and the door that mail comes in by."""

import importlib
import signal
import threading

from django.conf import settings

from tuki.jobs.worker import Worker


def run(threads: int) -> None:
    """Work until SIGTERM comes, then finish what is in hand."""
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
    working = [Worker(threads)]
    if settings.SMTP_LISTEN:
        receiver = importlib.import_module("tuki.mail.receiver")  # only here: not every node takes mail
        working.append(receiver.Receiver(*settings.SMTP_LISTEN))
    for part in working:
        part.start()
    told_to_stop.wait()
    for part in reversed(working):
        part.stop()
