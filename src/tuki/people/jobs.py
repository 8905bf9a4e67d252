"""Sessions that have ended are forgotten; seats whose time is over end."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from tuki.jobs.daily import daily
from tuki.jobs.queue import BULK, Ending, enqueue, job
from tuki.journal.via import Via
from tuki.people import actions
from tuki.people.actions._seating import SEAT_RUNS_OUT
from tuki.people.actions.importing import WORK
from tuki.people.actor import Actor
from tuki.people.models import Import, ImportLine
from tuki.people.queries import system

_HELPING = 500


@daily("people.end_sessions")
def end_sessions(now: datetime) -> bool:
    ended = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:_HELPING]
    return Session.objects.filter(pk__in=list(ended)).delete()[0] == _HELPING


@job(WORK, priority=BULK)
def take_in(batch: int, *, ending: Ending) -> None:
    """Try, or do, some lines of a table, and go on until none is left."""
    more = actions.work_on_import(batch, by=Actor(system(), Via.RULE))
    with ending():
        if more:
            enqueue(WORK, batch=batch)


@daily("people.forget_imports")
def forget_imports(now: datetime) -> bool:
    """What a table said is not kept longer than its report is of use."""
    old = Import.objects.filter(made_at__lt=now - timedelta(days=30)).values_list("pk", flat=True)[:1]
    lines = ImportLine.objects.filter(batch__in=list(old)).values_list("pk", flat=True)[:_HELPING]
    if ImportLine.objects.filter(pk__in=list(lines)).delete()[0]:
        return True
    return Import.objects.filter(pk__in=list(old)).delete()[0] > 0


@job(SEAT_RUNS_OUT)
def let_seat_run_out(subject: int, at: str, *, ending: Ending) -> None:
    """End a right to use support at the moment that was set for it."""
    with ending():
        actions.let_seat_run_out(subject, by=Actor(system(), Via.RULE, datetime.fromisoformat(at)))
