"""Which thread a mail belongs to, and by which mails a thread is known."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import BigIntegerField, CharField, DateTimeField

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.lib.questions import OneOf, Question, Slot
from tuki.mail.addresses import without_tag
from tuki.mail.models import DECIDE, Delivery, Mailbox, Outcome, RawMail

_LONGEST_CHAIN = 20  # of the mails that an answer names
_SHORTLY = timedelta(minutes=1)

_NAMED = OneOf("message_id", "message_ids", CharField())
_CAME_TO = Question(
    lambda: (
        RawMail.objects.filter(thread=Slot("thread", BigIntegerField()), message__isnull=False)
        .order_by("pk")
        .values_list("message", "envelope_to")
    )
)


def addresses_of_thread(thread: int) -> dict[int, tuple[str, ...]]:
    """At which of our addresses each message of a thread came in, where it came by mail: all copies of it counted."""
    found: dict[int, dict[str, None]] = {}
    for message, envelope_to in _CAME_TO.ask(thread=thread):
        found.setdefault(message or 0, {}).update(dict.fromkeys(without_tag(address) for address in envelope_to))
    return {message: tuple(addresses) for message, addresses in found.items() if addresses}


_FIRST_WRITTEN_TO = Question(
    lambda: (
        RawMail.objects.filter(thread=Slot("thread", BigIntegerField()), mailbox__isnull=False)
        .select_related("mailbox")
        .order_by("pk")[:1]
    )
)


def mailbox_of_thread(thread: int) -> Mailbox | None:
    """The mailbox that a thread was first written to."""
    first = _FIRST_WRITTEN_TO.first(thread=thread)
    return first.mailbox if first else None


_THEIRS = Question(
    lambda: RawMail.objects.filter(_NAMED, thread__isnull=False).order_by("-pk").values_list("message_id", "thread")
)
_OURS = Question(
    lambda: Delivery.objects.filter(_NAMED, thread__isnull=False).values_list("message_id", "thread", "person")
)


def threads_named(message_ids: Iterable[str]) -> list[tuple[int, int | None]]:
    """The threads that these Message-IDs belong to, each with the person that a mail of ours went to, the first first.

    A mail of a customer's names no person.
    """
    wanted = list(message_ids)[:200]
    if not wanted:
        return []
    found: dict[str, tuple[int, int | None]] = {}
    for message_id, thread in _THEIRS.ask(message_ids=wanted):
        found[message_id] = (thread or 0, None)
    for message_id, thread, person in _OURS.ask(message_ids=wanted):
        found[message_id] = (thread or 0, person)
    return list(dict.fromkeys(found[message_id] for message_id in wanted if message_id in found))


_UNREAD = Question(
    lambda: RawMail.objects.filter(
        _NAMED,
        outcome=Outcome.WAITING,
        pk__lt=Slot("before", BigIntegerField()),
        received_at__gt=Slot("since", DateTimeField()),
    ).values_list("pk")
)


def awaits(message_ids: Iterable[str], *, before: RawMail) -> bool:
    """Whether one of these mails came shortly before this one and is still to be read."""
    wanted = list(message_ids)[:200]
    since = before.received_at - _SHORTLY
    unread = _UNREAD.ask(message_ids=wanted, before=before.pk, since=since) if wanted else []
    jobs = Job.objects.filter(kind=DECIDE).exclude(state=JobState.FAILED)
    return any(jobs.filter(args__raw_mail=pk).exists() for (pk,) in unread)


def chain_of(thread: int, address: str) -> list[str]:
    """The Message-IDs that this address knows of a thread, oldest first: for its mail program to put them together."""
    known = _SENT.ask(thread=thread, address=address) + _CAME.ask(thread=thread)
    return list(dict.fromkeys(message_id for _, message_id in sorted(known)))[-_LONGEST_CHAIN:]


_SENT = Question(
    lambda: (
        Delivery.objects.filter(thread=Slot("thread", BigIntegerField()), address=Slot("address", CharField()))
        .order_by("-pk")
        .values_list("made_at", "message_id")[:_LONGEST_CHAIN]
    )
)
_CAME = Question(
    lambda: (
        RawMail.objects.filter(thread=Slot("thread", BigIntegerField()), message__isnull=False)
        .exclude(message_id="")
        .order_by("-pk")
        .values_list("received_at", "message_id")[:_LONGEST_CHAIN]
    )
)
