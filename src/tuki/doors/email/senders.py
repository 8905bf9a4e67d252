"""Who wrote a mail, as far as it says so, and how sure that is."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from tuki.doors.email import threads
from tuki.doors.email.aside import Aside
from tuki.jobs.queue import Later
from tuki.journal.via import Via
from tuki.lib.refusal import Denied, Refused, require
from tuki.mail import actions as mails
from tuki.mail import queries as mail_queries
from tuki.mail.parse import Mail
from tuki.mail.reading.automatic import Automatic, takes_no_answer
from tuki.mail.reading.headers import Address
from tuki.mail.trust.authentication import Authenticity, Findings, Way, authenticate
from tuki.mail.trust.resolver import the_resolver
from tuki.people import actions as people_actions
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.mail.models import RawMail
    from tuki.people.models import Person

NO_RIGHT = gettext_noop("Its sender has no right to send requests, and was told how to get it.")
# An agent's word waits for DNS, so long; who else they are may stay open.
_ASKS_AGAIN_FOR, _ASKS_AGAIN_IN = timedelta(hours=1), timedelta(minutes=5)


@dataclass(frozen=True)
class Sender:
    """Whom a mail names as its sender, and what shows that it is theirs."""

    actor: Actor
    address: str
    findings: Findings

    @property
    def is_proven(self) -> bool:
        return self.findings.authenticity == Authenticity.PASS

    @property
    def is_forged(self) -> bool:
        return self.findings.authenticity == Authenticity.FAIL

    @property
    def has_verified_address(self) -> bool:
        """Whether they have shown that mail to this address reaches them."""
        assert self.actor.person is not None
        return people.addresses(self.actor.person).filter(email=self.address, verified=True).exists()


def passed_on_by_us(mail: Mail) -> Mail:
    """A mail as its sender wrote it, where the list that passed it on is an address of the desk's: a group lies behind
    that, and everybody's mail comes through it."""
    ours = mail.automatic == Automatic.LIST and any(mail_queries.is_our_list(name) for name in mail.lists)
    return replace(mail, automatic=Automatic.NONE) if ours else mail


def sender_of(raw: "RawMail", mail: Mail, by: Actor, *, spam: str | None) -> Sender:
    """Whose mail it is, if they may write to us. Raises Aside where nothing is to become of it.

    spam: by what it is known as such; nobody is told then how to get the right to write.
    """
    if mail.sender is None:
        raise Aside(gettext_noop("It does not say who sent it."))
    if mail_queries.is_ours(mail.sender.address):
        raise Aside(gettext_noop("It says that it comes from the desk's own address."))
    if mail.automatic == Automatic.PERHAPS:
        raise Aside(gettext_noop("It may be the note of somebody who is away, or a customer's word on absences."))
    known = people.by_address(mail.sender.address)
    if known is not None and known.is_system:
        raise Aside(gettext_noop("It says that it comes from the desk itself."))
    findings = _findings(raw, mail)
    mails.know_sender(raw, findings, by=by)
    forged = findings.authenticity == Authenticity.FAIL
    if known is not None and known.is_agent:
        if forged:
            raise Aside(gettext_noop("The sender could not be verified: it says that it is an agent's, and it is not."))
        if findings.could_not_ask and timezone.now() < raw.received_at + _ASKS_AGAIN_FOR:
            raise Later(_ASKS_AGAIN_IN, "the domain of its sender can't be asked")
    person = known if known and _may_write(known, raw, mail, forged) else None
    by_nobody = mail.automatic == Automatic.BULK or (bool(mail.automatic) and takes_no_answer(mail.sender.address))
    if known is None and not by_nobody:
        person = newcomer(mail.sender, raw, by)
    if person is None and by_nobody:
        raise Aside(gettext_noop("Written by a machine, and by none that may write to us."), ignored=True)
    if person is None and spam:
        raise Aside(gettext_noop("Spam, of a sender who has no right to send requests."), ignored=True)
    if person is None and forged:
        raise Aside(gettext_noop("The sender could not be verified, and strangers have no right to send requests."))
    if person is None and mail.automatic:
        raise Aside(gettext_noop("A list or a program passed it on, and its sender has no right to send requests."))
    if person is None:
        raise Aside(NO_RIGHT, refused=True)
    return Sender(replace(by, person=person), mail.sender.address, findings)


def _findings(raw: "RawMail", mail: Mail) -> Findings:
    """Whether it is from whom it names. What was shown when it came stays shown: keys and machines change."""
    if raw.authenticity == Authenticity.PASS:
        return Findings.from_json(raw.authentication)
    # What neither came by SMTP nor was fetched, a server beside us has handed over by LMTP: it says who brought it.
    ip = raw.client_ip or ("" if raw.source_id else "127.0.0.1")
    way = Way(ip, raw.helo, raw.envelope_from)
    return authenticate(raw.content(), mail.sender, way, settings.MAIL_TRUST, the_resolver())


def _may_write(person: "Person", raw: "RawMail", mail: Mail, forged: bool) -> bool:
    actor = Actor(person, Via.EMAIL)
    if policy.may_submit(actor):
        return True
    return not forged and any(policy.may_reply(actor, ticket) for ticket in threads.candidates(raw, mail))


def newcomer(who: Address, raw: "RawMail", by: Actor) -> "Person | None":
    """Somebody we did not know, who becomes known if that gives them the right to write.

    None for others, who are forgotten again. Raises Aside where it is no address.
    """
    try:
        with transaction.atomic():
            language = raw.mailbox.language if raw.mailbox else ""
            person = people_actions.meet(who.address, name=who.name, language=language, by=by)
            require(policy.may_submit(Actor(person, Via.EMAIL)))
        return person
    except Denied:
        return None
    except Refused as refusal:
        raise Aside(str(refusal)) from refusal
