"""What goes out: made, sent again, stopped, come back."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.journal.record import record
from tuki.lib.changes import Rows
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy, queries
from tuki.mail.actions.suppressing import try_once_more
from tuki.mail.addresses import domain_of, reply_address
from tuki.mail.models import LOST, SEND, Delivery, State
from tuki.mail.sending import lanes
from tuki.mail.storable import storable
from tuki.people.actor import Actor

_DELIVERIES = Rows(Delivery)


def post(
    *,
    kind: str,
    address: str,
    subject: str,
    text: str,
    html: str = "",
    person_id: int | None = None,
    entry_id: int | None = None,
    thread: int | None = None,
    message: int | None = None,
    language: str = "",
    automatic: bool = False,
    bulk: bool = False,
    attachments: Iterable[Mapping[str, str]] = (),
    from_address: str = "",
    from_name: str = "",
    reply_to: str = "",
    in_reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    author_id: int | None = None,
    earlier: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
    by: Actor,
) -> Delivery | None:
    """Make a mail to one address, and have it sent. None where the entry's mail of this kind to this person is made.

    One to an address that we don't write to is made all the same and says why it was not sent.

    kind: which mail it is. thread, message: numbers of what it tells of; with a thread and a person a reply finds its
    way back, and mail programs show it with what came before. bulk: one of many that say the same, behind
    what somebody waits for. attachments: path in the default storage, name, type and, of pictures in the text, cid.
    from_address: one of the desk's; its own address unless given. in_reply_to: the one mail that it answers, where
    there is no thread to know it from. author_id: the agent who is told where it does not arrive. earlier: what it
    quotes of before, as the model has it.
    """
    address, desk = storable(address).strip().lower(), the_desk()
    from_address = from_address or desk.address
    mailbox = queries.mailbox_of(from_address)
    with transaction.atomic():
        if entry_id is not None and queries.is_made(entry_id, person_id, address, kind):
            return None
        asked_for = entry_id is None and thread is None
        held = queries.holds_back(address, automatic=automatic, asked_for=asked_for)
        chain = [in_reply_to] if in_reply_to else queries.chain_of(thread, address) if thread is not None else []
        if thread is not None and person_id is not None:
            reply_to = reply_to or reply_address(from_address, thread, person_id)
        try:
            with transaction.atomic():
                delivery = Delivery(
                    entry_id=entry_id,
                    person_id=person_id,
                    kind=kind,
                    address=address,
                    held_because=held.why if held else "",
                    last_answer=held.words if held else "",
                    message_id=f"<tuki.{secrets.token_hex(12)}@{from_address.rpartition('@')[2]}>",
                    from_name=storable(from_name or (label(mailbox.labels, language) if mailbox else "") or desk.name),
                    from_address=from_address,
                    reply_to=reply_to,
                    in_reply_to=storable(chain[-1]) if chain else "",
                    references=storable(" ".join(chain)),
                    subject=" ".join(storable(subject).split())[:400],
                    text=storable(text),
                    html=storable(html),
                    headers={name: storable(value) for name, value in (headers or {}).items()},
                    attachments=[_attachment(one) for one in attachments],
                    language=language,
                    automatic=automatic,
                    bulk=bulk,
                    thread=thread,
                    message=message,
                    domain=domain_of(address)[:255],
                    author_id=author_id,
                    earlier=dict(earlier or {}),
                    made_at=by.at,
                    due_at=due_at or by.at,
                )
                delivery.state = delivery.state_if_held if held else State.WAITING
                _DELIVERIES.add(delivery)
        except IntegrityError:
            if entry_id is not None and queries.is_made(entry_id, person_id, address, kind):
                return None  # by another worker, this moment
            raise
        if held is None:
            now = timezone.now()
            lanes.set_out(delivery, now + max(delivery.due_at - by.at, timedelta()), now)
    return delivery


def _attachment(given: Mapping[str, str]) -> dict[str, Any]:
    return {key: storable(given.get(key, "")) for key in ("path", "name", "type", "cid")}


def send_again(delivery: Delivery, *, address: str = "", by: Actor) -> None:
    """Send a mail that failed, came back or was stopped; or try one now that is delayed. Raises Refused for others.

    address: where to, if the one that it was for is wrong.
    """
    require(policy.may_see_to(by, delivery))
    address = storable(address).strip().lower() or delivery.address
    if address != delivery.address:
        _require_address(address)
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state in {State.SENT, State.WAITING}:
            raise Refused(_("This mail is on its way, or was sent."))
        if delivery.is_forgotten:
            raise Refused(_("What this mail said was removed for good, so there is nothing left to send."))
        try_once_more(address, by=by)
        record(events.DeliverySentAgain(delivery.state), on=delivery, by=by)
        now = timezone.now()
        delivery.state, delivery.address, delivery.domain = State.WAITING, address, domain_of(address)[:255]
        delivery.tries, delivery.first_tried_at, delivery.due_at, delivery.told_late = 0, None, now, False
        delivery.parked, delivery.lane_at, delivery.seen_to_at = False, None, None
        delivery.held_because = ""
        try:
            with transaction.atomic():
                delivery.save()
        except IntegrityError:
            raise Refused(_("This address got the same mail already."), field="address") from None
        # One job at most has a delivery in hand: a second would send it twice.
        if _jobs_of(delivery).exists():
            _jobs_of(delivery).filter(state=JobState.READY).update(run_at=now)
        else:
            lanes.rest_no_more(delivery.domain)  # somebody wants to know now
            lanes.set_out(delivery, now, now)


def _require_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("“%(address)s” is no e-mail address.") % {"address": address}, field="address") from None
    if queries.is_ours(address):
        raise Refused(_("“%(address)s” is our own address.") % {"address": address}, field="address")


def see_to(delivery: Delivery, *, by: Actor) -> None:
    """Say that a mail that did not arrive has been seen to: nobody need be told of it any more."""
    require(policy.may_see_to(by, delivery))
    with transaction.atomic():
        failed = Delivery.objects.filter(pk=delivery.pk, state__in=LOST, seen_to_at=None)
        if failed.update(seen_to_at=by.at):
            record(events.DeliverySeenTo(), on=delivery, by=by)


def cancel(delivery: Delivery, *, by: Actor) -> None:
    """Stop a mail that has not left yet. One that is being handed over at this moment may still leave, and says so."""
    require(policy.may_see_to(by, delivery))
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.is_over:
            raise Refused(_("This mail is not waiting to be sent."))
        record(events.DeliveryCancelled(), on=delivery, by=by)
        row = Delivery.objects.filter(pk=delivery.pk)
        row.update(state=State.CANCELLED, parked=False, lane_at=None)
        if _jobs_of(delivery).filter(state=JobState.READY).delete()[0]:
            row.update(in_hand=False)


def _jobs_of(delivery: Delivery) -> Any:
    return Job.objects.filter(kind=SEND, args__delivery=delivery.pk)
