"""What is known of mails. Who may see a ticket may see its mails' states; whoever asks has made sure of that."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, Q, QuerySet

from tuki.desk.queries import the_desk
from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.lib.questions import Question, Slot
from tuki.mail.addresses import without_tag
from tuki.mail.models import (
    DECIDE,
    LOST,
    Delivery,
    Mailbox,
    Outcome,
    RawMail,
    Sign,
    Source,
    SpamRule,
    Suppression,
    Why,
)
from tuki.mail.parse import parse
from tuki.mail.trust.authentication import Authenticity
from tuki.people import queries as people

_SHORTLY = timedelta(minutes=1)
RIGHT_COMES_WITHIN = timedelta(days=30)  # what waits longer is taken up by hand
_MOST_WAITING = 50  # of one person's
_LONGEST_CHAIN = 20  # of the mails that an answer names


_MAILBOX = Question(lambda: Mailbox.objects.filter(address=Slot("address", CharField())))


def mailbox_of(address: str) -> Mailbox | None:
    """The mailbox that an address, with or without a plus, belongs to."""
    return _MAILBOX.first(address=without_tag(address))


def is_ours(address: str) -> bool:
    """Whether mail to this address is for the desk."""
    return without_tag(address) == the_desk().address.lower() or mailbox_of(address) is not None


def our_addresses() -> set[str]:
    """All addresses at which mail is taken, each also with any plus."""
    return {the_desk().address.lower(), *Mailbox.objects.values_list("address", flat=True)}


def mailboxes() -> QuerySet[Mailbox]:
    """Where mail comes in, in the desk's order."""
    return Mailbox.objects.select_related("team")


def sources() -> QuerySet[Source]:
    """The accounts from which mail is fetched, also those whose fetching is off. Those removed are not among them."""
    return Source.objects.filter(retired=False).select_related("mailbox")


def source(pk: int) -> Source | None:
    return sources().filter(pk=pk).first()


def to_put_away(source: Source, most: int) -> list[int]:
    """UIDs of mails that the ledger has, and that are not yet marked or moved where they were fetched."""
    rows = RawMail.objects.filter(source=source, era=source.era, to_put_away=True).order_by("uid")
    return [uid for uid in rows.values_list("uid", flat=True)[:most] if uid is not None]


_RAW_MAIL = Question(
    lambda: RawMail.objects.filter(pk=Slot("raw_mail", BigIntegerField())).select_related("kept", "mailbox__team")
)


def raw_mail(pk: int) -> RawMail | None:
    """A mail of the ledger, with its bytes and its mailbox."""
    return _RAW_MAIL.first(raw_mail=pk)


def raw_mail_of(message: int) -> RawMail | None:
    """The mail that a message came in by."""
    return RawMail.objects.filter(message=message).order_by("pk").first()


def is_proven(mail: int) -> bool:
    """Whether the domain of its sender stands behind this mail."""
    return RawMail.objects.filter(pk=mail, authenticity=Authenticity.PASS).exists()


def calls_for_no_answer(mail: int) -> bool:
    """Whether a machine wrote this mail, or it answers what a machine of ours wrote: two machines would never end."""
    found = raw_mail(mail)
    if found is None:
        return False
    read = parse(found.content())
    ours = Delivery.objects.filter(message_id__in=read.chain[:200], automatic=True)
    return bool(read.automatic) or ours.exists()


def messages_by_mail(messages: Iterable[int]) -> set[int]:
    """Which of these messages came in by mail, so that the mail itself can be looked at."""
    return {
        int(pk) for pk in RawMail.objects.filter(message__in=list(messages)).values_list("message", flat=True) if pk
    }


def deliveries_of(messages: Iterable[int]) -> dict[int, list[Delivery]]:
    """The mails by which each of these messages was told, without their texts."""
    found: dict[int, list[Delivery]] = {}
    rows = Delivery.objects.filter(message__in=list(messages)).defer("text", "html").order_by("pk")
    for delivery in rows:
        found.setdefault(delivery.message or 0, []).append(delivery)
    return found


