"""How a ticket begins."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import Module, Product
from tuki.desk.queries import the_desk
from tuki.files.models import File
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.knowledge import policy as knowledge
from tuki.knowledge.models import Article
from tuki.lib.changes import Change, Rows
from tuki.lib.questions import Slot
from tuki.lib.refusal import Refused, require
from tuki.people import policy as people_policy
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.models import Organization, Package, Person, Team
from tuki.people.standing import place
from tuki.tickets import events, policy
from tuki.tickets.actions import _saying, _turn
from tuki.tickets.actions.copying import put_in_copy
from tuki.tickets.actions.handling import assign
from tuki.tickets.doubt import Doubt
from tuki.tickets.models import Counter, State, Ticket

_TICKETS = Rows(Ticket)
_NUMBERED = Change(
    lambda: Ticket.objects.filter(pk=Slot("ticket", BigIntegerField())), number=Slot("number", BigIntegerField())
)


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
    only_colleagues: bool = False,
    files: Iterable[File] = (),
    quoted: str = "",
    raw_mail: int | None = None,
    follow_up_of: Ticket | None = None,
    mentions: Ticket | None = None,
    after_reading: Article | None = None,
    spam: str | None = None,
    doubt: str = "",
    by: Actor,
) -> Ticket:
    """Ask for help, or as an agent record that a customer did.

    body, quoted: HTML, kept clean. requester: unset, it is whoever acts. organization: unset, the requester's first.
    severity: a key of the desk's list. copies: addresses; one that the desk's rule does not allow raises Refused, or is
    left out where only_allowed_copies is set (mail: the sender can't be asked). only_colleagues: of these none but
    people of the ticket's company, whatever the rule. spam: the kind of rule by which it is
    put away at once; empty where it answers a ticket that is spam, None for a ticket as others. after_reading: the
    article that whoever asks comes from. doubt: why it may be somebody else's; what is forged shows to no colleague of
    whom it names. Raises Denied to those without the right to submit, Refused with the field's name for what can't be.
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
    # By the requester's own right; what support records for somebody without one is their company's all the same.
    companies = policy.companies_to_submit_for(replace(by, person=requester)) or place(requester).organizations
    organization_id = organization.pk if organization else next(iter(companies), None)
    if doubt == Doubt.FORGED:
        organization_id = None
    if organization is not None and organization.pk not in place(requester).organizations:
        raise Refused(_("The requester does not belong to this company."), field="organization")
    if organization is not None and requester == by.person and organization.pk not in companies:
        raise Refused(_("You may not send requests for this company."), field="organization")
    if module is not None and (product is None or module.product_id != product.pk):
        raise Refused(_("This module does not belong to the product."), field="module")
    grave = next((row for row in desk.severities if row["key"] == severity), None)
    if severity and grave is None:
        raise Refused(_("Please choose a severity from the list."), field="severity")
    if after_reading is not None and not knowledge.may_read(by, after_reading):
        after_reading = None
    if priority is None and grave is not None:
        priority = grave.get("priority")  # the desk's first guess; support corrects it

    with transaction.atomic():
        ticket = _begun(
            subject,
            requester,
            organization_id=organization_id,
            team=team,
            product=product,
            module=module,
            severity=severity,
            priority=priority,
            follow_up_of=follow_up_of,
            mentions=mentions,
            after_reading=after_reading,
            spam=spam is not None,
            trashed_at=by.at if spam is not None else None,
            by=by,
        )
        message = _saying.put(ticket, words, raw_mail=raw_mail, doubt=doubt, by=by)
        put_in_copy(ticket, copies, refuse=not only_allowed_copies, only_colleagues=only_colleagues, by=by)
        record(events.Submitted(message.pk), on=ticket, by=by)
        if spam is not None:
            record(events.CaughtAsSpam(spam), on=ticket, by=Actor(people.system(), Via.RULE, by.at))
        _number(ticket)
    return ticket


def ask_for_package(organization: Organization, package: Package, words: str, *, by: Actor) -> Ticket:
    """Ask, as a company's manager, for another package (A3): a ticket to whoever of ours answers for what it buys.

    words: HTML, kept clean. It takes no right to submit, so that whoever runs out of seats can say so.
    """
    require(people_policy.may_run_company(by, organization) and by.person is not None)
    assert by.person is not None
    names = {"company": organization, "package": package}
    said = _saying.prepare(format_html("<p>{}</p>", _("%(company)s asks for the package %(package)s.") % names) + words)
    subject = " ".join((_("%(company)s: another package, %(package)s") % names).split())[:200]
    with transaction.atomic():
        ticket = _begun(subject, by.person, organization_id=organization.pk, by=by)
        message = _saying.put(ticket, said, by=by)
        record(events.Submitted(message.pk), on=ticket, by=by)
        _number(ticket)
        agent = organization.account_manager
        if agent is not None and agent.is_agent and agent.is_active:
            assign(ticket, agent, by=Actor(people.system(), Via.RULE, by.at))
    return ticket


def _begun(subject: str, requester: Person, *, by: Actor, **facts: Any) -> Ticket:
    """The row, with nothing said on it yet. Checks nothing: its callers have."""
    return _TICKETS.add(
        Ticket(
            subject=subject,
            folded_subject=subject.casefold()[:400],
            state=State.NEW,
            status=_turn.first_status(State.NEW),
            requester=requester,
            language=requester.language,
            via=by.via,
            created_at=by.at,
            turn_since=by.at,
            updated_at=by.at,
            shown_updated_at=by.at,
            shown_updated_by_id=by.person_id or requester.pk,
            **facts,
        )
    )


def _number(ticket: Ticket) -> None:
    """Take the next number. Last: whoever holds the counter's row holds up every other submit."""
    taken = _next_number()
    if taken is None:
        Counter.objects.get_or_create(name="ticket")
        taken = _next_number()
    assert taken is not None
    ticket.number = taken
    _NUMBERED.make(ticket=ticket.pk, number=taken)


def _next_number() -> int | None:
    """None where nothing has ever been counted."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tickets_counter SET value = value + 1 WHERE name = 'ticket' RETURNING value")
        return next((value for (value,) in cursor.fetchall()), None)
