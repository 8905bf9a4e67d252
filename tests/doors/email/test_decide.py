"""What becomes of a mail, by who sent it and what it carries."""

from tuki.mail.models import Outcome
from tuki.tickets.models import Ticket


def test_a_mail_becomes_a_ticket_of_its_sender(ada, mail_in):
    came = mail_in(ada, "The invoice is stuck", "It won't move.\n")

    ticket = Ticket.objects.get()
    assert (came.outcome, came.thread, came.message) == (Outcome.TICKET, ticket.pk, ticket.messages.get().pk)
    assert (ticket.subject, ticket.requester, ticket.via) == ("The invoice is stuck", ada.person, "email")
    assert ticket.messages.get().html == "<p>It won't move.</p>"
    assert ticket.created_at == came.received_at
