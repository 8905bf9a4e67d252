"""The ledger, the mails to others and the accounts as lists, for whoever looks after the desk's mail."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import BooleanField, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.mail.models import (
    SEND,
    Afterwards,
    Delivery,
    Mailbox,
    Outcome,
    RawMail,
    Security,
    SignIn,
    State,
    Suppression,
)
from tuki.mail.queries import mailboxes
from tuki.people.models import Role

LACKS_RIGHT = "lacks_right"  # of those in quarantine, the ones whose sender may not send requests yet
NEWEST = 20_000  # mails whose subjects are looked through for a word

Mail = TypeVar("Mail", RawMail, Delivery)
Row = TypeVar("Row", bound=Model)
# Written literally: a value that comes beside the statement would keep SQLite from the index of these alone.
_FAILED = RawSQL(f"state = '{State.FAILED}'", (), output_field=BooleanField())


def outcomes() -> list[tuple[str, str]]:
    """How a mail that came in may have ended, with its words."""
    ends = [(value, str(words)) for value, words in Outcome.choices]
    return [*ends, (LACKS_RIGHT, _("waiting for a right"))]


def states() -> list[tuple[str, str]]:
    """Where a mail to somebody may stand, with its words."""
    return [(value, str(words)) for value, words in State.choices]


def ledger(outcome: str = "", mailbox: int | None = None) -> QuerySet[RawMail]:
    """The mails that came in, for lists that go by id: all, or those with this end, or in this mailbox.

    outcome: also LACKS_RIGHT.
    """
    rows = RawMail.objects.all()
    if outcome == LACKS_RIGHT:
        rows = rows.filter(lacks_right=True)
    elif outcome:
        rows = rows.filter(outcome=outcome)
    return rows if mailbox is None else rows.filter(mailbox=mailbox)


def waiting_for_right(sender: str) -> list[RawMail]:
    """The mails of an address that wait until it may send requests, the oldest first."""
    return list(RawMail.objects.filter(sender=sender, lacks_right=True).order_by("pk")[:100])


def find_in_ledger(words: str, threads: QuerySet[Any]) -> QuerySet[RawMail]:
    """Mails by number, Message-ID or sender's address; other words are looked for in the newest ones alone.

    threads: those whose mails' words whoever asks may read, with their numbers as primary keys.
    """
    rows = RawMail.objects.all()
    if words.isdecimal() and len(words) < 18:
        return rows.filter(pk=int(words))
    if _is_message_id(words) and RawMail.objects.filter(message_id=_as_message_id(words)).exists():
        return rows.filter(message_id=_as_message_id(words))
    if "@" in words and rows.filter(sender=words.lower()).exists():
        return rows.filter(sender=words.lower())
    return _with_words(rows, words, "sender", threads)


def find_in_outbox(words: str, threads: QuerySet[Any]) -> QuerySet[Delivery]:
    """As `find_in_ledger`, for mails to others by their address."""
    rows = Delivery.objects.all()
    if words.isdecimal() and len(words) < 18:
        return rows.filter(pk=int(words))
    if _is_message_id(words) and Delivery.objects.filter(message_id=_as_message_id(words)).exists():
        return rows.filter(message_id=_as_message_id(words))
    if "@" in words and rows.filter(address=words.lower()).exists():
        return rows.filter(address=words.lower())
    colleagues_news = Q(bulk=True, person__role__in=[Role.AGENT, Role.ADMINISTRATOR])  # may be of what is a team's own
    return _with_words(rows.exclude(colleagues_news), words, "address", threads)


def _is_message_id(words: str) -> bool:
    return "@" in words and " " not in words


def _as_message_id(words: str) -> str:
    return words if words.startswith("<") else f"<{words}>"


def _with_words(rows: QuerySet[Mail], words: str, address: str, threads: QuerySet[Any]) -> QuerySet[Mail]:
    """To look through a text costs as much as there are texts: so it is done in as many as anybody needs."""
    newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = rows.filter(pk__gt=newest - NEWEST)
    seen = Q(thread=None) | Q(Exists(threads.filter(pk=OuterRef("thread")).order_by()))
    return _all_words(
        rows, words, lambda word: Q(**{f"{address}__icontains": word}) | (Q(subject__icontains=word) & seen)
    )


def _all_words(rows: QuerySet[Row], words: str, holds: Callable[[str], Q]) -> QuerySet[Row]:
    for word in words.split()[:5]:
        rows = rows.filter(holds(word))
    return rows


def deliveries(state: str = "") -> QuerySet[Delivery]:
    """Mails to others without what they say, for lists that go by id: all, or those that stand so."""
    rows = Delivery.objects.defer("text", "html")
    return rows.filter(state=state) if state else rows


def unseen_failures() -> QuerySet[Delivery]:
    """Mails that failed, and nobody has seen to that."""
    return Delivery.objects.defer("text", "html").filter(_FAILED, seen_to_at=None)


def suppressed(words: str = "") -> QuerySet[Suppression]:
    """Addresses that we don't write to, for lists that go by `since`: all, or those that words find.

    words: a whole address; parts of one are looked for in the latest ones alone.
    """
    rows = Suppression.objects.filter(lifted_at=None)
    if not words:
        return rows
    if "@" in words and rows.filter(address=words.lower()).exists():
        return rows.filter(address=words.lower())
    latest = rows.order_by("-since", "-pk").values_list("since", flat=True)
    for oldest in latest[NEWEST - 1 : NEWEST]:  # few steps along the index, and never more however many there are
        rows = rows.filter(since__gte=oldest)
    return _all_words(rows, words, lambda word: Q(address__icontains=word))


def next_try(delivery: Delivery) -> datetime | None:
    """When a mail that waits is handed to the server next."""
    if delivery.is_over or delivery.parked:
        return None
    if delivery.lane_at is not None:
        return delivery.lane_at
    jobs = Job.objects.filter(kind=SEND, args__delivery=delivery.pk).exclude(state=JobState.FAILED)
    return jobs.values_list("run_at", flat=True).first()


def boxes() -> QuerySet[Mailbox]:
    """Where mail comes in, each with the moment of its `newest` mail."""
    newest = RawMail.objects.filter(mailbox=OuterRef("pk")).order_by("-pk").values("received_at")[:1]
    return mailboxes().annotate(newest=Subquery(newest))


def source_choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen for an account that mail is fetched from, by field."""
    kinds = {"security": Security, "sign_in": SignIn, "afterwards": Afterwards}
    return {name: [(value, str(words)) for value, words in kind.choices] for name, kind in kinds.items()}
