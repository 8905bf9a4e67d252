"""The right to use support: given, moved, ended."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.jobs.queue import clear_timer
from tuki.lib.refusal import Refused, require
from tuki.people import marks, policy
from tuki.people.actions._seating import SEAT_RUNS_OUT, ended, given, held
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Seat


def give_seat(membership: Membership, *, until: datetime | None = None, by: Actor) -> Seat:
    """Let a person use support for their company (H6, A3). Who has a seat keeps it.

    until: it ends then by itself. Raises Refused where the package has no seat left, naming who holds them; for a
    mailbox that several people read (A5); and for somebody suspended.
    """
    require(policy.may_give_seats(by, membership.organization_id))
    with transaction.atomic():
        _locked_company(membership)
        membership = Membership.objects.select_related("person", "organization__package").get(pk=membership.pk)
        return held(membership, by=by) or given(membership, until=until, by=by)


def take_seat(membership: Membership, *, by: Actor) -> None:
    """End a person's right to use support at once, and their sessions. What they wrote stays theirs to read."""
    require(policy.may_give_seats(by, membership.organization_id))
    with transaction.atomic():
        _locked_company(membership)
        if ended(membership, by=by):
            marks.end_sessions(membership.person)


def move_seat(holder: Membership, to: Membership, *, by: Actor) -> Seat:
    """Give one person's seat to a colleague, though no further one is free."""
    require(policy.may_give_seats(by, holder.organization_id))
    if holder.organization_id != to.organization_id:
        raise Refused(_("Who gives it up and who gets it belong to the same company."))
    with transaction.atomic():
        _locked_company(holder)
        to = Membership.objects.select_related("person", "organization__package").get(pk=to.pk)
        if held(to, by=by):
            about = {"person": to.shown_name, "seat": the_desk().seat_name}
            raise Refused(_("%(person)s already has: %(seat)s.") % about)
        if not ended(holder, by=by):
            about = {"person": holder.shown_name, "seat": the_desk().seat_name}
            raise Refused(_("%(person)s does not have: %(seat)s.") % about)
        marks.end_sessions(holder.person)
        return given(to, by=by)


def let_seat_run_out(seat: int, *, by: Actor) -> None:
    """End a seat whose time is over."""
    require(by.is_system)
    with transaction.atomic():
        clear_timer(SEAT_RUNS_OUT, seat)
        found = Seat.objects.select_related("membership__person").filter(pk=seat, ended_at=None).first()
        if found is not None:
            _locked_company(found.membership)
            held(found.membership, by=by)


def _locked_company(membership: Membership) -> None:
    """The company is what two givers at once must queue for."""
    Organization.objects.select_for_update().get(pk=membership.organization_id)
