"""How a ticket begins."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import Module, Product
from tuki.desk.queries import the_desk
from tuki.files.models import File
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.lib.refusal import Refused, require
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.models import Organization, Person, Team
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying, _turn
from tuki.tickets.actions.copying import put_in_copy
from tuki.tickets.doubt import Doubt
from tuki.tickets.models import Counter, State, Ticket


def submit(
    subject: str,
    body: str,
    *,
    requester: Person | None = None,
    organization: Organization | None = None,
    product: Product | None = None,
    module: Module | None = None,
    severity: str = "",
    priority: int | None = None,
    team: Team | None = None,
    copies: Iterable[str] = (),
    only_allowed_copies: bool = False,
    files: Iterable[File] = (),
    quoted: str = "",
    raw_mail: int | None = None,
    follow_up_of: Ticket | None = None,
    mentions: Ticket | None = None,
    spam: str | None = None,
    doubt: str = "",
    by: Actor,
) -> Ticket:
    """Ask for help, or as an agent record that a customer did.

    body, quoted: HTML, kept clean. requester: unset, it is whoever acts. organization: unset, the requester's first.
    severity: a key of the desk's list. copies: addresses; one that the desk's rule does not allow raises Refused, or is
    left out where only_allowed_copies is set (mail: the sender can't be asked). spam: the kind of rule by which it is
    put away at once; empty where it answers a ticket that is spam, None for a ticket as others. doubt: why it may be
    somebody else's; what is forged shows to no colleague of whom it names. Raises Denied to those without the right to
    submit, Refused with the field's name for what can't be.
    """
    words = _saying.prepare(body, quoted=quoted, files=files)
    subject = " ".join(subject.split())[:200] or words.excerpt[:80] or str(_("(no subject)"))
    desk = the_desk()
    requester = requester or by.person
    require(policy.may_submit(by) and requester is not None)
    assert requester is not None
    require(requester == by.person or by.is_agent or by.is_system)
    if requester.is_system or not requester.is_active:
        raise Refused(_("This person can't be a requester."), field="requester")
    place = people.place(requester)
    organization_id = organization.pk if organization else next(iter(place.organizations), None)
    if doubt == Doubt.FORGED:
        organization_id = None
    if organization is not None and organization.pk not in place.organizations:
        raise Refused(_("The requester does not belong to this company."), field="organization")
    if module is not None and (product is None or module.product_id != product.pk):
        raise Refused(_("This module does not belong to the product."), field="module")
    grave = next((row for row in desk.severities if row["key"] == severity), None)
    if severity and grave is None:
        raise Refused(_("Please choose a severity from the list."), field="severity")
    if priority is None and grave is not None:
        priority = grave.get("priority")  # the desk's first guess; support corrects it

    with transaction.atomic():
        ticket = Ticket.objects.create(
            subject=subject,
            folded_subject=subject.casefold()[:400],
            state=State.NEW,
            status=_turn.first_status(State.NEW),
            requester=requester,
            organization_id=organization_id,
            team=team,
            product=product,
            module=module,
            severity=severity,
            priority=priority,
            language=requester.language,
            via=by.via,
            created_at=by.at,
            turn_since=by.at,
            updated_at=by.at,
            shown_updated_at=by.at,
            shown_updated_by_id=by.person_id or requester.pk,
            follow_up_of=follow_up_of,
            mentions=mentions,
            spam=spam is not None,
            trashed_at=by.at if spam is not None else None,
        )
        message = _saying.put(ticket, words, raw_mail=raw_mail, doubt=doubt, by=by)
        put_in_copy(ticket, copies, refuse=not only_allowed_copies, by=by)
        record(events.Submitted(message.pk), on=ticket, by=by)
        if spam is not None:
            record(events.CaughtAsSpam(spam), on=ticket, by=Actor(people.system(), Via.RULE, by.at))
        _number(ticket)
    return ticket


def _number(ticket: Ticket) -> None:
    """Take the next number. Last: whoever holds the counter's row holds up every other submit."""
    taken = _next_number()
    if taken is None:
        Counter.objects.get_or_create(name="ticket")
        taken = _next_number()
    assert taken is not None
    ticket.number = taken
    Ticket.objects.filter(pk=ticket.pk).update(number=taken)


def _next_number() -> int | None:
    """None where nothing has ever been counted."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tickets_counter SET value = value + 1 WHERE name = 'ticket' RETURNING value")
        return next((value for (value,) in cursor.fetchall()), None)
