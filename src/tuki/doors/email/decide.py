"""What becomes of a mail: a ticket, a reply, nothing with a reason, or something for an administrator to look at.

A mail's words, its From included, are a stranger's claim. What it may do follows from what its sender may do, from
what shows that it is theirs (`mail.authentication`: the domain stands behind it, the mail is forged, or nobody can
tell), and from what it carries of a ticket (`threads.Sign`). One who has no place on the ticket it names gets a ticket
of their own, which only agents see to be linked.

    named as sender      carries            domain stands behind it   nobody can tell           forged
    -------------------  -----------------  ------------------------  ------------------------  --------------------
    who has a place      what we sent them  reply, copies             reply, copies             own ticket, in doubt
    who has a place      others' signs      reply, copies             reply in doubt            own ticket, in doubt
    who has a place      the number         reply, copies             reply in doubt            own ticket, in doubt
    an agent             their own address  reply or #note            as the desk's rule is     quarantine
    an agent             anything less      quarantine                quarantine                quarantine
    an agent             nothing            own ticket                own ticket                quarantine
    an agent             a forwarded mail   the customer's ticket     as without it             quarantine
    who may submit       anything, nothing  own ticket, copies        own ticket, colleagues    own ticket, in doubt
    who may not submit   anything, nothing  quarantine, and told how  quarantine, and told how  quarantine, untold

In doubt: agents read that the sender could not be verified; it brings nobody in to listen, is mailed to no customer,
and is not answered by itself. "Copies": people the mail was also written to are in copy from then on, as the desk's
rule has it. "Colleagues": of these only people of the requester's own company, who can be known to belong; all where
the ticket follows up a closed one and the mail carries what we sent them of that.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_noop

from tuki.doors.content import Content, content_of
from tuki.doors.email import agents, answers, nuisance, reports, senders, threads
from tuki.doors.email.aside import Aside
from tuki.doors.email.forwards import Forward, forwarded
from tuki.doors.email.senders import NO_RIGHT, Sender
from tuki.doors.email.threads import Sign
from tuki.jobs.queue import Ending, Later
from tuki.lib.refusal import Refused
from tuki.mail import actions as mails
from tuki.mail import queries as mail_queries
from tuki.mail.decider import decides
from tuki.mail.parse import Mail, parse
from tuki.mail.reading.automatic import Automatic
from tuki.people.actor import Actor
from tuki.tickets import actions as tickets
from tuki.tickets import policy
from tuki.tickets import queries as ticket_queries
from tuki.tickets.doubt import Doubt

if TYPE_CHECKING:
    from tuki.mail.models import RawMail
    from tuki.tickets.models import Ticket

AUTOMATIC_REPLY = gettext_noop("An automatic reply.")
_MOST_COPIES = 30  # of the people a mail names


@decides
def decide(raw: "RawMail", by: Actor, ending: Ending) -> None:
    """Read a mail, and do what it asks for together with saying how it ended."""
    whole = raw.content()
    mail = senders.passed_on_by_us(parse(whole))
    signs = nuisance.signs_of(whole, mail)
    try:
        _require_somebodys(raw, mail, signs)
        sender = senders.sender_of(raw, mail, by, spam=signs.spam)
        forward = _passed_on(raw, mail, sender)
        customer = agents.customer_of(forward, raw, sender)
        content = content_of(forward.mail if forward and customer else mail, by=sender.actor)
        with ending():
            _require_first(raw, mail)
            if forward and customer:
                agents.record(customer, forward, raw, mail, content, sender)
            else:
                _act(raw, mail, signs, content, sender)
            if not sender.is_forged:
                mails.heard_from(sender.address, by=sender.actor)
    except Aside as aside:
        with ending():
            _put_aside(raw, mail, aside, by)


def _require_somebodys(raw: "RawMail", mail: Mail, signs: nuisance.Signs) -> None:
    """Raises Aside for what no person wrote to us, and Later where another mail is to be read first."""
    _require_first(raw, mail)
    report = reports.report_of(raw, mail)
    if report is not None:
        ours = gettext_noop("A mail server's report: %(words)s")
        others = gettext_noop("A mail server's report on no mail of ours: %(words)s")
        about = {"words": report.bounce.words[:500]}
        raise Aside(ours if report.about else others, about=about, ignored=True, report=report)
    if signs.mark and signs.mark.ours:
        raise Aside(gettext_noop("Our own mail, come back."), ignored=True)
    if mail.automatic == Automatic.REPLY or (signs.mark and signs.mark.automatic):
        raise Aside(AUTOMATIC_REPLY, ignored=True)
    if mail_queries.awaits(mail.chain, before=raw):
        raise Later(timedelta(seconds=3), "it answers a mail that is being read")


def _require_first(raw: "RawMail", mail: Mail) -> None:
    """The same mail may come by two ways, or twice by one: only the first copy counts."""
    twin = mail_queries.same_mail(mail.identity, other_than=raw)
    if twin is not None:
        raise Aside(gettext_noop("The same mail as %(number)s."), about={"number": twin.pk}, ignored=True)


def _passed_on(raw: "RawMail", mail: Mail, sender: Sender) -> Forward | None:
    """What an agent forwards, and does not answer."""
    if not sender.actor.is_agent or threads.reply_addresses(raw, mail):
        return None
    return forwarded(mail)


def _act(raw: "RawMail", mail: Mail, signs: nuisance.Signs, content: Content, sender: Sender) -> None:
    """Make it a reply where its sender has a place on a ticket that it names, else a ticket."""
    named = closed = None
    for ticket in threads.candidates(raw, mail):
        named = named or ticket
        if sender.is_forged or signs.is_blocked:
            break
        if sender.actor.is_agent and ticket.requester_id != sender.actor.person_id:
            agents.answer(ticket, raw, mail, content, sender)
            return
        if not policy.may_reply(sender.actor, ticket):
            continue
        if nuisance.is_going_round(ticket, content.body, sender.actor):
            again = gettext_noop("Its sender said the same several times within an hour, as a machine does.")
            raise Aside(again, ignored=True)
        try:
            _reply(ticket, raw, mail, content, sender)
        except Refused:
            closed = ticket  # it takes no more: a new one follows it up
            break
        return
    spam: str | None = signs.spam
    if spam is None and named is not None and named.spam and named.requester_id == sender.actor.person_id:
        spam = ""  # they go on where they were not heard
    _submit(raw, mail, content, sender, mentions=None if closed else named, follow_up_of=closed, spam=spam)


def _reply(ticket: "Ticket", raw: "RawMail", mail: Mail, content: Content, sender: Sender) -> None:
    shown = sender.is_proven or threads.sign(ticket, raw, mail, sender.actor.person_id) == Sign.OWN
    with transaction.atomic():  # all of it or, where the ticket is closed, none
        message = tickets.reply(
            ticket,
            content.body,
            quoted=content.quoted,
            files=content.files,
            raw_mail=raw.pk,
            doubt="" if shown else Doubt.UNPROVEN,
            by_machine=bool(mail.automatic),
            by=sender.actor,
        )
        # A forged From and a guessed number may speak, which everyone sees. They bring nobody in to listen.
        copies = _copies(mail) if shown else []
        if copies:
            tickets.add_copies(ticket, copies, refuse=False, by=sender.actor)
    mails.became_reply(raw, ticket.pk, message.pk, identity=mail.identity, by=sender.actor)


def _submit(
    raw: "RawMail",
    mail: Mail,
    content: Content,
    sender: Sender,
    *,
    mentions: "Ticket | None",
    follow_up_of: "Ticket | None",
    spam: str | None,
) -> None:
    if not policy.may_submit(sender.actor):
        raise Aside(NO_RIGHT, refused=True)
    person = sender.actor.person_id
    shown = sender.is_proven or (follow_up_of is not None and threads.sign(follow_up_of, raw, mail, person) == Sign.OWN)
    ticket = tickets.submit(
        threads.without_tag(mail.subject),
        content.body,
        team=raw.mailbox.team if raw.mailbox else None,
        copies=[] if sender.is_forged else _copies(mail),
        only_allowed_copies=True,
        only_colleagues=not shown,
        files=content.files,
        quoted=content.quoted,
        raw_mail=raw.pk,
        follow_up_of=follow_up_of,
        mentions=mentions,
        spam=spam,
        doubt=Doubt.FORGED if sender.is_forged else "",
        by=sender.actor,
    )
    mails.became_ticket(
        raw,
        ticket.pk,
        ticket_queries.first_message_of(ticket),
        identity=mail.identity,
        calls_for_no_answer=mail_queries.calls_for_no_answer(mail),
        by=sender.actor,
    )


def _copies(mail: Mail) -> list[str]:
    """Whom else the mail was written to."""
    return [who.address for who in (*mail.to, *mail.cc) if who != mail.sender][:_MOST_COPIES]


def _put_aside(raw: "RawMail", mail: Mail, aside: Aside, by: Actor) -> None:
    twin = mail_queries.same_mail(mail.identity, other_than=raw)
    identity = None if twin else mail.identity
    if aside.report is not None and twin is None:
        reports.note(aside.report, by=by)
    if aside.refused and twin is None:
        answers.say_how_to_get_access(raw, mail, by=by)
    if aside.tells and twin is None:
        answers.say_that_nothing_came_of_it(raw, mail, aside, by=by)
    if aside.ignored:
        mails.ignore(raw, aside.reason, about=aside.about, identity=identity, copy_of=twin, by=by)
    else:
        mails.quarantine(raw, aside.reason, about=aside.about, identity=identity, lacks_right=aside.refused, by=by)
