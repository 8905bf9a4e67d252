"""What agents do by mail: answer, note, and pass on what a customer wrote to them.

An agent's address is easily put into a From, and what an agent says goes out in the desk's name. So a mail speaks for
an agent only where the address is verified as theirs, its domain stands behind it or says nothing at all (as
the desk's `agents_by_mail` has it), and, for an answer, where it was written to the address that we made for this very
agent and ticket. Anything less is set aside.
"""

import re
import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from tuki.desk.queries import the_desk
from tuki.doors.content import Content
from tuki.doors.email import senders, threads
from tuki.doors.email.aside import Aside
from tuki.doors.email.forwards import Forward
from tuki.doors.email.senders import Sender
from tuki.lib.html import clean, from_text, has_content, to_text
from tuki.lib.refusal import Refused
from tuki.mail import actions as mails
from tuki.mail import queries as mail_queries
from tuki.mail.parse import Mail
from tuki.people import queries as people
from tuki.tickets import actions as tickets
from tuki.tickets import policy
from tuki.tickets import queries as ticket_queries

if TYPE_CHECKING:
    from tuki.mail.models import RawMail
    from tuki.people.models import Person
    from tuki.tickets.models import Ticket

# The first line of an answer that only agents shall read. As desks' languages say it, and never translated: fingers
# learn it.
NOTE = frozenset({"note", "muistiinpano", "anteckning", "notitie"})

NO_PROOF = gettext_noop("It says it is an agent's word on #%(number)s, and nothing shows that it is.")
_WORDS = "|".join(sorted(NOTE))
# What an editor, a keyboard or a hurry makes of the command; "Note" alone is one too, "Note that it works" is none.
_NEARLY_ALONE = re.compile(rf"[\W_]*#[\W_]*({_WORDS})[\W_]*", re.I)
_NEARLY_FIRST = re.compile(rf"[\W_]*(?:#[\W_]*({_WORDS})\b.*|({_WORDS})[\W_]*)", re.I)
_COMMAND = re.compile(r"#([^\W\d_]\w*)")
_BEFORE_COMMAND = re.compile(r"\A((?:\s|&nbsp;|<[^>]*>)*)#\w+[ \t:]*")
_EMPTY_AT_START = re.compile(
    r"\A((?:\s|<[^>/]+>)*?)<(p|div|span|b|strong|em|i|u)(?: [^>]*)?>(?:\s|&nbsp;|<br\s*/?>)*</\2>", re.I
)
_BREAK_AT_START = re.compile(r"\A((?:\s|<(?:p|div|span)(?: [^>]*)?>)*)<br\s*/?>\s*", re.I)


def answer(ticket: "Ticket", raw: "RawMail", mail: Mail, content: Content, sender: Sender) -> None:
    """Say on a ticket what an agent has mailed: to the customer, or, where its first line is #note, to agents alone.

    Raises Aside where the mail does not show that it is this agent's, or what they meant by it.
    """
    if not threads.was_written_to(ticket, raw, mail, sender.actor.person_id):
        raise Aside(NO_PROOF, about={"number": ticket.number})
    if mail.automatic:
        raise Aside(gettext_noop("Written by a machine of an agent's."), ignored=True)
    if not sender.has_verified_address or not _may_speak(sender):
        raise Aside(gettext_noop("Nothing shows that this mail is the agent's whose address it names."), tells=True)
    if not policy.may_work(sender.actor, ticket):
        raise Aside(gettext_noop("Its sender may not work on #%(number)s."), about={"number": ticket.number})
    command, body = _command(content.body)
    if command and command not in NOTE:
        unknown = gettext_noop("Its first line is a command that is not known: #%(word)s")
        raise Aside(unknown, about={"word": command}, tells=True)
    if not command and (word := _nearly_a_note(to_text(body))):
        nearly = gettext_noop("It may be meant for agents alone: its first line is nearly #%(word)s, and not quite.")
        raise Aside(nearly, about={"word": word}, tells=True)
    if settings.PUBLIC_URL + reverse("workspace:ticket", args=[ticket.number]) in body:
        # The customer must get no mail that was for agents.
        raise Aside(gettext_noop("It repeats our own mail, and what was written can't be told from it."), tells=True)
    say = tickets.note if command else tickets.reply
    try:
        message = say(ticket, body, files=content.files, raw_mail=raw.pk, by=sender.actor)
    except Refused as refusal:
        raise Aside(str(refusal), tells=True) from refusal
    mails.became_reply(raw, ticket.pk, message.pk, identity=mail.identity, by=sender.actor)


def _may_speak(sender: Sender) -> bool:
    """Whether this mail may speak for the agent whose signed address it was written to."""
    rule = the_desk().agents_by_mail
    if rule == "never":
        return False
    # A domain that has a rule must stand behind this mail by it.
    return sender.is_proven or (rule == "signed" and sender.findings.says_nothing)


def _command(html: str) -> tuple[str, str]:
    """The word of a first line such as #note, in small letters, and what was written without it."""
    html = clean(html)
    found = _COMMAND.match(to_text(html))
    if found is None:
        return "", html
    html = _BEFORE_COMMAND.sub(r"\1", html)
    for _round in range(5):
        html = _BREAK_AT_START.sub(r"\1", _EMPTY_AT_START.sub(r"\1", html))
    return found[1].lower(), html


def _nearly_a_note(text: str) -> str:
    """The word of a command that was meant and missed, on the first line, or alone on one of the first three."""
    shown = "".join(
        letter for letter in unicodedata.normalize("NFKC", text[:2000]) if unicodedata.category(letter) != "Cf"
    )
    lines = [line for line in shown.split("\n") if line.strip()][:3]
    found = _NEARLY_FIRST.fullmatch(lines[0]) if lines else None
    found = found or next((hit for line in lines[1:] if (hit := _NEARLY_ALONE.fullmatch(line))), None)
    return next(word for word in found.groups() if word).lower() if found else ""


def customer_of(forward: Forward | None, raw: "RawMail", sender: Sender) -> "Person | None":
    """Whose mail an agent passes on, where it becomes that customer's request; None where it stays the agent's own."""
    if forward is None or not sender.is_proven or not sender.has_verified_address:
        return None
    if the_desk().agents_by_mail == "never" or mail_queries.is_ours(forward.sender.address):
        return None
    known = people.by_address(forward.sender.address)
    if known is not None:
        return None if known.is_agent or known.is_system or not known.is_active else known
    try:
        return senders.newcomer(forward.sender, raw, sender.actor)
    except Aside:
        return None  # it is no address


def record(customer: "Person", forward: Forward, raw: "RawMail", mail: Mail, content: Content, sender: Sender) -> None:
    """Make a customer's request of what they wrote to an agent; what the agent wrote above it is for agents.

    content: the customer's words and all files.
    """
    ticket = tickets.submit(
        threads.without_tag(forward.subject),
        content.body,
        requester=customer,
        team=raw.mailbox.team if raw.mailbox else None,
        files=content.files,
        quoted=content.quoted,
        raw_mail=raw.pk,
        mentions=next(threads.candidates(raw, mail), None),
        by=sender.actor,
    )
    words = from_text(forward.words)
    if has_content(words):
        tickets.note(ticket, words, by=sender.actor)
    mails.became_ticket(
        raw,
        ticket.pk,
        ticket_queries.first_message_of(ticket),
        identity=mail.identity,
        calls_for_no_answer=mail_queries.calls_for_no_answer(mail),
        by=sender.actor,
    )
