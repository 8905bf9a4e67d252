"""Links by which somebody in copy leaves a conversation, or a follower a company, without signing in.

Signed, and good for as long as they like. A link says who and what of, and lets its holder do nothing but leave and
come back: it opens no other page.
"""

from django.core import signing

from tuki.people.models import Organization, Person
from tuki.tickets.models import Ticket

_SALT = "tuki.tickets.leave_links"
_OF_COMPANY = "tuki.tickets.leave_links.company"


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


def company_token_for(organization: int, person: Person) -> str:
    return signing.dumps([organization, person.pk], salt=_OF_COMPANY)


def read_company(token: str) -> tuple[Organization, Person] | None:
    """The company and the follower that a link was made for; None for one that we did not make."""
    try:
        organization_id, person_id = signing.loads(token, salt=_OF_COMPANY)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    organization = Organization.objects.select_related("merged_into").filter(pk=organization_id).first()
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    return (organization.merged_into or organization, person) if organization and person else None
