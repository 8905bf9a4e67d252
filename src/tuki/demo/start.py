"""Making a demo what it shows, in a process of its own before the first page is served."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from tuki.demo.place import Place


class NotMade(Exception):
    """The desk could not be made; why was told where it happened."""


def make(place: Place, say: Callable[[str], None]) -> None:
    """Apply the blueprint, and fill the desk if nobody has. Raises NotMade.

    In a process of its own: what serves is forked from here, and may have neither threads nor connections by then.
    """
    if place.filled:
        return
    pid = os.fork()
    if not pid:
        os._exit(_made(place, say))

    def stop(*_: object) -> NoReturn:
        os.kill(pid, signal.SIGKILL)  # the transaction that fills the desk has never begun then
        sys.exit(1)

    before = signal.signal(signal.SIGTERM, stop)
    if os.waitpid(pid, 0)[1]:
        raise NotMade
    signal.signal(signal.SIGTERM, before)
    place.remember()


def _made(place: Place, say: Callable[[str], None]) -> int:
    try:
        _make(place, say)
    except Exception:
        logging.getLogger("tuki.demo").exception("the desk could not be made")
        return 1
    return 0


def _make(place: Place, say: Callable[[str], None]) -> None:
    from tuki.blueprint import actions
    from tuki.blueprint.reading import SHIPPED, read_folder
    from tuki.config.server.prepare import prepare
    from tuki.demo.filling import fill
    from tuki.journal.via import Via
    from tuki.people.actor import Actor
    from tuki.people.queries import system
    from tuki.tickets.models import Ticket

    prepare()
    actions.apply(read_folder(SHIPPED / place.desk), by=Actor(system(), Via.IMPORT))
    if not Ticket.objects.exists():
        say(f"Filling the desk of {place.desk} (once) …")
        fill(place.desk)
