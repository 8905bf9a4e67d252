"""Uploads that no message took are swept away."""

from datetime import datetime

from tuki.files import actions
from tuki.jobs.daily import daily
from tuki.journal.via import Via
from tuki.people.actor import Actor
from tuki.people.queries import system


@daily("files.sweep")
def sweep(now: datetime) -> bool:
    return actions.sweep(now, by=Actor(system(), Via.RULE, now)) > 0
