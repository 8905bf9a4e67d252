"""Who decides what becomes of a mail: a door, which stands above and names itself here when it starts."""

from collections.abc import Callable

from tuki.jobs.queue import Ending
from tuki.mail.models import RawMail

Decider = Callable[[RawMail, Ending], None]
_deciders: list[Decider] = []


def decides(decider: Decider) -> Decider:
    """Have this function called for each mail that came in, outside any transaction.

    It reads the mail, then enters `ending()`, does what the mail asks for, and settles it there.
    """
    _deciders[:] = [decider]
    return decider


def the_decider() -> Decider | None:
    return _deciders[0] if _deciders else None
