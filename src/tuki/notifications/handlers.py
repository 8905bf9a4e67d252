"""What is worth a mail. Asked inside the change's transaction, so only: is there work? The rest is the job's."""

from typing import TYPE_CHECKING

from tuki.jobs.queue import enqueue
from tuki.journal.events import Event
from tuki.journal.record import hears
from tuki.journal.via import Via
from tuki.knowledge.events import Followed, Published
from tuki.notifications import jobs
from tuki.notifications.models import Telling, Waiting
from tuki.people.events import ColleagueInvited, Invited, MainContactNamed, PersonsMerged, SignedUp, TwoFactorReset
from tuki.tickets.events import Assigned, FoundNoSpam, Replied, Solved, Submitted

if TYPE_CHECKING:
    from tuki.journal.models import Entry


_AFTER_READING = 45  # a job's priority, behind that of reading mail


@hears(Replied, FoundNoSpam, Invited, TwoFactorReset, ColleagueInvited, MainContactNamed, SignedUp)
def somebody_hears(event: Event, entry: "Entry") -> None:
    enqueue(jobs.tell, entry=entry.pk)


@hears(Submitted)
def the_requester_hears_that_it_came(event: Submitted, entry: "Entry") -> None:
    """Where many mails came at once, all of them become tickets before the first is acknowledged."""
    enqueue(jobs.tell, entry=entry.pk, priority=_AFTER_READING if entry.via == Via.EMAIL else None)


@hears(Assigned)
def the_new_assignee_hears(event: Assigned, entry: "Entry") -> None:
    """Not who took it themselves, and nobody hears of a ticket that was put back."""
    if event.new is not None and event.new != entry.person_id:
        enqueue(jobs.tell, entry=entry.pk)


@hears(Solved)
def the_customer_hears_that_it_is_solved(event: Solved, entry: "Entry") -> None:
    """Unless the message that solved it says so itself."""
    if event.with_message is None:
        enqueue(jobs.tell, entry=entry.pk)


@hears(Followed)
def an_address_is_asked(event: Followed, entry: "Entry") -> None:
    """Whether it wants this; persons need not be asked."""
    enqueue(jobs.tell, entry=entry.pk)


@hears(Published)
def followers_hear(event: Published, entry: "Entry") -> None:
    """Of what its editor wants them told."""
    if not event.tells:
        return
    before = Telling.objects.filter(article=entry.on_id, language=event.language)
    Telling.objects.create(
        entry=entry,
        article_id=entry.on_id,
        language=event.language,
        revision_id=event.revision,
        again=before.exists(),
    )
    enqueue(jobs.tell_followers, entry=entry.pk)


@hears(PersonsMerged)
def who_is_kept_waits(event: PersonsMerged, entry: "Entry") -> None:
    """For what the duplicate waited for."""
    theirs = Waiting.objects.filter(person=event.duplicate)
    theirs.filter(telling__in=Waiting.objects.filter(person=entry.on_id).values("telling")).delete()
    theirs.update(person=entry.on_id)
