"""A desk that has been busy for two years: any number of tickets, the same at every run but for the moment of "now"."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from tuki.blueprint.actions import apply
from tuki.blueprint.reading import SHIPPED, read_folder
from tuki.desk.models import Product
from tuki.desk.queries import the_desk
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.lib.html import excerpt, to_text
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Person, Role, Seat, Team
from tuki.people.queries import system
from tuki.tickets import events
from tuki.tickets.models import Copy, Counter, Follower, Message, ReadMark, State, Status, Tag, Ticket

ORGANIZATIONS, CUSTOMERS, AGENTS = 300, 2000, 24
LENGTH = timedelta(days=730)
AT_ONCE = 1000  # tickets in one transaction

_FIRST = ("Aino", "Eino", "Helmi", "Onni", "Sofia", "Väinö", "Anna", "Mikael", "Ella", "Leo", "Lotta", "Otto", "Venla")
_LAST = ("Laine", "Virtanen", "Korhonen", "Nieminen", "Salo", "Berg", "Lindqvist", "de Vries", "Jansen", "Rantanen")
_ABOUT = (
    "Invoice stays in the queue",
    "Payslip shows last year's rate",
    "Scanner does not find the batch",
    "Can't sign in since Monday",
    "New user for the circulation",
    "Bank file was refused",
    "VAT report differs from the ledger",
    "Export stops at 99 %",
    "E-invoice address of a supplier",
    "Approver is on holiday",
    "Wrong cost centre after the update",
    "Attachment can't be opened",
)
_SAID = (
    "The batch was scanned this morning and the invoices do not appear in the circulation.",
    "We tried it with two users and another browser, with the same result.",
    "The error message is “Connection was refused (0x80041)”.",
    "Could you look at it today, please?",
    "Salaries are paid on Friday and the payment file has to leave the bank on Thursday.",
    "I have attached a picture of the screen and the log of the service.",
    "The supplier says that the invoice was sent on the third, and the operator confirms it.",
    "After a restart of the service the queue went down for a moment and then grew again.",
    "The same happened in March, and then it was a certificate that had run out.",
)


@dataclass(frozen=True)
class Cast:
    """Whom the measures come in as: agents who are in teams, and customers with many and with few tickets."""

    agents: list[int]
    customers: list[int]


def fill(tickets: int) -> Cast:
    """Make a Festum of so many tickets, each with three messages and its journal. The database has its tables."""
    _blueprint()
    dice = random.Random(20_000)
    with transaction.atomic():
        people = _people(dice)
    now = timezone.now().replace(microsecond=0) - timedelta(minutes=1)
    begun = 0
    while begun < tickets:
        count = min(AT_ONCE, tickets - begun)
        with transaction.atomic():
            _tickets(dice, people, [_moment(number, tickets, now) for number in range(begun, begun + count)], now)
        begun += count
    with transaction.atomic():
        Counter.objects.update_or_create(name="ticket", defaults={"value": tickets})
        _read(dice, people.agents)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Cast([agent.pk for agent in people.agents], [customer.pk for customer in people.customers])


def _blueprint() -> None:
    apply(read_folder(SHIPPED / "festum"), by=Actor(system(), Via.IMPORT))


@dataclass(frozen=True)
class _People:
    agents: list[Person]
    customers: list[Person]
    company: dict[int, int]  # of a customer
    teams: list[Team]  # the private one is last
    members: dict[int, list[Person]]  # of a team


def _people(dice: random.Random) -> _People:
    unusable = make_password(None)
    began = timezone.now() - LENGTH

    def person(number: int, role: Role, domain: str) -> Person:
        name = f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
        return Person(
            email=f"{role}{number}@{domain}",
            name=name,
            folded_name=name.casefold(),
            role=role,
            language=dice.choice(["en", "fi"]) if role == Role.CUSTOMER else "en",
            password=unusable,
            made_at=began,
        )

    companies = Organization.objects.bulk_create(
        Organization(name=f"{dice.choice(_LAST)} & {dice.choice(_LAST)} {number} Oy", code=f"C{number:05}")
        for number in range(ORGANIZATIONS)
    )
    agents = Person.objects.bulk_create(person(number, Role.AGENT, "festum.example") for number in range(AGENTS))
    customers = Person.objects.bulk_create(
        person(number, Role.CUSTOMER, f"c{number % ORGANIZATIONS}.example") for number in range(CUSTOMERS)
    )
    places = Membership.objects.bulk_create(
        Membership(person=customer, organization=companies[number % ORGANIZATIONS])
        for number, customer in enumerate(customers)
    )
    Seat.objects.bulk_create(Seat(membership=place, given_by=agents[0], given_at=began) for place in places[::2])
    teams = sorted(Team.objects.all(), key=lambda team: (team.private, team.position))
    members = {}
    for number, team in enumerate(teams):
        members[team.pk] = agents[:4] if team.private else agents[number :: len(teams) - 1]
        team.members.set(members[team.pk])
    company = {place.person_id: place.organization_id for place in places}
    return _People(agents, customers, company, teams, members)


def _moment(number: int, tickets: int, now: datetime) -> tuple[int, datetime]:
    """A ticket's number, and when it came: evenly, the first of all at the desk's beginning."""
    return number + 1, now - LENGTH * ((tickets - number) / tickets)


def _tickets(dice: random.Random, people: _People, coming: list[tuple[int, datetime]], now: datetime) -> None:
    """Some tickets with all that belongs to them."""
    statuses = {status.key: status for status in Status.objects.all()}
    products = list(Product.objects.prefetch_related("modules"))
    severities = the_desk().severities
    drawn = []
    for number, came in coming:
        customer = people.customers[int(len(people.customers) * dice.random() ** 2)]
        team = people.teams[-1] if dice.random() < 0.01 else dice.choice(people.teams[:-1])
        state = _state(dice, now - came)
        assignee = None if state == State.NEW or dice.random() < 0.1 else dice.choice(people.members[team.pk])
        severity = dice.choice(severities)
        product = dice.choice(products)
        answered = came + timedelta(hours=dice.uniform(0.2, 8))
        touched = min(answered + timedelta(hours=dice.expovariate(1 / 30)), now)
        subject = f"{dice.choice(_ABOUT)} {number}"
        drawn.append(
            Ticket(
                number=number,
                subject=subject,
                folded_subject=subject.casefold(),
                state=state,
                status=next(status for status in statuses.values() if status.state == state),
                requester=customer,
                organization_id=people.company[customer.pk],
                team=team,
                assignee=assignee,
                product=product,
                module=next(iter(product.modules.all()), None),
                severity=severity["key"],
                priority=severity["priority"],
                language=customer.language,
                via=dice.choice([Via.WEB, Via.EMAIL]),
                confidential=dice.random() < 0.01,
                created_at=came,
                ours=state in {State.NEW, State.OPEN},
                turn_since=touched,
                updated_at=touched,
                shown_updated_at=touched,
                shown_updated_by=assignee or customer,
                first_answer_at=answered if assignee else None,
                solved_at=touched if state == State.SOLVED else None,
                version=6,
            )
        )
    tickets = Ticket.objects.bulk_create(drawn)
    messages = Message.objects.bulk_create(
        message for ticket in tickets for message in _messages(dice, ticket, people.agents[0])
    )
    said = {ticket.pk: messages[place * 3 : place * 3 + 3] for place, ticket in enumerate(tickets)}
    Entry.objects.bulk_create(entry for ticket in tickets for entry in _entries(ticket, said[ticket.pk], statuses))
    Copy.objects.bulk_create(
        Copy(ticket=ticket, person=person)
        for ticket in tickets
        if dice.random() < 0.05 and (person := dice.choice(people.customers)) != ticket.requester
    )
    Follower.objects.bulk_create(
        Follower(ticket=ticket, person=dice.choice(people.agents)) for ticket in tickets if dice.random() < 0.04
    )
    Tag.objects.bulk_create(
        Tag(ticket=ticket, name=dice.choice(["release", "bank", "invoice", "training"]))
        for ticket in tickets
        if dice.random() < 0.1
    )


def _state(dice: random.Random, age: timedelta) -> State:
    """Of what came in the last months much is not solved; of what is older, little."""
    if dice.random() < (0.7 if age < LENGTH / 10 else 0.08):
        return dice.choices([State.NEW, State.OPEN, State.PENDING, State.HOLD], [2, 4, 4, 1])[0]
    return State.SOLVED


def _messages(dice: random.Random, ticket: Ticket, stand_in: Person) -> Iterator[Message]:
    """The question, an answer (to a third, a note among agents), and the customer's last word."""
    support = ticket.assignee or stand_in
    internal = dice.random() < 1 / 3
    between = ticket.created_at + (ticket.updated_at - ticket.created_at) / 2
    for author, inside, at in (
        (ticket.requester, False, ticket.created_at),
        (support, internal, between),
        (ticket.requester, False, ticket.updated_at),
    ):
        html = "".join(f"<p>{' '.join(dice.sample(_SAID, 3))}</p>" for _ in range(2))
        yield Message(
            ticket=ticket,
            author=author,
            internal=inside,
            by_support=author is support,
            html=html,
            excerpt=excerpt(to_text(html))[:200],
            via=ticket.via,
            sent_at=at,
        )


