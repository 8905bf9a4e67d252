"""Who says whether a mail may still reach its reader: an app that knows what mails tell of, and names itself here."""

from collections.abc import Callable

from tuki.mail.models import Delivery

Asker = Callable[[Delivery], bool]
_askers: list[Asker] = []


def may_still_leave(asker: Asker) -> Asker:
    """Have this function asked of each mail about a thread just before it is handed over, whenever it was made."""
    _askers[:] = [asker]
    return asker


def is_still_theirs(mail: Delivery) -> bool:
    """Whether its reader may know now what it says."""
    return all(asker(mail) for asker in _askers)
