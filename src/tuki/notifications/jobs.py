"""Turning an entry of the journal into mails."""

from tuki.jobs.queue import Ending, job
from tuki.journal.queries import entry as entry_of
from tuki.journal.via import Via
from tuki.mail import actions as mail
from tuki.notifications.letters import letters_about
from tuki.people import queries as people
from tuki.people.actor import Actor


@job("notifications.tell", priority=30)
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
            mail.post(
                kind=letter.kind,
                address=letter.person.email,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                person_id=letter.person.pk,
                entry_id=entry,
                thread=letter.ticket.pk if letter.ticket else None,
                message=letter.message.pk if letter.message else None,
                language=letter.language,
                automatic=letter.automatic,
                from_address=letter.from_address,
                attachments=letter.attachments,
                headers=letter.headers,
                earlier=letter.earlier,
                author_id=letter.author_id,
                by=by,
            )
