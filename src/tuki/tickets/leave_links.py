"""Links by which somebody in copy leaves a conversation without signing in. Signed, and good for as long as they like.

A link says who and which ticket, and lets its holder do nothing but leave and come back: it opens no other page.
"""

from django.core import signing

from tuki.people.models import Person
from tuki.tickets.models import Ticket

_SALT = "tuki.tickets.leave_links"


def token_for(ticket: Ticket, person: Person) -> str:
    return signing.dumps([ticket.pk, person.pk], salt=_SALT)


def read(token: str) -> tuple[Ticket, Person] | None:
    """The ticket and the person that a link was made for; None for one that we did not make."""
    try:
        ticket_id, person_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    ticket = Ticket.objects.filter(pk=ticket_id, trashed_at=None).first()
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    return (ticket, person) if ticket and person else None
