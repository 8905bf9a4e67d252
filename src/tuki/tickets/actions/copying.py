"""Who else hears of a ticket: people in copy, and agents who follow."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail.queries import is_ours
from tuki.people import actions as people_actions
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying
from tuki.tickets.actions._locking import locked
from tuki.tickets.models import Copy, Follower, Ticket

# The same words for everyone the rule leaves out: they must not tell who is a customer.
_NOT_ALLOWED = _("“%(address)s” can't be added. Only people of your company who are known to support can be in copy.")


def add_copy(ticket: Ticket, address: str, *, by: Actor) -> Person | None:
    """Put an address in copy of a ticket. Raises Refused where the desk's rule does not allow it."""
    return next(iter(add_copies(ticket, [address], by=by)), None)


def add_copies(ticket: Ticket, addresses: Iterable[str], *, refuse: bool = True, by: Actor) -> list[Person]:
    """Put addresses in copy; what can't be is refused, or left out where refuse is not set (mail).

    Gives those who are new. The requester, the desk's own addresses and those in copy already are passed over.
    """
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_manage_copies(by, ticket) or (not refuse and policy.may_reply(by, ticket)))
        added = put_in_copy(ticket, addresses, refuse=refuse, by=by)
        for person in added:
            record(events.CopyAdded(person.pk), on=ticket, by=by)
        if added:
            _saying.touch(ticket, by=by)
    return added


def put_in_copy(
    ticket: Ticket, addresses: Iterable[str], *, refuse: bool, only_colleagues: bool = False, by: Actor
) -> list[Person]:
    """Make the rows. Asks for no right, locks and records nothing: its callers do."""
    added = []
    for address in dict.fromkeys(address.strip().lower() for address in addresses if address.strip()):
        if is_ours(address):
            continue
        try:
            with transaction.atomic():
                person = people_actions.meet(address, language=ticket.language, by=by)
                if not policy.may_be_copied(person, ticket, only_colleagues=only_colleagues):
                    # Rolls back whom we only just met.
                    raise Refused(_NOT_ALLOWED % {"address": address}, field="copies")
        except Refused as refusal:
            if refuse:
                raise Refused(str(refusal), field="copies") from None
            continue
        if person.pk != ticket.requester_id:
            copy, new = Copy.objects.get_or_create(ticket=ticket, person=person)
            if new:
                added.append(copy.person)
    return added


def remove_copy(ticket: Ticket, person: Person, *, by: Actor) -> None:
    """Take somebody out of the copies; oneself anybody can, which is to leave."""
    if by.person == person:
        leave(ticket, by=by)
        return
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_manage_copies(by, ticket))
        if Copy.objects.filter(ticket=ticket, person=person).delete()[0]:
            record(events.CopyRemoved(person.pk), on=ticket, by=by)
            _saying.touch(ticket, by=by)


def leave(ticket: Ticket, *, by: Actor) -> None:
    """Cease to get a ticket's messages, as somebody who was in copy. Leaving twice changes nothing."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        if Copy.objects.filter(ticket=ticket, person=by.person).delete()[0]:
            record(events.Left(), on=ticket, by=by)
            _saying.touch(ticket, by=by)


def come_back(ticket: Ticket, *, by: Actor) -> None:
    """Get a ticket's messages again after having left. Raises Refused where others have decided otherwise since."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        if not policy.may_come_back(by, ticket):
            raise Refused(_("You can't come back to this conversation. Ask its people to add you."))
        _copy, new = Copy.objects.get_or_create(ticket=ticket, person=by.person)
        if new:
            record(events.CameBack(), on=ticket, by=by)
            _saying.touch(ticket, by=by)


def follow(ticket: Ticket, *, by: Actor) -> None:
    """Hear of what happens on a ticket."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket) and by.person is not None)
        _follow(ticket, by=by)


def _follow(ticket: Ticket, *, by: Actor) -> None:
    """Checks nothing: its callers have."""
    assert by.person is not None
    _row, new = Follower.objects.get_or_create(ticket=ticket, person=by.person)
    if new:
        record(events.Followed(by.person.pk), on=ticket, by=by)


def unfollow(ticket: Ticket, *, by: Actor) -> None:
    """Hear of it no longer."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket) and by.person is not None)
        if Follower.objects.filter(ticket=ticket, person=by.person).delete()[0]:
            record(events.Unfollowed(by.person_id or 0), on=ticket, by=by)
