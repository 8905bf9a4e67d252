"""The right to use support: given, moved, ended."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.jobs.queue import clear_timer
from tuki.lib.refusal import Refused, require
from tuki.people import policy
from tuki.people.actions._seating import (
    SEAT_RUNS_OUT,
    ended,
    given,
    held,
    locked,
    require_no_main_contact,
    sign_out,
)
from tuki.people.actor import Actor
from tuki.people.models import Membership, Seat


def give_seat(membership: Membership, *, until: datetime | None = None, by: Actor) -> Seat:
    """Let a person use support for their company (H6, A3). Who has a seat keeps it.

    until: it ends then by itself. Raises Refused where the package has no seat left, naming who holds them; for a
    mailbox that several people read (A5); and for somebody suspended, or whose account is closed.
    """
    require(policy.may_give_seats(by, membership.organization_id))
    with transaction.atomic():
        membership = locked(membership)
        return held(membership, by=by) or given(membership, until=until, by=by)


def take_seat(membership: Membership, *, by: Actor) -> None:
    """End a person's right to use support at once, and their sessions. What they wrote stays theirs to read.

    One that is held for somebody invited ends too, and is no business of their sessions. Raises Refused for the main
    contact, whom only support changes.
    """
    require(policy.may_give_seats(by, membership.organization_id))
    with transaction.atomic():
        membership = locked(membership)
        require_no_main_contact(membership, by)
        if ended(membership, by=by):
            sign_out(membership)


def move_seat(holder: Membership, to: Membership, *, by: Actor) -> Seat:
    """Give one person's seat to a colleague, though no further one is free. Raises Refused as `take_seat` does."""
    require(policy.may_give_seats(by, holder.organization_id))
    if holder.organization_id != to.organization_id:
        raise Refused(_("Who gives it up and who gets it belong to the same company."))
    with transaction.atomic():
        holder, to = locked(holder), locked(to)
        require_no_main_contact(holder, by)
        if held(to, by=by):
            about = {"person": to.shown_name, "seat": the_desk().seat_name}
            raise Refused(_("%(person)s already has: %(seat)s.") % about)
        if not ended(holder, by=by):
            about = {"person": holder.shown_name, "seat": the_desk().seat_name}
            raise Refused(_("%(person)s does not have: %(seat)s.") % about)
        sign_out(holder)
        return given(to, by=by)


def let_seat_run_out(seat: int, *, by: Actor) -> None:
    """End a seat whose time is over."""
    require(by.is_system)
    with transaction.atomic():
        clear_timer(SEAT_RUNS_OUT, seat)
        found = Seat.objects.select_related("membership__person").filter(pk=seat, ended_at=None).first()
        if found is not None:
            held(locked(found.membership), by=by)
