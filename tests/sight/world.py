"""Everybody and everything that the matrix is about: as plain data for the oracle, and as rows for the code."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from tests.sight.oracle import PRIVATE, Company, Matter, Place, Rules, Someone
from tuki.desk.models import Desk
from tuki.desk.queries import forget
from tuki.files.models import File
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.mail.models import Mailbox
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Person, Seat, Team
from tuki.people.queries import system
from tuki.tickets.models import Attachment, CompanyFollower, Copy, Counter, Follower, Message, State, Status, Ticket

COMPANIES = [
    Company("Asked nothing", "zibeline"),
    Company("Keeps to itself", "yarrow", "nobody"),
    Company("Managers read", "xylem", "managers", False),
    Company("Seats answer", "wisteria", "seats", True),
    Company("All see", "vetiver", "everyone"),
    Company("Only reads", "umber", "", False),
    Company("Seats read", "tansy", "seats", False),
]
NOTE = "quassia"  # in every internal note
NOBODYS = "saffron"  # in what is no company's


def everybody() -> list[Someone]:
    found = [Someone("the desk", "system"), Someone("stranger")]
    found += [
        Someone("support", "agent", teams=frozenset({"support"})),
        Someone("payroll", "agent", teams=frozenset({PRIVATE})),
        Someone("both", "agent", teams=frozenset({"support", PRIVATE})),
        Someone("teamless", "agent"),
        Someone("left", "agent", closed=True, teams=frozenset({"support", PRIVATE})),
    ]
    kinds = {
        "member": {},
        "seat": {"seat": "live"},
        "manager": {"manager": True},
        "seated manager": {"manager": True, "seat": "live"},
        "run out": {"seat": "out"},
        "ended": {"seat": "ended"},
        "suspended": {"manager": True, "suspended": True},
        "pending": {"manager": True, "seat": "live", "pending": True},
    }
    for company in COMPANIES:
        found += [
            Someone(f"{name} of {company.word}", places=(Place(company, **more),)) for name, more in kinds.items()
        ]
    found.append(Someone("closed", places=(Place(COMPANIES[0], manager=True, seat="live"),), closed=True))
    dice = random.Random(7)
    for n in range(10):  # people in several companies, of all sorts
        places = tuple(
            Place(company, **dice.choice(list(kinds.values())))
            for company in dice.sample(COMPANIES, dice.choice([2, 3]))
        )
        found.append(Someone(f"several {n}", places=places))
    dice.shuffle(found)  # whoever is asked in turn is not always of one kind
    return found


def all_matters(people: list[Someone]) -> list[Matter]:
    dice = random.Random(11)
    customers = [one for one in people if one.kind == "customer"]
    agents = [one for one in people if one.kind == "agent"]
    shapes: list[dict[str, Any]] = [
        {},
        {"answered": False},
        {"confidential": True, "waits": True},
        {"team": "support", "confidential": True},
        {"team": PRIVATE},
        {"team": PRIVATE, "confidential": True, "solved": True},
        {"trashed": True},
        {"trashed": True, "spam": True},
        {"solved": True, "team": "support"},
        {"waits": True, "team": "support"},
        {"answered": False, "solved": True},
    ]
    found = []
    for company in [*COMPANIES, None]:
        of_company = [one for one in customers if any(place.company == company for place in one.places)]
        for n, shape in enumerate(shapes):
            requester = dice.choice(of_company or customers)
            copies = dice.sample([one for one in customers if one != requester], 4)
            copies += dice.sample([one for one in of_company if one != requester], min(2, len(of_company)))
            found.append(
                Matter(
                    f"m{len(found)}",
                    requester,
                    company,
                    copies=frozenset(copies),
                    assignee=dice.choice([None, *agents]),
                    followers=frozenset(dice.sample(agents, n % 3)),
                    **shape,
                )
            )
    found.append(Matter(f"m{len(found)}", agents[0], None))  # an agent asks
    return found


@dataclass
class World:
    """The rows, by what they stand for."""

    people: list[Someone] = field(default_factory=everybody)
    matters: list[Matter] = field(default_factory=list)
    persons: dict[Someone, Person] = field(default_factory=dict)
    tickets: dict[Matter, Ticket] = field(default_factory=dict)
    companies: dict[Company, Organization] = field(default_factory=dict)
    said: dict[Matter, Message] = field(default_factory=dict)
    noted: dict[Matter, Message] = field(default_factory=dict)
    files: dict[Matter, File] = field(default_factory=dict)
    note_files: dict[Matter, File] = field(default_factory=dict)
    # In the journal: that it came, and support's answer.
    news: dict[Matter, Entry] = field(default_factory=dict)
    answers: dict[Matter, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.matters = all_matters(self.people)

    @property
    def customers(self) -> list[Someone]:
        return [one for one in self.people if one.kind == "customer"]

    def viewer(self, who: Someone, via: Via = Via.WEB) -> Actor:
        """As all that is only asked knows them: once read, where they stand is the same under every rule."""
        return Actor(self.persons[who], via)

    def word(self, matter: Matter) -> str:
        """What no one who may not know of it may ever read."""
        return f"{matter.company.word if matter.company else NOBODYS}-{matter.name}q"


def have(rules: Rules) -> None:
    """Let the desk have these."""
    Desk.objects.update(
        who_sees=rules.who_sees,
        colleagues_take_part=rules.take_part,
        copies_from_first_answer=rules.from_first_answer,
        who_is_copied=rules.who_is_copied,
        who_submits=rules.who_submits,
        who_submits_by_mail=rules.by_mail,
    )
    forget()


def made() -> World:
    world, now = World(), timezone.now()
    Desk.objects.create(key="d", name="Desk", languages=["en"], address="help@desk.example", subject_tag="Desk")
    Mailbox.objects.create(address="help@desk.example", labels={"en": "Desk"})
    states = {state: Status.objects.create(key=state, state=state, labels={"en": state}) for state in State}
    teams = {
        key: Team.objects.create(key=key, labels={"en": key}, private=key == PRIVATE) for key in ("support", PRIVATE)
    }
    world.companies = {
        one: Organization.objects.create(
            name=f"{one.name} {one.word}", who_sees=one.wish, colleagues_take_part=one.answers
        )
        for one in COMPANIES
    }
    _people(world, teams, now)
    _tickets(world, states, teams, now)
    CompanyFollower.objects.bulk_create(  # whether they may is asked of each mail
        CompanyFollower(organization=company, person=person)
        for company in world.companies.values()
        for who, person in world.persons.items()
        if who.kind != "system"
    )
    Counter.objects.update_or_create(name="ticket", defaults={"value": len(world.matters)})
    return world


def _people(world: World, teams: dict[str, Team], now: Any) -> None:
    rows = {
        one: Person(
            email=f"p{n}@people.example", name=f"Person {n}", role=one.kind, is_active=not one.closed, password="!"
        )
        for n, one in enumerate(world.people)
        if one.kind != "system"
    }
    Person.objects.bulk_create(rows.values())
    world.persons = {one: rows.get(one) or system() for one in world.people}
    EmailAddress.objects.bulk_create(
        EmailAddress(user=row, email=row.email, primary=True, verified=True) for row in rows.values()
    )
    for one in world.people:
        for team in one.teams:
            teams[team].members.add(world.persons[one])
        for place in one.places:
            row = Membership.objects.create(
                person=world.persons[one],
                organization=world.companies[place.company],
                role="manager" if place.manager else "member",
                suspended_at=now if place.suspended else None,
                pending=place.pending,
            )
            if place.seat:
                Seat.objects.create(
                    membership=row,
                    given_by=system(),
                    given_at=now - timedelta(days=9),
                    until=now - timedelta(days=1) if place.seat == "out" else now + timedelta(days=9),
                    ended_at=now - timedelta(days=2) if place.seat == "ended" else None,
                )


def _tickets(world: World, states: dict[State, Status], teams: dict[str, Team], now: Any) -> None:
    support = world.persons[next(one for one in world.people if one.name == "support")]
    rows = [_ticket(world, number, states, teams, now) for number in range(1, len(world.matters) + 1)]
    world.tickets = dict(zip(world.matters, Ticket.objects.bulk_create(rows), strict=True))
    copies = [(one, who) for one in world.matters for who in one.copies]
    Copy.objects.bulk_create(Copy(ticket=world.tickets[one], person=world.persons[who]) for one, who in copies)
    follow = [(one, who) for one in world.matters for who in one.followers]
    Follower.objects.bulk_create(Follower(ticket=world.tickets[one], person=world.persons[who]) for one, who in follow)
    world.said, world.files = _messages(world, "", None)
    world.noted, world.note_files = _messages(world, f"{NOTE}-", support, internal=True, by_support=True)
    answered, _files = _messages(world, "answer ", support, by_support=True)
    world.news = _entries("ticket.submitted", world.said)
    world.answers = _entries("ticket.replied", answered)


def _ticket(world: World, number: int, states: dict[State, Status], teams: dict[str, Team], now: Any) -> Ticket:
    matter = world.matters[number - 1]
    state = State.SOLVED if matter.solved else State.PENDING if matter.waits else State.OPEN
    word, at = world.word(matter), now - timedelta(minutes=number)
    return Ticket(
        number=number,
        subject=f"About {word}",
        folded_subject=f"about {word}",
        state=state,
        status=states[state],
        requester=world.persons[matter.requester],
        organization=world.companies[matter.company] if matter.company else None,
        team=teams.get(matter.team),
        assignee=world.persons[matter.assignee] if matter.assignee else None,
        language="en",
        via="web",
        confidential=matter.confidential,
        trashed_at=at if matter.trashed else None,
        spam=matter.spam,
        created_at=at,
        turn_since=at,
        updated_at=at,
        shown_updated_at=at,
        shown_updated_by=world.persons[matter.requester],
        first_answer_at=at if matter.answered else None,
        solved_at=at if matter.solved else None,
        ours=not matter.solved and not matter.waits,
    )


def _messages(
    world: World, before: str, author: Person | None, **more: Any
) -> tuple[dict[Matter, Message], dict[Matter, File]]:
    """One on each ticket, with a file. before: stands before its word. author: unset, the requester."""
    messages, files = [], []
    for matter, ticket in world.tickets.items():
        words, person, at = f"{before}{world.word(matter)}", author or ticket.requester, ticket.created_at
        said = {"html": f"<p>It is {words}.</p>", "excerpt": words, "via": "web", "sent_at": at}
        messages.append(Message(ticket=ticket, author=person, **said, **more))
        path = default_storage.save(f"{words.replace(' ', '-')}.txt", ContentFile(words.encode()))
        kept = {"type": "text/plain", "size": len(words), "made_at": at, "taken": True}
        files.append(File(path=path, name=f"{words}.txt", owner=person, **kept))
    Message.objects.bulk_create(messages)
    File.objects.bulk_create(files)
    Attachment.objects.bulk_create(
        Attachment(message=one, file=file) for one, file in zip(messages, files, strict=True)
    )
    return dict(zip(world.matters, messages, strict=True)), dict(zip(world.matters, files, strict=True))


def _entries(event: str, messages: dict[Matter, Message]) -> dict[Matter, Entry]:
    rows = [
        Entry(
            event=event,
            data={"message": message.pk},
            on_kind="ticket",
            on_id=message.ticket_id,
            person=message.author,
            via="web",
            at=message.sent_at,
        )
        for message in messages.values()
    ]
    return dict(zip(messages, Entry.objects.bulk_create(rows), strict=True))
