"""A company's people: invited, suspended, made its managers."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import WhoGivesSeats
from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, marks, policy, queries
from tuki.people.actions._joining import joined
from tuki.people.actions._seating import (
    ended,
    given,
    held,
    locked,
    require_can_hold,
    require_no_main_contact,
    require_own_mailbox,
)
from tuki.people.actions.persons import meet
from tuki.people.actor import Actor
from tuki.people.models import Membership, MembershipRole, Organization, Person


def join(person: Person, organization: Organization, *, role: str = MembershipRole.MEMBER, by: Actor) -> Membership:
    """Make a person part of a company. Raises Refused where they are suspended, or invited and have not accepted."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        membership = joined(person, organization, role, by=by)
        _require_counted(membership)
    return membership


def _require_counted(membership: Membership) -> None:
    """Raise Refused for a place that gives no right, whatever else is done with it."""
    about = {"person": membership.shown_name, "company": membership.organization}
    if membership.suspended_at is not None:
        raise Refused(_("%(person)s is suspended at %(company)s. Let them back first.") % about)
    if membership.pending:
        raise Refused(_("%(person)s was invited to %(company)s and has to accept first.") % about)


def invite_colleague(
    organization: Organization,
    address: str,
    *,
    name: str = "",
    language: str = "",
    manages: bool = False,
    with_seat: bool = False,
    by: Actor,
) -> Membership:
    """Ask somebody by mail to join a company, and hold a seat for them if that is wished.

    They have to accept before they count, whoever they are: an address shows nothing of who reads there, and what they
    mail is no business of a company that they don't belong to. Nor does their name show before: an invitation must not
    tell who is a customer. Raises Refused, naming the field, for no address, a colleague, a shared mailbox (A5), and
    where no seat is left.
    """
    require(policy.may_run_company(by, organization))
    require(not with_seat or policy.may_give_seats(by, organization))
    address = address.strip().lower()
    if with_seat:
        require_own_mailbox(address)
    with transaction.atomic():
        organization = Organization.objects.select_for_update().get(pk=organization.pk)
        known = queries.by_address(address)
        if known is not None:
            _require_stranger(known, organization)
        person = known or meet(address, name=name, language=language, by=by)
        membership = joined(person, organization, MembershipRole.MEMBER, by=by)
        membership.role = MembershipRole.MANAGER if manages else MembershipRole.MEMBER
        membership.pending, membership.called, membership.asked_at = True, name.strip()[:120], address
        membership.save(update_fields=["role", "pending", "called", "asked_at"])
        if with_seat:
            given(membership, by=by)
        record(events.ColleagueInvited(person.pk), on=organization, by=by)
    return membership


def _require_stranger(person: Person, organization: Organization) -> None:
    if person.is_agent or not policy.may_sign_in(person):
        raise Refused(_("This address can't be invited."), field="email")
    place = Membership.objects.filter(person=person, organization=organization).first()
    if place is not None:
        suspended = _("%(person)s is suspended. Let them back instead.")
        words = suspended if place.suspended_at else _("%(person)s belongs to the company already.")
        raise Refused(words % {"person": place.shown_name}, field="email")


def invite_again(membership: Membership, *, by: Actor) -> None:
    """Send an invitation once more to somebody who has not come yet."""
    require(policy.may_run_company(by, membership.organization_id))
    with transaction.atomic():
        membership = locked(membership)
        if not membership.pending or membership.suspended_at is not None:
            raise Refused(_("%(person)s does not wait for an invitation.") % {"person": membership.shown_name})
        record(events.ColleagueInvited(membership.person_id), on=membership.organization, by=by)


def accept_place(membership: Membership, *, by: Actor) -> None:
    """Join the company that one was invited to.

    Raises Refused where a seat comes with it and several people read at an address of one's own (A5).
    """
    require(by.person_id == membership.person_id)
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=membership.organization_id)
        found = Membership.objects.select_related("person", "organization").filter(pk=membership.pk).first()
        if found is None or not found.pending:
            return
        if held(found, by=by):
            require_can_hold(found.person)
        found.pending = False
        found.save(update_fields=["pending"])
        record(events.PlaceAccepted(found.person_id), on=found.organization, by=by)
        membership.person.__dict__.pop("_place", None)


