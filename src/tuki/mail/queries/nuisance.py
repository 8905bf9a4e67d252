"""To whom we don't write, and what we don't read."""

from collections.abc import Iterable

from django.db.models import CharField, Q, QuerySet

from tuki.lib.questions import OneOf, Question, Slot
from tuki.mail.models import Sign, SpamRule, Suppression, Why


def suppression_of(address: str) -> Suppression | None:
    """Why we don't write to an address; None where we do."""
    return _SUPPRESSED.first(address=address.strip().lower())


_SUPPRESSED = Question(lambda: Suppression.objects.filter(address=Slot("address", CharField()), lifted_at=None))
_SUPPRESSED_AMONG = Question(
    lambda: Suppression.objects.filter(OneOf("address", "addresses", CharField()), lifted_at=None)
)


def suppressed(addresses: Iterable[str]) -> dict[str, Suppression]:
    """Those of these addresses that we don't write to."""
    return {row.address: row for row in _SUPPRESSED_AMONG.ask(addresses=[address.lower() for address in addresses])}


def spam_rules() -> QuerySet[SpamRule]:
    """By what a mail is known as spam. To be sorted by made_at."""
    return SpamRule.objects.select_related("made_by")


def spam_rules_for(senders: Iterable[str]) -> list[SpamRule]:
    """Those that may fit a mail of these addresses: however many senders are blocked, few are read."""
    addresses = {address.lower() for address in senders}
    labels = [address.rpartition("@")[2].split(".") for address in addresses]
    domains = [".".join(parts[place:]) for parts in labels for place in range(len(parts))][:50]
    return _MAY_FIT.ask(addresses=sorted(addresses), domains=domains)


_MAY_FIT = Question(
    lambda: SpamRule.objects.filter(
        Q(OneOf("value", "addresses", CharField()), sign=Sign.SENDER)
        | Q(OneOf("value", "domains", CharField()), sign=Sign.DOMAIN)
        | Q(sign__in=[Sign.SUBJECT, Sign.SCORE])
    )
)


def holds_back(address: str, *, automatic: bool, asked_for: bool) -> Suppression | None:
    """What keeps a mail from being sent to an address.

    automatic: nobody wrote it. asked_for: its reader waits for it this very moment, as for a code to sign in with: it
    is worth a try.
    """
    row = suppression_of(address)
    if row is None or (asked_for and row.why != Why.BY_HAND) or not (automatic or row.stops_answers):
        return None
    return row