_OF_THREAD = Question(
    lambda: (
        Delivery.objects.filter(thread=Slot("thread", BigIntegerField()), message__isnull=False)
        .defer("text", "html")
        .order_by("pk")
    )
)


def deliveries_of_thread(thread: int) -> dict[int, list[Delivery]]:
    """As `deliveries_of`, for all messages of a thread."""
    found: dict[int, list[Delivery]] = {}
    for delivery in _OF_THREAD.ask(thread=thread):
        found.setdefault(delivery.message or 0, []).append(delivery)
    return found


_STATES = Question(
    lambda: (
        Delivery.objects.filter(thread=Slot("thread", BigIntegerField()))
        .order_by("pk")
        .values_list("pk", "state", "tries", "came_back_at")
    )
)


def states_of_deliveries(thread: int) -> tuple[tuple[Any, ...], ...]:
    """How far each mail of a thread has come: the same as before, where nothing has become of any."""
    return tuple(_STATES.ask(thread=thread))


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


_SAME = Question(lambda: RawMail.objects.filter(identity=Slot("identity", CharField())))


def same_mail(identity: str, *, other_than: RawMail) -> RawMail | None:
    """The mail of which this is a further copy."""
    found = _SAME.first(identity=identity)
    return found if found is not None and found.pk != other_than.pk else None


def threads_named(message_ids: Iterable[str]) -> list[tuple[int, int | None]]:
    """The threads that these Message-IDs belong to, each with the person that a mail of ours went to, the first first.

    A mail of a customer's names no person.
    """
    wanted = list(message_ids)[:200]
    if not wanted:
        return []
    ours = Delivery.objects.filter(message_id__in=wanted, thread__isnull=False)
    theirs = RawMail.objects.filter(message_id__in=wanted, thread__isnull=False)
    found: dict[str, tuple[int, int | None]] = {}
    for message_id, thread in theirs.order_by("-pk").values_list("message_id", "thread"):
        found[message_id] = (thread or 0, None)
    for message_id, thread, person in ours.values_list("message_id", "thread", "person"):
        found[message_id] = (thread or 0, person)
    return list(dict.fromkeys(found[message_id] for message_id in wanted if message_id in found))


def awaits(message_ids: Iterable[str], *, before: RawMail) -> bool:
    """Whether one of these mails came shortly before this one and is still to be read."""
    unread = RawMail.objects.filter(
        message_id__in=list(message_ids)[:200],
        outcome=Outcome.WAITING,
        pk__lt=before.pk,
        received_at__gt=before.received_at - _SHORTLY,
    )
    jobs = Job.objects.filter(kind=DECIDE).exclude(state=JobState.FAILED)
    return any(jobs.filter(args__raw_mail=pk).exists() for pk in unread.values_list("pk", flat=True))


def told_lately(kinds: Iterable[str], address: str, *, since: datetime) -> list[tuple[int | None, str]]:
    """What this address was told of by mails of these kinds, each as thread and subject; of at most a hundred."""
    told = Delivery.objects.filter(address=address.lower(), kind__in=list(kinds), made_at__gte=since)
    return list(told.order_by("-pk").values_list("thread", "subject")[:100])


def how_many_told(kinds: Iterable[str], *, since: datetime, at_most: int) -> int:
    """How many mails of these kinds were made lately, to whomever; counted up to a number."""
    told = Delivery.objects.filter(kind__in=list(kinds), made_at__gte=since)
    return told.values("pk")[:at_most].count()


def was_posted(kind: str, address: str, *, since: datetime) -> bool:
    """Whether this address got such a mail lately."""
    return Delivery.objects.filter(address=address.lower(), kind=kind, made_at__gte=since).exists()


def suppression_of(address: str) -> Suppression | None:
    """Why we don't write to an address; None where we do."""
    return _SUPPRESSED.first(address=address.strip().lower())