def end_invitation(membership: Membership, *, by: Actor) -> None:
    """Say no to a company that invites one, or take an invitation back that nobody has taken up.

    Raises Refused for whoever has come meanwhile.
    """
    require(by.person_id == membership.person_id or policy.may_run_company(by, membership.organization_id))
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=membership.organization_id)
        found = Membership.objects.select_related("person", "organization").filter(pk=membership.pk).first()
        if found is None:
            return
        if not found.pending:
            raise Refused(_("%(person)s has joined the company. Suspend them instead.") % {"person": found.shown_name})
        ended(found, by=by)
        found.delete()
        record(events.InvitationEnded(membership.person_id), on=membership.organization, by=by)


def suspend(membership: Membership, *, by: Actor) -> None:
    """Shut somebody out of a company's support at once: their right, their sessions, their sight of its tickets end.

    Raises Refused for oneself, and for the main contact, whom only support changes.
    """
    require(policy.may_run_company(by, membership.organization_id))
    _require_other(membership, by)
    with transaction.atomic():
        membership = locked(membership)
        if membership.pending:
            raise Refused(_("This invitation has not been accepted yet. Take it back instead."))
        if membership.suspended_at is not None:
            return
        ended(membership, by=by)
        membership.suspended_at = by.at
        membership.save(update_fields=["suspended_at"])
        marks.end_sessions(membership.person)
        record(events.MembershipSuspended(membership.person_id), on=membership.organization, by=by)


def let_back(membership: Membership, *, by: Actor) -> None:
    """Undo a suspension. A seat has to be given anew."""
    require(policy.may_run_company(by, membership.organization_id))
    with transaction.atomic():
        membership = locked(membership)
        if membership.suspended_at is not None:
            membership.suspended_at = None
            membership.save(update_fields=["suspended_at"])
            record(events.MembershipRestored(membership.person_id), on=membership.organization, by=by)


def make_manager(membership: Membership, manages: bool, *, by: Actor) -> None:
    """Let somebody run their company's people, or cease to. Nobody takes that from themselves."""
    require(policy.may_run_company(by, membership.organization_id))
    if not manages:
        _require_other(membership, by)
    role = MembershipRole.MANAGER if manages else MembershipRole.MEMBER
    with transaction.atomic():
        membership = locked(membership)
        if membership.suspended_at is not None:
            raise Refused(_("%(person)s is suspended.") % {"person": membership.shown_name})
        if membership.role != role:
            membership.role = role
            membership.save(update_fields=["role"])
            record(events.MembershipRoleChanged(membership.person_id, role), on=membership.organization, by=by)


def name_main_contact(membership: Membership, *, by: Actor) -> None:
    """Say who signed for a company: its first manager, who is told how support works and names the others (A3).

    Where companies give the seats, the main contact holds the first.
    """
    require(policy.may_run_people(by))
    with transaction.atomic():
        membership = locked(membership)
        organization = membership.organization
        if organization.main_contact_id == membership.person_id:
            return
        _require_counted(membership)
        make_manager(membership, True, by=by)
        gives = the_desk().who_gives_seats == WhoGivesSeats.COMPANY
        if gives and not held(membership, by=by):
            given(membership, by=by)
        organization.main_contact = membership.person
        organization.save(update_fields=["main_contact"])
        record(events.MainContactNamed(membership.person_id), on=organization, by=by)


def _require_other(membership: Membership, by: Actor) -> None:
    """Raise Refused for oneself, and for the main contact where it is not support who asks."""
    if membership.person_id == by.person_id:
        raise Refused(_("You can't do this to yourself. Ask another manager, or support."))
    require_no_main_contact(membership, by)
