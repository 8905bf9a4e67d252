"""Turning an entry of the journal into mails."""

from datetime import datetime

from tuki.jobs.queue import BULK, Ending, clear_timer, enqueue, job
from tuki.journal.queries import entry as entry_of
from tuki.journal.via import Via
from tuki.notifications import actions, digests, telling
from tuki.notifications.letters import letters_about
from tuki.people import queries as people
from tuki.people.actor import Actor


@job("notifications.tell", priority=30, waits_for_disk=False)
def tell(entry: int, *, ending: Ending) -> None:
    """Ask who may still know of it, write to each in their language, and hand the mails over.

    A mail is unique by entry, person and kind: to do this twice makes none twice.
    """
    about = entry_of(entry)
    # Written before the transaction: rendering is slow, and who may know is asked of the database as it is now.
    letters = letters_about(about) if about else []
    by = Actor(people.system(), Via.RULE)
    with ending():
        for letter in letters:
            actions.hand_over(letter, entry=entry, by=by)


@job("notifications.tell_followers", priority=BULK)
def tell_followers(entry: int, *, ending: Ending) -> None:
    """Tell the next helping of followers of a publish. How far it has come is kept with each few mails."""
    more = telling.tell_some(entry)
    with ending():
        if more:
            enqueue(tell_followers, entry=entry)


@job(digests.DIGEST, priority=BULK)
def send_digests(subject: int, at: str, *, ending: Ending) -> None:
    """Make the next helping of daily and weekly mails that are due by a morning."""
    morning = datetime.fromisoformat(at)
    digests.make_some(morning)
    with ending():
        if digests.are_due(morning):
            enqueue(send_digests, subject=subject, at=at)
        else:
            clear_timer(digests.DIGEST, subject)
