"""Mails that did not find their way: put on a ticket by hand, or let in with their sender."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import WhoSubmits
from tuki.files.models import File
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.lib.refusal import Refused, require
from tuki.mail import actions as mails
from tuki.mail.lists import waiting_for_right
from tuki.mail.policy import may_run_mail
from tuki.mail.trust.authentication import Authenticity
from tuki.people import actions as people
from tuki.people import queries as people_queries
from tuki.people.actor import Actor
from tuki.people.models import Organization, Person
from tuki.people.policy import may_sign_in
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying
from tuki.tickets.actions._locking import locked
from tuki.tickets.doubt import Doubt
from tuki.tickets.models import Message, Ticket

if TYPE_CHECKING:
    from tuki.mail.models import RawMail


def place_mail(
    ticket: Ticket,
    mail: "RawMail",
    body: str,
    *,
    sender: Person | None,
    identity: str,
    quoted: str = "",
    files: Iterable[File] = (),
    by: Actor,
) -> Message:
    """Make a mail of the ledger a message: its sender's, which both sides read, or an internal note of whoever acts.

    sender: whose message it becomes, and whose the files are; None for a note. identity: by which further copies of the
    mail are known. Raises Refused where something became of the mail already, where the ticket takes no more, and for
    a mail that says it is an agent's: a From is easily forged, and nobody speaks for the desk by it.
    """
    words = _saying.prepare(body, quoted=quoted, files=files)
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(may_run_mail(by) and policy.may_work(by, ticket))
        if sender is None:
            message = _saying.say_inside(ticket, words, raw_mail=mail.pk, by=by)
        else:
            author = Actor(sender, Via.EMAIL, by.at)
            if policy.is_support(author, ticket):
                raise Refused(_("This mail says it is from an agent. Put it there as an internal note."))
            doubt = Doubt.FORGED if mail.authenticity == Authenticity.FAIL else ""
            message = _saying.say(ticket, words, raw_mail=mail.pk, doubt=doubt, by=author)
            record(events.MailPlaced(message.pk), on=ticket, by=by)
        mails.place(mail, ticket.pk, message.pk, identity=identity, by=by)
    return message


def let_in(mail: "RawMail", company: Organization | None = None, *, by: Actor) -> Person:
    """Give the sender of a mail that waits for it the right to send requests, and have all that wait so read again.

    company: whose person they are; unless given, their own or that of their mail domain. Raises Refused where there is
    none, where its package has no seat left, and for whoever is suspended there, has not accepted its invitation, or
    has no account any more.
    """
    require(may_run_mail(by))
    company = company or people_queries.company_for(mail.sender)
    rule = policy.who_submits(Via.EMAIL)
    if company is None and rule != WhoSubmits.ANYONE:
        raise Refused(_("Name the company that this person belongs to."), field="company")
    with transaction.atomic():
        person = people.meet(mail.sender, by=by)
        if not may_sign_in(person):
            raise Refused(_("The account of %(person)s is closed.") % {"person": person})
        if company is not None:
            place = people.join(person, company, by=by)
            if rule == WhoSubmits.SEATS:
                people.give_seat(place, by=by)
        for one in waiting_for_right(mail.sender):
            mails.run_again(one, by=by)
    return person
