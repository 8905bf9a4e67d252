"""Whether a mail that lets its reader in may still leave: what it asks for may be taken back while it waits."""

from typing import TYPE_CHECKING

from tuki.mail.permission import may_still_leave
from tuki.notifications.letters import letters_about

if TYPE_CHECKING:
    from tuki.mail.models import Delivery

_LET_IN = {"invitation", "colleague", "main_contact"}  # kinds of mails


@may_still_leave
def it_would_be_written_now(mail: "Delivery") -> bool:
    """As for a mail that is yet to be made: the place is offered still, the main contact is still the one."""
    if mail.kind not in _LET_IN or mail.entry is None:
        return True
    return any(letter.kind == mail.kind for letter in letters_about(mail.entry))
