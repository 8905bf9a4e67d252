"""What is changed of a ticket while it is dealt with."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import Module, Product
from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.people.standing import place
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying, _turn
from tuki.tickets.actions._locking import locked
from tuki.tickets.models import FormerText, State, Status, Tag, Ticket


def assign(ticket: Ticket, assignee: Person | None, *, by: Actor) -> Ticket:
    """Give the ticket to an agent, or to nobody. Raises Refused where that agent could not see it."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if assignee is not None and not assignee.is_agent:
            raise Refused(_("Only agents can be given a request."), field="assignee")
        if assignee is not None and ticket.team and ticket.team.private and assignee not in ticket.team.members.all():
            raise Refused(_("This agent is not in the request's private team."), field="assignee")
        if ticket.assignee_id != (assignee.pk if assignee else None):
            old, ticket.assignee = ticket.assignee_id, assignee
            record(events.Assigned(old, assignee.pk if assignee else None), on=ticket, by=by)
            _saying.touch(ticket, shown=False, by=by)
    return ticket


def hand_over(ticket: Ticket, team: Team | None, *, by: Actor) -> Ticket:
    """Put the ticket into another team's queue. An assignee who does not work there has it no longer."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.team_id != (team.pk if team else None):
            old, ticket.team = ticket.team_id, team
            record(events.HandedOver(old, team.pk if team else None), on=ticket, by=by)
            if team and ticket.assignee and ticket.assignee not in team.members.all():
                record(events.Assigned(ticket.assignee_id, None), on=ticket, by=by)
                ticket.assignee = None
            _saying.touch(ticket, shown=False, by=by)
    return ticket


def set_status(ticket: Ticket, status: Status, *, by: Actor) -> Ticket:
    """Say where the ticket stands."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if status.pk != ticket.status_id:
            _turn.go(ticket, status, by=by)
            _saying.touch(ticket, by=by)
    return ticket


def solve(ticket: Ticket, *, by: Actor) -> Ticket:
    """Say that the matter is dealt with; the requester may, and agents (H12)."""
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_edit(by, ticket))
        if not ticket.is_solved:
            _turn.go(ticket, _turn.first_status(State.SOLVED), by=by)
            _saying.touch(ticket, by=by)
    return ticket


def change_subject(ticket: Ticket, subject: str, *, by: Actor) -> Ticket:
    """Name the matter better. What it was called is kept where erasure can reach it."""
    subject = " ".join(subject.split())
    if not subject:
        raise Refused(_("A request needs a subject."), field="subject")
    if len(subject) > 200:
        raise Refused(_("A subject has at most 200 characters."), field="subject")
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_edit(by, ticket))
        if ticket.subject != subject:
            former = FormerText.objects.create(ticket=ticket, text=ticket.subject)
            ticket.subject, ticket.folded_subject = subject, subject.casefold()[:400]
            record(events.SubjectChanged(former.pk), on=ticket, by=by)
            _saying.touch(ticket, by=by)
    return ticket


def change_severity(ticket: Ticket, severity: str, *, by: Actor) -> Ticket:
    """Say how grave it is, in the customer's scale (F15)."""
    if severity not in [row["key"] for row in the_desk().severities]:
        raise Refused(_("Please choose a severity from the list."), field="severity")
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_edit(by, ticket))
        if ticket.severity != severity:
            record(events.SeverityChanged(ticket.severity, severity), on=ticket, by=by)
            ticket.severity = severity
            _saying.touch(ticket, by=by)
    return ticket


def set_priority(ticket: Ticket, priority: int | None, *, by: Actor) -> Ticket:
    """Say how urgent it is, in support's scale."""
    if priority is not None and priority not in [row["value"] for row in the_desk().priorities]:
        raise Refused(_("Please choose a priority from the list."), field="priority")
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if ticket.priority != priority:
            record(events.PriorityChanged(ticket.priority, priority), on=ticket, by=by)
            ticket.priority = priority
            _saying.touch(ticket, by=by)
    return ticket


def change_product(ticket: Ticket, product: Product | None, module: Module | None = None, *, by: Actor) -> Ticket:
    """Correct what the ticket is about (A10)."""
    if module is not None and (product is None or module.product_id != product.pk):
        raise Refused(_("This module does not belong to the product."), field="module")
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        old = [ticket.product_id, ticket.module_id]
        new = [product.pk if product else None, module.pk if module else None]
        if old != new:
            ticket.product, ticket.module = product, module
            record(events.ProductChanged(old, new), on=ticket, by=by)
            _saying.touch(ticket, by=by)
    return ticket


def change_requester(ticket: Ticket, requester: Person, *, by: Actor) -> Ticket:
    """Correct whose matter it is. It goes to the person's company, and stays where they belong to that one too.

    Whom the desk's rule would not let be in copy at another company is in copy no longer.
    """
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        if requester.is_system or not requester.is_active:
            raise Refused(_("This person can't be a requester."), field="requester")
        if ticket.requester_id != requester.pk:
            record(events.RequesterChanged(ticket.requester_id, requester.pk), on=ticket, by=by)
            ticket.requester = requester
            ticket.copies.filter(person=requester).delete()
            companies = place(requester).organizations
            if ticket.organization_id not in companies:
                ticket.organization_id = next(iter(companies), None)
                _drop_copies_not_allowed(ticket, by=by)
            _saying.touch(ticket, by=by)
    return ticket


def _drop_copies_not_allowed(ticket: Ticket, *, by: Actor) -> None:
    """Take out of the copies whom the desk's rule does not let be there now. Checks nothing: its callers have."""
    for copy in ticket.copies.select_related("person"):
        if not policy.may_be_copied(copy.person, ticket):
            copy.delete()
            record(events.CopyRemoved(copy.person_id), on=ticket, by=by)


def tag(ticket: Ticket, *, add: Iterable[str] = (), remove: Iterable[str] = (), by: Actor) -> Ticket:
    """Put words on a ticket by which agents find its like, or take them off."""
    wanted = {" ".join(name.split()).lower()[:50] for name in add} - {""}
    unwanted = {" ".join(name.split()).lower()[:50] for name in remove}
    with transaction.atomic():
        ticket = locked(ticket, by=by)
        require(policy.may_work(by, ticket))
        known = set(ticket.tags.values_list("name", flat=True))
        added, removed = sorted(wanted - known), sorted(unwanted & known - wanted)
        if len(known | wanted) > 20:
            raise Refused(_("A request has at most 20 tags."), field="tags")
        Tag.objects.bulk_create(Tag(ticket=ticket, name=name) for name in added)
        ticket.tags.filter(name__in=removed).delete()
        if added or removed:
            record(events.Tagged(added, removed), on=ticket, by=by)
            _saying.touch(ticket, shown=False, by=by)
    return ticket