def _entries(ticket: Ticket, said: list[Message], statuses: dict[str, Status]) -> Iterator[Entry]:
    first, answer, last = said
    support = answer.author_id
    new, now_has = statuses["new"].pk, ticket.status_id
    told: list[tuple[events.TicketEvent, int, datetime]] = [
        (events.Submitted(first.pk), ticket.requester_id, first.sent_at),
        (events.HandedOver(None, ticket.team_id), support, answer.sent_at),
        (events.Noted(answer.pk) if answer.internal else events.Replied(answer.pk), support, answer.sent_at),
        (events.Replied(last.pk), ticket.requester_id, last.sent_at),
    ]
    if ticket.assignee_id:
        told.insert(1, (events.Assigned(None, ticket.assignee_id), support, answer.sent_at))
    if ticket.solved_at:
        told.append((events.Solved(new, now_has), support, ticket.solved_at))
    elif now_has != new:
        told.append((events.StatusChanged(new, now_has), support, answer.sent_at))
    for event, person, at in told:
        yield Entry(
            event=event.name,
            data=event.data(),
            on_kind="ticket",
            on_id=ticket.pk,
            person_id=person,
            via=ticket.via,
            at=at,
        )


def _read(dice: random.Random, agents: list[Person]) -> None:
    """Each agent has read half of what was last spoken of."""
    latest = list(Ticket.objects.filter(solved_at=None).order_by("-updated_at").values_list("pk", "updated_at")[:400])
    ReadMark.objects.bulk_create(
        ReadMark(person=agent, ticket_id=pk, at=at) for agent in agents for pk, at in latest if dice.random() < 0.5
    )