_SUPPRESSED = Question(lambda: Suppression.objects.filter(address=Slot("address", CharField()), lifted_at=None))


def suppressed(addresses: Iterable[str]) -> dict[str, Suppression]:
    """Those of these addresses that we don't write to."""
    rows = Suppression.objects.filter(address__in=[address.lower() for address in addresses], lifted_at=None)
    return {row.address: row for row in rows}


def spam_rules() -> QuerySet[SpamRule]:
    """By what a mail is known as spam. To be sorted by made_at."""
    return SpamRule.objects.select_related("made_by")


def spam_rules_for(senders: Iterable[str]) -> list[SpamRule]:
    """Those that may fit a mail of these addresses: however many senders are blocked, few are read."""
    addresses = {address.lower() for address in senders}
    labels = [address.rpartition("@")[2].split(".") for address in addresses]
    domains = [".".join(parts[place:]) for parts in labels for place in range(len(parts))][:50]
    blocked = Q(sign=Sign.SENDER, value__in=addresses) | Q(sign=Sign.DOMAIN, value__in=domains)
    return list(SpamRule.objects.filter(blocked | Q(sign__in=[Sign.SUBJECT, Sign.SCORE])))


def holds_back(address: str, *, automatic: bool, asked_for: bool) -> Suppression | None:
    """What keeps a mail from being sent to an address.

    automatic: nobody wrote it. asked_for: its reader waits for it this very moment, as for a code to sign in with: it
    is worth a try.
    """
    row = suppression_of(address)
    if row is None or (asked_for and row.why != Why.BY_HAND) or not (automatic or row.stops_answers):
        return None
    return row


def delivery_named(message_id: str) -> Delivery | None:
    """The mail of ours with this Message-ID."""
    return Delivery.objects.filter(message_id=message_id).first() if message_id else None


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


def outbox() -> QuerySet[Delivery]:
    """All mail made for others, the newest first."""
    return Delivery.objects.order_by("-pk")


def undelivered(author: int) -> QuerySet[Delivery]:
    """What this agent wrote and did not arrive, the newest first, until somebody has seen to it."""
    lost = Delivery.objects.filter(author=author, seen_to_at=None, state__in=LOST)
    return lost.defer("html").order_by("-pk")


_DELIVERY = Question(lambda: Delivery.objects.filter(pk=Slot("delivery", BigIntegerField())))


def delivery(pk: int) -> Delivery | None:
    return _DELIVERY.first(delivery=pk)


_MADE_TO_PERSON = Question(
    lambda: Delivery.objects.filter(
        entry=Slot("entry", BigIntegerField()),
        person=Slot("person", BigIntegerField()),
        kind=Slot("kind", CharField()),
    ).values_list("pk")
)
_MADE_TO_ADDRESS = Question(
    lambda: Delivery.objects.filter(
        entry=Slot("entry", BigIntegerField()),
        address=Slot("address", CharField()),
        kind=Slot("kind", CharField()),
    ).values_list("pk")
)


def is_made(entry: int, person: int | None, address: str, kind: str) -> bool:
    """Whether an entry's mail of this kind is made already, to this person or, where there is none, this address."""
    if person is not None:
        return bool(_MADE_TO_PERSON.ask(entry=entry, person=person, kind=kind))
    return bool(_MADE_TO_ADDRESS.ask(entry=entry, address=address, kind=kind))


def waiting_for_right(person: int, *, at: datetime) -> QuerySet[RawMail]:
    """What somebody lately sent that waits for their right to send it, the oldest first."""
    known = people.person(person)
    theirs = [one.email.lower() for one in people.addresses_of(person) if one.verified]
    waiting = RawMail.objects.filter(sender__in=[known.email, *theirs] if known else [], lacks_right=True)
    return waiting.filter(received_at__gt=at - RIGHT_COMES_WITHIN).order_by("pk")[:_MOST_WAITING]
