"""Seats made and ended: when they are given, moved, run out, and when somebody is invited or suspended."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.jobs.queue import clear_timer, set_timer
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.lib.refusal import Refused
from tuki.people import events, marks, policy, queries
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Package, Person, Seat

SEAT_RUNS_OUT = "people.seat_runs_out"  # the timer's job


def locked(membership: Membership) -> Membership:
    """The place as it is now, its company held: changes of one company's people queue for it."""
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    return Membership.objects.select_related("person", "organization__package").get(pk=membership.pk)


def given(membership: Membership, *, until: datetime | None = None, by: Actor) -> Seat:
    """The seat, made. Asks for no right, does not lock the company, and none may be `held`: its callers saw to that.

    Of somebody invited nothing is asked, or told, but the address that was written to: `accept_place` asks the rest.
    """
    if membership.suspended_at is not None:
        raise Refused(_("%(person)s is suspended.") % {"person": membership.shown_name})
    if until is not None and until <= by.at:
        raise Refused(_("This moment is over already."), field="until")
    if membership.pending:
        require_own_mailbox(membership.shown_address)
    else:
        require_can_hold(membership.person)
    _require_room(membership.organization, by.at)
    seat = Seat.objects.create(
        membership=membership, given_by=by.person or queries.system(), given_at=by.at, until=until
    )
    if until is not None:
        set_timer(SEAT_RUNS_OUT, seat.pk, until)
    record(events.SeatGiven(membership.person_id), on=membership.organization, by=by)
    membership.person.__dict__.pop("_place", None)
    return seat


def held(membership: Membership, *, by: Actor) -> Seat | None:
    """The seat held as of by.at. One that has run out by then ends first, as of when it did: the moment decides.

    Asks for no right and does not lock the company: its callers have.
    """
    seat = Seat.objects.filter(membership=membership, ended_at=None).first()
    if seat is None or seat.until is None or seat.is_held(by.at):
        return seat
    _end(seat, membership, by=Actor(queries.system(), Via.RULE, seat.until))
    sign_out(membership)
    return None


def ended(membership: Membership, *, by: Actor) -> bool:
    """Whether there was a seat to end. Asks for no right: its callers have."""
    seat = held(membership, by=by)
    if seat is not None:
        _end(seat, membership, by=by)
    return seat is not None


def require_no_main_contact(membership: Membership, by: Actor) -> None:
    """Raise Refused for whoever signed for the company, where it is not support who asks."""
    if membership.person_id == membership.organization.main_contact_id and not policy.may_run_people(by):
        raise Refused(_("%(person)s is the company's main contact. Ask support.") % {"person": membership.shown_name})


def sign_out(membership: Membership) -> None:
    """Sign out who has lost a seat. Not who was only invited: whoever asks somebody to join has no say over them."""
    if not membership.pending:
        marks.end_sessions(membership.person)


def _end(seat: Seat, membership: Membership, *, by: Actor) -> None:
    seat.ended_at, seat.ended_by = by.at, by.person
    seat.save(update_fields=["ended_at", "ended_by"])
    clear_timer(SEAT_RUNS_OUT, seat.pk)
    record(events.SeatTaken(membership.person_id), on=membership.organization, by=by)
    membership.person.__dict__.pop("_place", None)


def _require_room(organization: Organization, at: datetime) -> None:
    package = organization.package
    if package is None or package.seats is None:
        return
    holders = [seat.membership.shown_name for seat in queries.seats_in_use(organization, at)]
    if len(holders) >= package.seats:
        words = _("%(package)s has room for %(number)s, and these hold it: %(names)s.")
        raise Refused(words % {"number": package.seats, "package": package, "names": ", ".join(holders) or "–"})


def require_room_for_all(organization: Organization, package: Package | None, at: datetime) -> None:
    """Raise Refused, with names, where more hold a seat of a company than a package brings."""
    if package is None or package.seats is None:
        return
    holders = [seat.membership.shown_name for seat in queries.seats_in_use(organization, at)]
    if len(holders) > package.seats:
        words = _("%(package)s has room for %(number)s, and %(used)s hold it now: %(names)s.")
        given = {"package": package, "number": package.seats, "used": len(holders), "names": ", ".join(holders)}
        raise Refused(words % given, field="package")


def require_can_hold(person: Person) -> None:
    """Raise Refused for a closed account, and where somebody signs in by an address at which several read (A5)."""
    # Whoever confirms an address of theirs meanwhile waits, and then has a seat.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not policy.may_sign_in(person):
        raise Refused(_("The account of %(person)s is closed.") % {"person": person})
    further = EmailAddress.objects.filter(user=person, verified=True).order_by("email")
    for address in (person.email, *further.values_list("email", flat=True)):
        require_own_mailbox(address)


def require_own_mailbox(address: str) -> None:
    """Raise Refused for an address behind which several people are (A5)."""
    if is_shared(address):
        words = _("Several people read “%(address)s”. This right belongs to one person: name their own address.")
        raise Refused(words % {"address": address}, field="email")


def is_shared(address: str) -> bool:
    """Whether several people read there, as the desk's list has it."""
    return address.partition("@")[0].partition("+")[0].lower() in the_desk().shared_mailboxes
