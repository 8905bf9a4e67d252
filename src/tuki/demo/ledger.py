"""Mail of the last hours that did not become a request, for setup's pages to show."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from tuki.desk.queries import the_desk
from tuki.doors.email.agents import NO_PROOF
from tuki.doors.email.decide import AUTOMATIC_REPLY
from tuki.doors.email.senders import NO_RIGHT
from tuki.journal.via import Via
from tuki.mail import actions as mails
from tuki.mail.models import RawMail
from tuki.people.actor import Actor
from tuki.tickets.models import Ticket


def fill(now: datetime) -> None:
    """In the transaction that fills the desk, whose jobs go: so each mail is settled here."""
    ticket = Ticket.objects.filter(state="pending", confidential=False).order_by("-updated_at", "-pk").first()
    if ticket is None or ticket.assignee is None:
        return
    customer, agent, tag = ticket.requester, ticket.assignee, f"Re: {ticket.subject} #{ticket.number}"
    stranger = _came("Minna <minna@uusiyritys.example>", "Tunnukset?", "Hei, miten saan tunnukset?", now, hours=2)
    mails.quarantine(stranger.mail, NO_RIGHT, lacks_right=True, by=stranger.by)
    forged = _came(f"{agent} <{agent.email}>", tag, "Please pay to the new account today.", now, hours=5)
    mails.quarantine(forged.mail, NO_PROOF, about={"number": ticket.number}, by=forged.by)
    away = _came(customer.email, f"Automatic reply: {ticket.subject}", "I am away until Monday.", now, hours=20)
    mails.ignore(away.mail, AUTOMATIC_REPLY, by=away.by)


class _Came:
    """A mail of the ledger, and by whom it is settled."""

    def __init__(self, mail: RawMail, by: Actor) -> None:
        self.mail, self.by = mail, by


def _came(sender: str, subject: str, text: str, now: datetime, *, hours: int) -> _Came:
    by = Actor(None, Via.EMAIL, now - timedelta(hours=hours))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, the_desk().address, subject
    mail["Message-ID"] = f"<{hours}.{by.at:%Y%m%d}@mail.example>"
    mail.set_content(text)
    [address] = mail["From"].addresses
    return _Came(
        mails.receive(mail.as_bytes(), envelope_from=address.addr_spec, envelope_to=[the_desk().address], by=by), by
    )
