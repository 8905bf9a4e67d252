"""What a ticket's timers do when they ring, and what a new right to write brings with it."""

from contextlib import suppress
from datetime import datetime

from django.utils import timezone

from tuki.jobs.queue import Ending, job
from tuki.journal.via import Via
from tuki.lib.refusal import Refused
from tuki.mail import actions as mail_actions
from tuki.mail.queries import waiting_for_right
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.queries import system
from tuki.tickets import actions, policy
from tuki.tickets.marks import SEND_DRAFT


@job(SEND_DRAFT, priority=20)
def send_draft(subject: int, at: str, *, ending: Ending) -> None:
    """Let a draft leave whose seconds for taking it back are over."""
    with ending():
        actions.send_due_draft(subject, by=Actor(system(), Via.RULE, datetime.fromisoformat(at)))


@job("tickets.take_up_mails", priority=50)
def take_up_mails(person: int, *, ending: Ending) -> None:
    """Read again what somebody mailed before they had the right to, unless they lost it meanwhile."""
    with ending():
        writer = people.person(person)
        if writer is None or not policy.may_submit(Actor(writer)):
            return
        by = Actor(system(), Via.RULE)
        for mail in waiting_for_right(person, at=timezone.now()):
            with suppress(Refused):  # somebody has it in hand
                mail_actions.run_again(mail, by=by)
