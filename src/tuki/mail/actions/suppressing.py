"""Mail that came back, and addresses that we therefore don't write to."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy, queries
from tuki.mail.harm import Harm
from tuki.mail.models import OPEN, Delivery, State, Suppression, Why
from tuki.mail.storable import storable
from tuki.people import queries as people
from tuki.people.actor import Actor

# So many mails that came back, the first and the last so far apart, are no passing trouble.
_MANY, _APART, _WITHIN = 3, timedelta(days=2), timedelta(days=14)


def bounced(delivery: Delivery, words: str, *, harm: Harm, by: Actor) -> None:
    """Note on a mail of ours what a server said of it later, and what that means for its address."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state in {State.FAILED, State.CANCELLED}:
            return
        delivery.last_answer, delivery.came_back_at = storable(words)[:2000], by.at
        if harm != Harm.NONE:
            delivery.state, delivery.seen_to_at = State.BOUNCED, None
        delivery.save(update_fields=["last_answer", "came_back_at", "state", "seen_to_at"])
        record(events.DeliveryBounced(harm != Harm.NONE), on=delivery, by=by)
        _judge(delivery, harm, by=by)


def refused(delivery: Delivery, words: str, *, harm: Harm, by: Actor) -> None:
    """Note on a mail's address what a server said for good when it was handed the mail."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(came_back_at=by.at)
        delivery.last_answer = storable(words)[:2000]
        _judge(delivery, harm, by=by)


def _judge(delivery: Delivery, harm: Harm, *, by: Actor) -> None:
    if harm == Harm.ADDRESS or _comes_back_again_and_again(delivery.address, by=by):
        _suppress(delivery.address, Why.BOUNCED, delivery.last_answer, by=by)


def _comes_back_again_and_again(address: str, *, by: Actor) -> bool:
    """Whether several mails to it came back over days, none of them before it was last tried again."""
    lately = Delivery.objects.filter(address=address, came_back_at__gte=by.at - _WITHIN)
    before = Suppression.objects.filter(address=address).first()
    if before is not None and before.lifted_at is not None:
        lately = lately.filter(came_back_at__gt=before.lifted_at)
    moments = sorted(at for at in lately.order_by("-pk").values_list("came_back_at", flat=True)[:50] if at)
    return len(moments) >= _MANY and moments[-1] - moments[0] >= _APART


def complained(delivery: Delivery, *, by: Actor) -> None:
    """Note that who got this mail called it spam: they get no more mails that nobody wrote."""
    with transaction.atomic():
        _suppress(delivery.address, Why.COMPLAINED, "", by=by)


def suppress(address: str, *, by: Actor) -> None:
    """Write to an address no more, until somebody lifts that. Raises Refused where it is no address."""
    require(policy.may_run_addresses(by))
    address = storable(address).strip().lower()
    if address.count("@") != 1 or len(address) > 320:
        raise Refused(_("“%(address)s” is not an e-mail address.") % {"address": address[:100]})
    with transaction.atomic():
        _suppress(address, Why.BY_HAND, "", by=by)


def _suppress(address: str, why: Why, words: str, *, by: Actor) -> None:
    """Checks nothing: its callers have. What stops more mails replaces what stops fewer, never the other way."""
    row, new = Suppression.objects.select_for_update().get_or_create(
        address=address, defaults={"why": why, "words": words, "since": by.at}
    )
    stands = not new and row.lifted_at is None
    if stands and _WEIGHT[Why(row.why)] >= _WEIGHT[why]:
        return
    if not new:
        row.why, row.words, row.since, row.lifted_at = why, words, by.at, None
        row.save()
    record(events.AddressSuppressed(why), on=people.by_address(address) or row, by=by)


_WEIGHT = {Why.SPAM: 0, Why.COMPLAINED: 1, Why.BOUNCED: 2, Why.BY_HAND: 3}


def write_again(address: str, *, by: Actor) -> None:
    """Try an address again that was not written to. Mails that were held back stay so; each can be sent again."""
    require(policy.may_run_addresses(by))
    with transaction.atomic():
        row = queries.suppression_of(address)
        if row is not None:
            _lift(row, by=by)


def try_once_more(address: str, *, by: Actor) -> None:
    """Somebody sends a mail again that came back: its address is worth a try. The caller has checked who may.

    Raises Refused where the address was given up for another reason: that is to be taken back first.
    """
    row = queries.suppression_of(address)
    if row is not None and row.why == Why.BOUNCED:
        _lift(row, by=by)
    elif row is not None and row.stops_answers:
        raise Refused(_("Somebody chose that this address is not written to. Take that back first."), field="address")


def heard_from(address: str, *, by: Actor) -> None:
    """Somebody wrote from this address: what came back from it before may arrive now.

    A complaint and a choice made by hand stand. A forged sender gains nothing but one more mail that comes back.
    """
    row = queries.suppression_of(address)
    if row is not None and row.why == Why.BOUNCED:
        with transaction.atomic():
            _lift(row, by=by)


def _lift(row: Suppression, *, by: Actor) -> None:
    """Checks nothing: its callers have."""
    if Suppression.objects.filter(pk=row.pk, lifted_at=None).update(lifted_at=by.at):
        record(events.SuppressionLifted(row.why), on=people.by_address(row.address) or row, by=by)


def hold_back(delivery: Delivery, why: Suppression, *, by: Actor) -> None:
    """Not send a mail after all, since its address was suppressed after it was made, and say so on it."""
    Delivery.objects.filter(pk=delivery.pk, state__in=OPEN).update(
        state=delivery.state_if_held,
        held_because=why.why,
        last_answer=why.words,
        parked=False,
        lane_at=None,
        in_hand=False,
    )


def withhold(delivery: Delivery, *, by: Actor) -> None:
    """Not send a mail whose reader has lost the right to what it says, since it was made."""
    Delivery.objects.filter(pk=delivery.pk, state__in=OPEN).update(
        state=State.CANCELLED, held_because=Why.NO_RIGHT, last_answer="", parked=False, lane_at=None, in_hand=False
    )


def stop_thread(thread: int, *, by: Actor) -> None:
    """Stop what has not left yet of the mails about a ticket that turned out to be spam. The caller has checked who."""
    Delivery.objects.filter(thread=thread, state__in=OPEN).update(
        state=State.CANCELLED, held_because=Why.SPAM, parked=False, lane_at=None
    )
