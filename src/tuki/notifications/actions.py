"""What goes into the one queue: letters about entries of the journal, and mails that no entry stands behind."""

from typing import TYPE_CHECKING

from tuki.mail import actions as mail
from tuki.notifications.letter import Letter
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.mail.models import Delivery


def hand_over(letter: Letter, *, entry: int, by: Actor) -> "Delivery | None":
    """Have a letter sent. It is unique by entry, reader and kind: None where it was handed over before."""
    return mail.post(
        kind=letter.kind,
        address=letter.address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        person_id=letter.person.pk if letter.person else None,
        entry_id=entry,
        thread=letter.ticket.pk if letter.ticket else None,
        message=letter.message.pk if letter.message else None,
        language=letter.language,
        automatic=letter.automatic,
        bulk=letter.bulk,
        from_address=letter.from_address,
        attachments=letter.attachments,
        headers=letter.headers,
        earlier=letter.earlier,
        author_id=letter.author_id,
        by=by,
    )


def sign_in_mail(
    address: str,
    kind: str,
    subject: str,
    text: str,
    html: str,
    *,
    person_id: int | None,
    language: str,
    by: Actor,
) -> None:
    """Put a mail about signing in (a forgotten password, a code, an address to verify) into the one queue."""
    mail.post(
        address=address,
        kind=kind,
        subject=subject,
        text=text,
        html=html,
        person_id=person_id,
        language=language,
        automatic=True,
        by=by,
    )
