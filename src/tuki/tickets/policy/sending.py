"""Who may know of what, asked of every mail as it leaves: the rules of `seeing` in one question for anybody."""

from functools import cache

from django.db.models import CharField, DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from tuki.desk.queries import the_desk
from tuki.lib.questions import Question, Slot
from tuki.people.models import Membership, Person, Role
from tuki.people.sight import let_in_by_their_rule
from tuki.tickets.models import Ticket
from tuki.tickets.policy.seeing import PERSON, TICKET, Rules, rules_for_agent, rules_for_customer


def reads_now(person: int, ticket: int) -> bool:
    """What `visible_tickets` says of somebody, whoever they are; the desk itself reads no mail."""
    desk = the_desk()
    asked = _reads_now(desk.copies_from_first_answer)
    return bool(asked.ask(person=person, ticket=ticket, rule=desk.who_sees, now=timezone.now()))


@cache
def _reads_now(copies_from_first_answer: bool) -> Question[tuple[int]]:
    def make() -> QuerySet[Ticket, tuple[int]]:
        active = Person.objects.filter(pk=PERSON, is_active=True)
        agent = Q(Exists(active.filter(role__in=[Role.AGENT, Role.ADMINISTRATOR])))
        customer = Q(Exists(active.filter(role=Role.CUSTOMER)))
        for_agent = rules_for_agent(PERSON).found().filter(agent, pk=TICKET)
        for_customer = _for_customer(copies_from_first_answer).found().filter(customer, pk=TICKET)
        return Ticket.objects.filter(
            Q(pk__in=for_agent.values("pk")) | Q(pk__in=for_customer.values("pk"))
        ).values_list("pk")

    return Question(make)


def _for_customer(copies_from_first_answer: bool) -> Rules:
    """As for a known customer, but that where they stand is looked up as well."""
    rules = rules_for_customer(PERSON, (), (), copies_from_first_answer)
    places = Membership.objects.filter(person=PERSON, organization=OuterRef("organization"))
    wish = NullIf("organization__who_sees", Value(""))
    ruled = places.annotate(rule=Coalesce(wish, Slot("rule", CharField())))
    let_in = ruled.filter(let_in_by_their_rule(Slot("now", DateTimeField())))
    company = Q(Exists(let_in), confidential=False)
    suspended = Q(Exists(places.filter(pending=False, suspended_at__isnull=False)))
    return Rules({**rules.lets, "company": company}, {**rules.spares, "suspended": ~suspended})
