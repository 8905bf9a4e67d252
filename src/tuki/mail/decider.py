"""Who decides what becomes of a mail: a door, which stands above and names itself here when it starts."""

from collections.abc import Callable

from tuki.jobs.queue import Ending
from tuki.mail.models import RawMail
from tuki.people.actor import Actor

Decider = Callable[[RawMail, Actor, Ending], None]
_deciders: list[Decider] = []


def decides(decider: Decider) -> Decider:
    """Have this function called for each mail that came in, outside any transaction.

    It gets the mail, nobody by mail at the moment when the ledger received it, and `ending`. It reads the mail, enters
    `ending()`, does what the mail asks for and says there how it ended.
    """
    _deciders[:] = [decider]
    return decider


def the_decider() -> Decider | None:
    return _deciders[0] if _deciders else None
