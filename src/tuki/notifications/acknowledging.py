"""Whether a mail is answered by itself, and how much that answer says.

A From is a claim. An acknowledgement to whoever never showed that the address is theirs, by a mail that its domain does
not stand behind, repeats nothing of what the mail said: it may go to somebody who never wrote. And no acknowledgement
keeps a conversation of machines going.
"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tuki.desk.queries import the_desk
from tuki.mail import queries as mail
from tuki.people import queries as people
from tuki.tickets import queries as tickets

if TYPE_CHECKING:
    from tuki.people.models import Person
    from tuki.tickets.models import Message

PROVEN, UNPROVEN = "received", "received_unproven"
_TO_STRANGERS = (UNPROVEN, "no_access")
_WITHIN = timedelta(hours=1)
_BEFORE_SUBJECT = re.compile(r"^(?:\s*(?:\[[^\]]*\]|[a-z]{1,5}\s*:))+", re.I)


def kind_for(person: "Person", message: "Message") -> str:
    """Which acknowledgement tells a person of their first message; empty where none is to."""
    if message.raw_mail is None or message.author_id != person.pk:
        return PROVEN  # written by whoever had signed in, or recorded by an agent, who stands for it
    if message.doubt or mail.stays_unanswered(message.raw_mail):
        return ""
    desk, since = the_desk(), timezone.now() - _WITHIN
    told = mail.told_lately((PROVEN, UNPROVEN), person.email, since=since)
    if len(told) >= desk.acknowledgements_each:
        return ""
    # A machine that hides what it is says the same again, or what we said.
    subjects = [*tickets.subjects(thread for thread, _subject in told), *(subject for _thread, subject in told)]
    if _likeness(message.ticket.subject) in {_likeness(subject) for subject in subjects}:
        return ""
    if people.is_proven(person) or mail.is_proven(message.raw_mail):
        return PROVEN
    return UNPROVEN if has_room_for_strangers() else ""


def has_room_for_strangers() -> bool:
    """Whether one more answer may go to an address that nobody has shown to be its writer's."""
    cap, since = the_desk().acknowledgements_to_strangers, timezone.now() - _WITHIN
    return mail.how_many_told(_TO_STRANGERS, since=since, at_most=cap) < cap


def _likeness(subject: str) -> str:
    """A subject without "Re:", tags and numbers."""
    return " ".join(re.sub(r"[\d\W_]+", " ", _BEFORE_SUBJECT.sub("", subject).casefold()).split())
