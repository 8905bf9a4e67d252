"""What a ticket's timers do when they ring."""

from datetime import datetime

from tuki.jobs.queue import Ending, job
from tuki.journal.via import Via
from tuki.people.actor import Actor
from tuki.people.queries import system
from tuki.tickets import actions
from tuki.tickets.marks import SEND_DRAFT


@job(SEND_DRAFT, priority=20)
def send_draft(subject: int, at: str, *, ending: Ending) -> None:
    """Let a draft leave whose seconds for taking it back are over."""
    with ending():
        actions.send_due_draft(subject, by=Actor(system(), Via.RULE, datetime.fromisoformat(at)))
