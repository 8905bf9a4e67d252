"""A desk's people and tickets, made by actions with moved clocks."""

from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from tuki.demo import companies, content, deliveries, ledger, library
from tuki.demo.hours import moments
from tuki.demo.telling import Stage, Telling
from tuki.desk.models import Module, Product, WhoGivesSeats
from tuki.desk.queries import the_desk
from tuki.jobs.models import Job
from tuki.journal.via import Via
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.models import Person, Role, Team
from tuki.people.queries import system
from tuki.people.standing import place
from tuki.tickets import marks
from tuki.tickets.models import ReadMark, Status, Ticket
from tuki.tickets.policy import visible_tickets

# The oldest story is younger than the customer relationships.
_BEGAN = timedelta(days=400)


def password(desk: str) -> str:
    """Everybody's, so that one can look at the desk as anybody."""
    return f"tuki-demo-{desk}"


def fill(desk: str, now: datetime | None = None) -> None:
    """Let a desk whose blueprint is applied, and which has no people yet, have had a past.

    One transaction: a fill that is stopped half-way has never begun. Nobody is written to now: what is asked for on the
    way are mails about what is over, so their jobs go with the transaction that asked for them.
    """
    now = now or timezone.now()
    zone = ZoneInfo(the_desk().time_zone)
    with transaction.atomic():
        newest = Job.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        stage = _people(desk, now)
        tellings = [Telling(story, moments(story, now, zone), stage) for story in content.stories(desk)]
        # In the order in which it happened: numbers are given and the journal is written as if somebody had sat there.
        steps = chain(companies.lately(stage, now), *(telling.steps() for telling in tellings))
        for at, do in sorted(steps, key=lambda step: step[0]):
            do(at)
        _sign_in(now)
        _read(now)
        _begin_a_draft(now)
        ledger.fill(now)
        library.fill(desk, now, stage.persons)
        deliveries.fill(now, [one.email for one in content.sign_ins(desk)])
        Job.objects.filter(pk__gt=newest).delete()


def _people(desk: str, now: datetime) -> Stage:
    """The cast as rows. Persons come before companies, so that nobody joins one by their address alone."""
    cast, setter = content.cast(desk), Actor(system(), Via.IMPORT, now - _BEGAN)
    teams = {team.key: team for team in Team.objects.all()}
    persons = {}
    for agent in cast.agents.values():
        person = people.add_person(
            agent.email,
            name=agent.name,
            display_name=agent.display_name,
            role=Role(agent.role),
            language=agent.language,
            by=setter,
        )
        people.set_teams(person, [teams[key] for key in agent.teams], by=setter)
        persons[agent.key] = person
    for customer in cast.customers.values():
        persons[customer.key] = people.add_person(
            customer.email,
            name=customer.name,
            language=customer.language,
            time_zone=customer.time_zone,
            phones=[customer.phone],
            by=setter,
        )
    companies.companies(cast, persons, now, by=setter)
    _let_in(password(desk))
    return Stage(
        cast,
        # Read anew: those at hand know nothing of what was just done to them.
        {key: Person.objects.get(pk=person.pk) for key, person in persons.items()},
        teams,
        {product.key: product for product in Product.objects.all()},
        {(module.product.key, module.key): module for module in Module.objects.select_related("product")},
        _statuses(),
    )


def _let_in(word: str) -> None:
    """As if each had followed an invitation. One hash for all: it takes a third of a second to make."""
    Person.objects.exclude(role=Role.SYSTEM).update(password=make_password(word))
    EmailAddress.objects.update(verified=True)


def _sign_in(now: datetime) -> None:
    """Whoever may ask, or answers, was here in the last weeks; somebody without a right has never had a reason to."""
    seated = the_desk().who_gives_seats != WhoGivesSeats.NOBODY
    for number, person in enumerate(Person.objects.exclude(role=Role.SYSTEM)):
        may_ask = not seated or place(person).seated
        if person.is_agent or (may_ask and person.has_usable_password()):
            Person.objects.filter(pk=person.pk).update(last_login=now - timedelta(hours=1 + number * 37 % 700))


def _statuses() -> dict[str, Status]:
    statuses = list(Status.objects.filter(retired=False))
    first: dict[str, Status] = {}
    for status in statuses:
        first.setdefault(status.state, status)
    return first | {status.key: status for status in statuses}


# What happened less than this ago, not everybody has seen.
_FRESH = timedelta(days=2)


def _read(now: datetime) -> None:
    """Everybody has read what is older, and of the rest what they did themselves."""
    rows = []
    for person in Person.objects.exclude(role=Role.SYSTEM):
        seen = visible_tickets(Actor(person)).only("pk", "updated_at", "assignee", "shown_updated_by")
        for ticket in seen:
            own = person.pk in {ticket.assignee_id, ticket.shown_updated_by_id} and ticket.state not in {"new", "open"}
            if own or ticket.updated_at < now - _FRESH:
                rows.append(ReadMark(person=person, ticket=ticket, at=now))
    ReadMark.objects.bulk_create(rows, batch_size=500)


_BEGUN = {
    "fi": "<p>Hei,</p><p>katsoin tätä lokista ja näyttää siltä, että</p>",
    "sv": "<p>Hej,</p><p>jag tittade på det här i loggen och det ser ut som att</p>",
    "nl": "<p>Hallo,</p><p>ik heb het in het logboek nagekeken en het lijkt erop dat</p>",
    "en": "<p>Hi,</p><p>I looked at this in the log and it seems that</p>",
}


def _begin_a_draft(now: datetime) -> None:
    """Somebody was called away in the middle of an answer."""
    ticket = Ticket.objects.filter(state="open", assignee__isnull=False).order_by("-updated_at", "-pk").first()
    if ticket is not None and ticket.assignee is not None:
        marks.save_draft(
            ticket.assignee, ticket, _BEGUN[ticket.language], internal=False, at=now - timedelta(minutes=9)
        )
