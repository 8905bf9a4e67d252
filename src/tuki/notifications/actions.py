"""Mails that no entry of the journal stands behind."""

from tuki.mail import actions as mail
from tuki.people.actor import Actor


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
