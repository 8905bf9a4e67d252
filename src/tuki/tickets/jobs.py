"""What a ticket's timers do when they ring, and what a new right to write brings with it."""

from contextlib import suppress
from datetime import datetime

from django.utils import timezone

from tuki.jobs.queue import BULK, Ending, enqueue, job
from tuki.journal.via import Via
from tuki.lib.refusal import Refused
from tuki.mail import actions as mail_actions
from tuki.mail.queries import waiting_for_right
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.queries import system
from tuki.tickets import actions, policy
from tuki.tickets.actions.leaving import HAND_ON
from tuki.tickets.actions.talking import UNDO_FOR
from tuki.tickets.marks import SEND_DRAFT
from tuki.tickets.queries import leaving


@job(SEND_DRAFT, priority=20, waits_for_disk=False)
def send_draft(subject: int, at: str, *, ending: Ending) -> None:
    """Let a draft leave whose seconds for taking it back are over."""
    with ending():
        actions.send_due_draft(subject, by=Actor(system(), Via.RULE, datetime.fromisoformat(at)))


@job(HAND_ON, priority=BULK)
def hand_on(departure: int, *, ending: Ending) -> None:
    """Hand on some of what an agent had who left, and go on until nothing is left."""
    by = Actor(system(), Via.RULE)
    more = actions.hand_on(departure, by=by)
    with ending():
        if more:
            enqueue(HAND_ON, departure=departure)
        elif leaving.words_are_leaving(departure):
            enqueue(HAND_ON, departure=departure, delay=UNDO_FOR)
        else:
            actions.end_departure(departure, by=by)


@job("tickets.take_up_mails", priority=50)
def take_up_mails(person: int, *, ending: Ending) -> None:
    """Read again what somebody mailed before they had the right to, unless they lost it meanwhile."""
    with ending():
        writer = people.person(person)
        if writer is None or not policy.may_submit(Actor(writer, Via.EMAIL)):
            return
        by = Actor(system(), Via.RULE)
        for mail in waiting_for_right(person, at=timezone.now()):
            with suppress(Refused):  # somebody has it in hand
                mail_actions.run_again(mail, by=by)
