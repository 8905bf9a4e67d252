"""The ledger: what came in."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, CharField, QuerySet

from tuki.lib.questions import OneOf, Question, Slot
from tuki.mail.models import Delivery, RawMail
from tuki.mail.parse import Mail
from tuki.mail.trust.authentication import Authenticity
from tuki.people import queries as people

RIGHT_COMES_WITHIN = timedelta(days=30)  # what waits longer is taken up by hand
_MOST_WAITING = 50  # of one person's


_RAW_MAIL = Question(
    lambda: RawMail.objects.filter(pk=Slot("raw_mail", BigIntegerField())).select_related("kept", "mailbox__team")
)


def raw_mail(pk: int) -> RawMail | None:
    """A mail of the ledger, with its bytes and its mailbox."""
    return _RAW_MAIL.first(raw_mail=pk)


def raw_mail_of(message: int) -> RawMail | None:
    """The mail that a message came in by."""
    return RawMail.objects.filter(message=message).order_by("pk").first()


_PROVEN = Question(
    lambda: RawMail.objects.filter(pk=Slot("mail", BigIntegerField()), authenticity=Authenticity.PASS).values_list("pk")
)


def is_proven(mail: int) -> bool:
    """Whether the domain of its sender stands behind this mail."""
    return bool(_PROVEN.ask(mail=mail))


_MACHINES = Question(
    lambda: Delivery.objects.filter(OneOf("message_id", "message_ids", CharField()), automatic=True).values_list("pk")[
        :1
    ]
)


def calls_for_no_answer(mail: Mail) -> bool:
    """Whether a machine wrote this mail, or it answers what a machine of ours wrote: two machines would never end."""
    named = list(mail.chain)[:200]
    return bool(mail.automatic) or bool(named and _MACHINES.ask(message_ids=named))


_UNANSWERED = Question(
    lambda: RawMail.objects.filter(pk=Slot("mail", BigIntegerField()), calls_for_no_answer=True).values_list("pk")
)


def stays_unanswered(mail: int) -> bool:
    """Whether a mail of the ledger was found to call for no answer when it was read."""
    return bool(_UNANSWERED.ask(mail=mail))


def messages_by_mail(messages: Iterable[int]) -> set[int]:
    """Which of these messages came in by mail, so that the mail itself can be looked at."""
    return {
        int(pk) for pk in RawMail.objects.filter(message__in=list(messages)).values_list("message", flat=True) if pk
    }


_SAME = Question(lambda: RawMail.objects.filter(identity=Slot("identity", CharField())))


def same_mail(identity: str, *, other_than: RawMail) -> RawMail | None:
    """The mail of which this is a further copy."""
    found = _SAME.first(identity=identity)
    return found if found is not None and found.pk != other_than.pk else None


def waiting_for_right(person: int, *, at: datetime) -> QuerySet[RawMail]:
    """What somebody lately sent that waits for their right to send it, the oldest first."""
    known = people.person(person)
    theirs = [one.email.lower() for one in people.addresses_of(person) if one.verified]
    waiting = RawMail.objects.filter(sender__in=[known.email, *theirs] if known else [], lacks_right=True)
    return waiting.filter(received_at__gt=at - RIGHT_COMES_WITHIN).order_by("pk")[:_MOST_WAITING]
