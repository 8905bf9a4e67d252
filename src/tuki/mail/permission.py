"""Who says whether a mail may still reach its reader: apps that know what mails tell of, and name themselves here."""

from collections.abc import Callable

from tuki.mail.models import Delivery

Asker = Callable[[Delivery], bool]
_askers: list[Asker] = []


def may_still_leave(asker: Asker) -> Asker:
    """Have this function asked, too, of each mail just before it is handed over, whenever it was made."""
    _askers.append(asker)
    return asker


def is_still_theirs(mail: Delivery) -> bool:
    """Whether its reader may know now what it says: nobody who was asked denies it."""
    return all(asker(mail) for asker in _askers)
