"""What a page costs the database follows what it shows, not how many tickets there are.

Held where the database has counted its tables and where it has not: PostgreSQL counts by itself now and then; SQLite
does not until it is told to, and then plans otherwise.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.costs import FEW, MANY, SIZE, SLACK, count, whether_counted, work
from tuki.desk.models import WhoSees
from tuki.files.models import File
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.lib import paging
from tuki.people.models import Membership, Organization, Person, Seat
from tuki.tickets import policy, queries
from tuki.tickets.models import Copy, Message, State, Status, Ticket
from tuki.tickets.queries import beside


@dataclass
class Crowd:
    """Whose tickets there are. The first of each has many."""

    people: list[Person] = field(default_factory=list)
    companies: list[Organization] = field(default_factory=list)
    begun: datetime = field(default_factory=lambda: timezone.now() - timedelta(days=365))
    made: int = 0


@pytest.fixture
def crowd(unworn, desk, eva) -> Crowd:
    crowd = Crowd()
    crowd.companies = Organization.objects.bulk_create(Organization(name=f"Company {n}") for n in range(40))
    crowd.people = Person.objects.bulk_create(Person(email=f"p{n}@c{n % 40}.example") for n in range(200))
    places = Membership.objects.bulk_create(
        Membership(person=person, organization=crowd.companies[n % 40]) for n, person in enumerate(crowd.people)
    )
    Seat.objects.bulk_create(Seat(membership=place, given_by=eva.person, given_at=eva.at) for place in places)
    return crowd


@pytest.fixture
def grow(crowd, eva, teams) -> Callable[[int], None]:
    """Let the desk have so many tickets in all, each with a message and an entry."""
    dice = random.Random(4)
    status = {state: Status.objects.filter(state=state)[0] for state in (State.OPEN, State.PENDING, State.SOLVED)}

    def ticket(number: int) -> Ticket:
        requester = crowd.people[0] if dice.random() < 0.2 else dice.choice(crowd.people)
        place = crowd.people.index(requester) % 40
        state = dice.choice([State.OPEN, State.PENDING, State.SOLVED])
        at = crowd.begun + timedelta(minutes=number)
        return Ticket(
            number=number,
            subject=f"Matter {number}",
            folded_subject=f"matter {number}",
            state=state,
            status=status[state],
            requester=requester,
            organization=crowd.companies[place],
            team=teams["support"] if dice.random() < 0.5 else dice.choice([None, *teams.values()]),
            assignee=eva.person if dice.random() < 0.5 else None,
            language="en",
            via=Via.WEB,
            trashed_at=at if dice.random() < 0.1 else None,
            created_at=at,
            ours=state == State.OPEN,
            turn_since=at,
            updated_at=at,
            shown_updated_at=at,
            shown_updated_by=requester,
            first_answer_at=at,
            solved_at=at if state == State.SOLVED else None,
        )

    def to(many: int) -> None:
        tickets = Ticket.objects.bulk_create(ticket(number) for number in range(crowd.made + 1, many + 1))
        Message.objects.bulk_create(
            Message(
                ticket=one,
                author=one.requester,
                html="<p>Help.</p>",
                excerpt="Help.",
                via="web",
                sent_at=one.created_at,
            )
            for one in tickets
        )
        Entry.objects.bulk_create(
            Entry(
                event="ticket.solved",
                data={"old": 1, "new": 2},
                on_kind="ticket",
                on_id=one.pk,
                via="web",
                at=one.created_at,
            )
            for one in tickets
        )
        if not crowd.made:
            Copy.objects.bulk_create(Copy(ticket=one, person=crowd.people[0]) for one in tickets[::100])
        crowd.made = many

    return to


@whether_counted
def test_no_customers_list_costs_more_under_any_rule_of_who_sees(grow, crowd, rules, eva, counted):
    """Of somebody in three companies, two of which they see as the rule has it, and one that has suspended them."""
    person = crowd.people[0]
    further = Membership.objects.create(person=person, organization=crowd.companies[1], role="manager")
    Membership.objects.filter(person=person).update(role="manager")
    Seat.objects.create(membership=further, given_by=eva.person, given_at=eva.at)
    Membership.objects.create(person=person, organization=crowd.companies[2], suspended_at=eva.at)

    def costs() -> dict[str, int]:
        found = {}
        for rule in WhoSees:
            rules(who_sees=rule)
            customer = eva.__class__(Person.objects.get(pk=person.pk))
            seen = sorted(policy.organizations_seen(customer.person))
            assert len(seen) == (0 if rule == WhoSees.NOBODY else 2)
            for tab in ("mine", "copied", "organization"):
                rows = queries.customer_requests(customer, tab=tab, status="all")
                lists = queries.by_company(rows, seen if tab == "organization" else [])
                cursors = _cursors(lambda at, lists=lists: paging.page_of_several(lists, "shown_updated_at", at, SIZE))
                for place, at in cursors.items():
                    found[f"{tab}, {place}, seen by {rule}"] = work(
                        lambda lists=lists, at=at: paging.page_of_several(lists, "shown_updated_at", at, SIZE)
                    )
        return found

    grow(FEW)
    count(counted)
    few = costs()
    grow(MANY)
    count(counted)

    assert {name: (few[name], cost) for name, cost in costs().items() if cost > few[name] * SLACK + 20} == {}


@whether_counted
def test_no_list_and_no_page_costs_more_where_there_are_more_tickets(grow, crowd, eva, counted):
    customer = eva.__class__(crowd.people[0])

    def lists() -> dict[str, Callable[[], Any]]:
        """All that pages ask, beginning in the middle of what there is."""
        middle = Ticket.objects.filter(trashed_at=None, solved_at__isnull=False).order_by("pk")[crowd.made // 4]
        asked: dict[str, Callable[[], Any]] = {
            "the page": lambda: queries.glance(eva, middle.number),
            "the ticket": lambda: queries.ticket_by_number(eva, middle.number),
            "its thread": lambda: queries.thread_for_agent(eva, middle.pk),
            "its thread to a customer": lambda: list(queries.thread(customer, middle)),
            "its history": lambda: queries.history(eva, middle),
            "the requester's": lambda: beside.others_of_requester(eva, middle),
            "the company's": lambda: beside.others_of_company(eva, middle),
            "following": lambda: beside.following(eva, middle),
            "mentioning": lambda: beside.mentioning(eva, middle),
            "own drafts": lambda: beside.drafts_of(eva),
            "a file": lambda: policy.visible_files(customer).filter(pk=1).first(),
            "counts": lambda: queries.counts(eva),
            "a person's": lambda: paging.page(queries.requests_of(eva, crowd.people[0]), "shown_updated_at", size=SIZE),
            "an organization's": lambda: paging.page(
                beside.requests_of_organization(eva, crowd.companies[0]), "shown_updated_at", size=SIZE
            ),
        }
        for key in queries.VIEWS:
            cursors = _cursors(lambda cursor, key=key: queries.page_of_view(eva, key, cursor, SIZE))
            for place, cursor in cursors.items():
                asked[f"{key}, {place}"] = lambda key=key, cursor=cursor: queries.page_of_view(eva, key, cursor, SIZE)
            asked[f"{key}, beside"] = lambda key=key: queries.neighbours(eva, key, middle)
        for status in ("open", "all"):
            rows = queries.customer_requests(customer, status=status).select_related("shown_updated_by", "team")
            cursors = _cursors(lambda cursor, rows=rows: paging.page(rows, "shown_updated_at", cursor, SIZE))
            for place, cursor in cursors.items():
                asked[f"customer's {status}, {place}"] = lambda rows=rows, cursor=cursor: paging.page(
                    rows, "shown_updated_at", cursor, SIZE
                )
        return asked

    def costs() -> dict[str, int]:
        asked = lists()
        for ask in asked.values():
            ask()  # a question that is put into SQL for the first time is not what is counted
        return {name: work(ask) for name, ask in asked.items()}

    File.objects.create(path="x", name="x", type="text/plain", size=1, made_at=eva.at)
    grow(FEW)
    count(counted)
    few = costs()
    grow(MANY)
    count(counted)
    many = costs()

    grown = {name: (few[name], cost) for name, cost in many.items() if cost > few[name] * SLACK + 20}
    assert grown == {}


def _cursors(page: Callable[[str], paging.Page[Any]]) -> dict[str, str]:
    """Of a list's beginning, of what comes after some pages, and of the way back from there."""
    older = ""
    for _ in range(4):
        found = page(older)
        older = found.older
    return {"first": "", "older": older, "newer": found.newer}
