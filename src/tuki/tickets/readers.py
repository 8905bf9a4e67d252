"""Whether a mail about a ticket may still reach its reader: rights are asked again as it leaves."""

from typing import TYPE_CHECKING

from tuki.mail.permission import may_still_leave
from tuki.people import queries as people
from tuki.tickets.policy import reads_now

if TYPE_CHECKING:
    from tuki.mail.models import Delivery


@may_still_leave
def reader_sees_the_ticket(mail: "Delivery") -> bool:
    """A mail may wait for hours, and whoever it is for may be suspended meanwhile.

    What answers a stranger's mail, or goes to somebody whom we don't know by name, has no reader to ask for.
    """
    if mail.entry_id is None or mail.thread is None or mail.person_id is None:
        return True
    if reads_now(mail.person_id, mail.thread):
        return True
    # A duplicate's tickets moved to whom it was found to be, and a mail that was made before goes there too.
    reader = people.person(mail.person_id)
    return reader is not None and reader.merged_into_id is not None and reads_now(reader.merged_into_id, mail.thread)
