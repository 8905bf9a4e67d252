"""Turning an entry of the journal into mails."""

from tuki.jobs.queue import Ending, job
from tuki.journal.queries import entry as entry_of
from tuki.mail import actions as mail
from tuki.notifications.letters import letters_about


@job("notifications.tell", priority=30)
def tell(entry: int, *, ending: Ending) -> None:
    """Ask who may still know of it, write to each in their language, and hand the mails over.

    A mail is unique by entry, person and kind: to do this twice makes none twice.
    """
    about = entry_of(entry)
    # Written before the transaction: rendering is slow, and who may know is asked of the database as it is now.
    letters = letters_about(about) if about else []
    with ending():
        for letter in letters:
            mail.post(letter)
