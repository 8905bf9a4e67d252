"""What the help center's timers do when they ring."""

from datetime import datetime

from tuki.jobs.queue import Ending, job
from tuki.journal.via import Via
from tuki.knowledge import actions
from tuki.knowledge.marks import PUBLISH, UNPUBLISH
from tuki.people.actor import Actor
from tuki.people.queries import system


@job(PUBLISH, priority=20)
def publish(subject: int, at: str, *, ending: Ending) -> None:
    """Publish a draft whose moment has come."""
    with ending():
        actions.settle_due(subject, by=Actor(system(), Via.RULE, datetime.fromisoformat(at)))


@job(UNPUBLISH, priority=20)
def unpublish(subject: int, at: str, *, ending: Ending) -> None:
    """Take a translation away whose time is over."""
    with ending():
        actions.settle_due(subject, by=Actor(system(), Via.RULE, datetime.fromisoformat(at)))
