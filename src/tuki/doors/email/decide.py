"""What becomes of a mail: a ticket, a reply, nothing with a reason, or something for an administrator to look at.

A mail's words, its From included, are a stranger's claim. What it may do follows from what its sender may do: one who
carries a ticket's number, its Message-IDs or even its signed address without having a place on it gets a ticket of
their own, which only agents see to be linked.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tuki.doors.content import Content, content_of
from tuki.doors.email import answers, nuisance, reports, threads
from tuki.jobs.queue import Ending, Later
from tuki.lib.refusal import Denied, Refused, require
from tuki.mail import actions as mails
from tuki.mail import queries as mail_queries
from tuki.mail.automatic import Automatic
from tuki.mail.decider import decides
from tuki.mail.parse import Mail, parse
from tuki.people import actions as people_actions
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import actions as tickets
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.mail.models import RawMail
    from tuki.people.models import Person
    from tuki.tickets.models import Ticket

_MOST_COPIES = 30  # of the people a mail names


class _Aside(Exception):
    """This mail ends here.

    ignored: nothing is lost by that; else it goes to quarantine. refused: the sender is told how to get the right to
    write. report: what it says of a mail of ours.
    """

    def __init__(
        self, reason: str, *, ignored: bool = False, refused: bool = False, report: reports.Report | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.ignored, self.refused, self.report = reason, ignored, refused, report


@decides
def decide(raw: "RawMail", by: Actor, ending: Ending) -> None:
    """Read a mail, and do what it asks for together with saying how it ended."""
    whole = raw.content()
    mail = parse(whole)
    signs = nuisance.signs_of(whole, mail)
    try:
        sender = _sender(raw, mail, signs, by)
        content = content_of(mail, by=sender)
        with ending():
            _require_first(raw, mail)
            _act(raw, mail, signs, content, sender)
            mails.heard_from(mail.sender.address if mail.sender else "", by=sender)
    except _Aside as aside:
        with ending():
            _put_aside(raw, mail, aside, by)


def _sender(raw: "RawMail", mail: Mail, signs: nuisance.Signs, by: Actor) -> Actor:
    """Whose mail it is, as an Actor who may write to us. Raises _Aside where nothing is to become of it."""
    _require_first(raw, mail)
    report = reports.report_of(raw, mail)
    if report is not None:
        what = "A mail server's report" if report.about else "A mail server's report on no mail of ours"
        raise _Aside(f"{what}: {report.bounce.words}"[:500], ignored=True, report=report)
    if signs.mark and signs.mark.ours:
        raise _Aside("Our own mail, come back.", ignored=True)
    if mail.automatic == Automatic.REPLY or (signs.mark and signs.mark.automatic):
        raise _Aside("An automatic reply.", ignored=True)
    if mail.sender is None:
        raise _Aside("It does not say who sent it.")
    if mail_queries.is_ours(mail.sender.address):
        raise _Aside("It says that it comes from the desk's own address.")
    if mail_queries.awaits(mail.chain, before=raw):
        raise Later(timedelta(seconds=3), "it answers a mail that is being read")
    person = _person(raw, mail, by)
    if person is None and mail.automatic:
        raise _Aside(f"Written by a machine ({mail.automatic}), and by none that may write to us.", ignored=True)
    if person is None and signs.spam:
        raise _Aside(f"Spam ({signs.spam}), of a sender who has no right to send requests.", ignored=True)
    if person is None:
        raise _Aside("Its sender has no right to send requests, and was told how to get it.", refused=True)
    return replace(by, person=person)


def _person(raw: "RawMail", mail: Mail, by: Actor) -> "Person | None":
    """Who wrote; a stranger becomes known if that gives them the right to write. None for those without it."""
    assert mail.sender is not None
    known = people.by_address(mail.sender.address)
    if known is not None:
        if known.is_system:
            raise _Aside("It says that it comes from the desk itself.")
        actor = Actor(known)
        if policy.may_submit(actor) or any(policy.may_reply(actor, one) for one in threads.candidates(raw, mail)):
            return known
        return None
    if mail.automatic:
        return None
    try:
        with transaction.atomic():
            language = raw.mailbox.language if raw.mailbox else ""
            person = people_actions.meet(mail.sender.address, name=mail.sender.name, language=language, by=by)
            require(policy.may_submit(Actor(person)))
        return person
    except Denied:
        return None  # and whom we only just met is forgotten again
    except Refused as refusal:
        raise _Aside(str(refusal)) from refusal


def _require_first(raw: "RawMail", mail: Mail) -> None:
    """The same mail may come by two ways, or twice by one: only the first copy counts."""
    twin = mail_queries.same_mail(mail.identity, other_than=raw)
    if twin is not None:
        raise _Aside(f"The same mail as #{twin.pk}.", ignored=True)


def _act(raw: "RawMail", mail: Mail, signs: nuisance.Signs, content: Content, sender: Actor) -> None:
    """Make it a reply where its sender has a place on a ticket that it names, else a ticket."""
    named = closed = None
    for ticket in threads.candidates(raw, mail):
        named = named or ticket
        if signs.is_blocked or not _may_join(ticket, raw, mail, sender):
            continue
        if nuisance.is_going_round(ticket, content.body, sender):
            raise _Aside("Its sender said the same several times within an hour, as a machine does.", ignored=True)
        try:
            _reply(ticket, raw, mail, content, sender)
        except Refused:
            closed = ticket  # it takes no more: a new one follows it up
            break
        return
    spam: str | None = signs.spam
    if spam is None and named is not None and named.spam and named.requester_id == sender.person_id:
        spam = ""  # they go on where they were not heard
    _submit(raw, mail, content, sender, mentions=None if closed else named, follow_up_of=closed, spam=spam)


def _may_join(ticket: "Ticket", raw: "RawMail", mail: Mail, sender: Actor) -> bool:
    """Whether the sender has a place on a ticket. Raises _Aside for an agent whom the mail does not prove to be one."""
    if not sender.is_agent or ticket.requester_id == sender.person_id:
        return policy.may_reply(sender, ticket)
    # An agent sees nearly everything, and a From is easily forged: only an answer to what we wrote to that very agent
    # about that very ticket speaks for the desk.
    written_to = any(
        found.thread == ticket.pk and found.person == sender.person_id for found in threads.reply_addresses(raw, mail)
    )
    if not written_to or not _is_verified(mail, sender) or not policy.may_work(sender, ticket):
        raise _Aside(f"It says it is an agent's word on #{ticket.number}, and nothing shows that it is.")
    return True


def _is_verified(mail: Mail, sender: Actor) -> bool:
    assert mail.sender is not None
    assert sender.person is not None
    return people.addresses(sender.person).filter(email=mail.sender.address, verified=True).exists()


def _reply(ticket: "Ticket", raw: "RawMail", mail: Mail, content: Content, sender: Actor) -> None:
    with transaction.atomic():  # all of it or, where the ticket is closed, none
        message = tickets.reply(
            ticket, content.body, quoted=content.quoted, files=content.files, raw_mail=raw.pk, by=sender
        )
        # A forged From and a guessed number may speak, which everyone sees. They bring nobody in to listen.
        copies = _copies(mail) if threads.is_answer(ticket, raw, mail) else []
        if copies:
            tickets.add_copies(ticket, copies, refuse=False, by=sender)
    mails.became_reply(raw, ticket.pk, message.pk, identity=mail.identity, by=sender)


def _submit(
    raw: "RawMail",
    mail: Mail,
    content: Content,
    sender: Actor,
    *,
    mentions: "Ticket | None",
    follow_up_of: "Ticket | None",
    spam: str | None,
) -> None:
    if not policy.may_submit(sender):
        raise _Aside("Its sender has no right to send requests, and was told how to get it.", refused=True)
    ticket = tickets.submit(
        threads.without_tag(mail.subject),
        content.body,
        team=raw.mailbox.team if raw.mailbox else None,
        copies=_copies(mail),
        only_allowed_copies=True,
        files=content.files,
        quoted=content.quoted,
        raw_mail=raw.pk,
        follow_up_of=follow_up_of,
        mentions=mentions,
        spam=spam,
        by=sender,
    )
    first = ticket.messages.values_list("pk", flat=True)[0]
    mails.became_ticket(raw, ticket.pk, first, identity=mail.identity, by=sender)


def _copies(mail: Mail) -> list[str]:
    """Whom else the mail was written to."""
    return [who.address for who in (*mail.to, *mail.cc) if who != mail.sender][:_MOST_COPIES]


def _put_aside(raw: "RawMail", mail: Mail, aside: _Aside, by: Actor) -> None:
    twin = mail_queries.same_mail(mail.identity, other_than=raw)
    identity = None if twin else mail.identity
    if aside.report is not None and twin is None:
        reports.note(aside.report, by=by)
    if aside.refused and twin is None:
        answers.say_how_to_get_access(raw, mail, by=by)
    if aside.ignored:
        mails.ignore(raw, aside.reason, identity=identity, copy_of=twin, by=by)
    else:
        mails.quarantine(raw, aside.reason, identity=identity, by=by)
