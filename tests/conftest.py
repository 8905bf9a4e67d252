"""The cast: people with known rights, the same in every test. Their desk is Festum-like unless a test says otherwise.

ada      a customer of Acme with a seat                  mallory  a stranger: no company, no seat
bert     her colleague, with a seat                      carol    Acme's manager, with a seat
nils     a colleague without a seat                      dora     a customer of another company, Globex
eva      an agent of team support                        otto     an agent of team accounting
hanna    an agent of the private team payroll            root     the administrator
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.plugins.databases import empty_by_rows, send_away_everybody
from tuki.config.server.tables import record_all_migrations
from tuki.desk import queries as desk_queries
from tuki.desk.models import Desk, Module, Product, WhoGivesSeats, WhoIsCopied, WhoSees, WhoSubmits
from tuki.desk.queries import forget, the_desk
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.mail.models import Mailbox
from tuki.people import actions as people_actions
from tuki.people.actor import Actor
from tuki.people.models import Organization, Person, Role, Team
from tuki.people.queries import system
from tuki.tickets import actions
from tuki.tickets.models import State, Status, Ticket

# What fails in them says what differs, as in a test.
pytest.register_assert_rewrite("tests.crash.announcement", "tests.crash.batch", "tests.crash.mails")

PASSWORD = "correct horse battery"


def hashed(password: str) -> str:
    """As slow to make as it is in life, so made once by each hasher that tests set."""
    return _hashed(password, get_hasher().algorithm)


@cache
def _hashed(password: str, algorithm: str) -> str:
    return make_password(password, hasher=algorithm)


STATUSES = [
    ("new", State.NEW, "New", "Uusi"),
    ("open", State.OPEN, "In progress", "Käsittelyssä"),
    ("waiting", State.PENDING, "Waiting for information", "Odottaa"),
    ("hold", State.HOLD, "On hold", "Käsittelyssä"),
    ("done", State.SOLVED, "Done", "Valmis"),
    ("rejected", State.SOLVED, "Rejected", "Hylätty"),
    ("closed", State.CLOSED, "Closed", "Suljettu"),
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings) -> None:
    """Make tables at once: tests/config/server/test_tables.py sees that migrations lead to the same."""
    connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, server) -> Iterator[None]:
    """Whoever is started on the tests' tables finds no migration left to do, and is gone before they are."""
    with django_db_blocker.unblock():
        MigrationRecorder(connection).ensure_schema()
        record_all_migrations()
        empty_by_rows()
    yield
    server.stop()
    with django_db_blocker.unblock():
        send_away_everybody()


@pytest.fixture(autouse=True)
def _fresh_desk(monkeypatch):
    """Settings of one test are not those of the next, nor read again meanwhile, however long a test takes."""
    monkeypatch.setattr(desk_queries, "_FRESH", float("inf"))
    forget()
    yield
    forget()


@pytest.fixture
def desk(db) -> Desk:
    desk = Desk.objects.create(
        key="festum",
        name="Festum",
        languages=["en", "fi", "sv", "nl"],
        address="support@festum.example",
        subject_tag="Festum",
        who_submits=WhoSubmits.SEATS,
        who_sees=WhoSees.NOBODY,
        who_is_copied=WhoIsCopied.COMPANY,
        severities=[
            {"key": "stops", "labels": {"en": "Stops work", "fi": "Estää työn"}, "priority": 1},
            {"key": "hinders", "labels": {"en": "Hinders work", "fi": "Haittaa työtä"}, "priority": 3},
            {"key": "question", "labels": {"en": "Question", "fi": "Kysymys"}, "priority": 5},
        ],
        priorities=[{"value": n, "labels": {"en": f"{n}", "fi": f"{n}"}} for n in range(1, 6)],
        how_to_get_access={"en": "Ask support for a seat.", "fi": "Pyydä paikkaa tuesta."},
    )
    for position, (key, state, label, finnish) in enumerate(STATUSES):
        labels = {"en": label, "fi": finnish}
        Status.objects.create(key=key, state=state, labels=labels, customer_labels=labels, position=position)
    Mailbox.objects.create(address="support@festum.example", labels={"en": "Festum Support", "fi": "Festum-tuki"})
    product = Product.objects.create(key="ledger", labels={"en": "Ledger", "fi": "Taloushallinto"})
    Module.objects.create(product=product, key="invoices", labels={"en": "Invoices", "fi": "Laskut"})
    forget()
    return desk


@pytest.fixture
def rules(desk) -> Callable[..., None]:
    """Change the desk's rules for one test: rules(who_sees=WhoSees.SEATS)."""

    def change(**fields: object) -> None:
        Desk.objects.filter(pk=desk.pk).update(**fields)
        forget()

    return change


@pytest.fixture
def machine(desk) -> Actor:
    return Actor(system(), Via.RULE)


@pytest.fixture
def teams(desk) -> dict[str, Team]:
    return {
        key: Team.objects.create(
            key=key,
            labels={"en": key.title()},
            private=key == "payroll",
            signatures={"en": f"Festum {key}", "fi": f"Festumin {key}"},
            position=position,
        )
        for position, key in enumerate(("support", "accounting", "payroll"))
    }


@pytest.fixture
def acme(machine) -> Organization:
    return people_actions.add_organization("Acme Oy", code="1001", domains=["acme.example"], by=machine)


@pytest.fixture
def globex(machine) -> Organization:
    return people_actions.add_organization("Globex Oy", code="1002", domains=["globex.example"], by=machine)


@pytest.fixture
def person(machine, teams) -> Callable[..., Person]:
    """Make a person of the cast. A seat is given where the desk has such."""

    def make(address: str, name: str, role: Role = Role.CUSTOMER, seat: bool = False, **more: object) -> Person:
        made = people_actions.add_person(address, name=name, role=role, by=machine, language="en")
        for membership in made.memberships.all():
            if "place" in more:
                membership.role = more["place"]
                membership.save()
            if seat and the_desk().who_gives_seats != WhoGivesSeats.NOBODY:
                people_actions.give_seat(membership, by=machine)
        if "team" in more:
            people_actions.set_teams(made, [teams[str(more["team"])]], by=machine)
        made.password = hashed(PASSWORD)
        made.save()
        made.emailaddress_set.update(verified=True)
        return Person.objects.get(pk=made.pk)

    return make


@pytest.fixture
def ada_person(person, acme) -> Person:
    return person("ada@acme.example", "Ada Aalto", seat=True)


@pytest.fixture
def ada(ada_person) -> Actor:
    return Actor(ada_person)


@pytest.fixture
def bert(person, acme) -> Actor:
    return Actor(person("bert@acme.example", "Bert Berg", seat=True))


@pytest.fixture
def carol(person, acme) -> Actor:
    return Actor(person("carol@acme.example", "Carol Cederberg", seat=True, place="manager"))


@pytest.fixture
def nils(person, acme) -> Actor:
    return Actor(person("nils@acme.example", "Nils Niemi"))


@pytest.fixture
def dora(person, globex) -> Actor:
    return Actor(person("dora@globex.example", "Dora Dahl", seat=True))


@pytest.fixture
def mallory(person) -> Actor:
    return Actor(person("mallory@nowhere.example", "Mallory"))


@pytest.fixture
def eva(person) -> Actor:
    return Actor(person("eva@festum.example", "Eva Eskola", Role.AGENT, team="support"))


@pytest.fixture
def otto(person) -> Actor:
    return Actor(person("otto@festum.example", "Otto Ojala", Role.AGENT, team="accounting"))


@pytest.fixture
def hanna(person) -> Actor:
    return Actor(person("hanna@festum.example", "Hanna Harju", Role.AGENT, team="payroll"))


@pytest.fixture
def root(person) -> Actor:
    return Actor(person("root@festum.example", "Root", Role.ADMINISTRATOR))


@pytest.fixture
def submitted(ada) -> Callable[..., Ticket]:
    """Submit a ticket as ada, or by somebody else."""

    def submit(subject: str = "The invoice is stuck", body: str = "<p>It won't move.</p>", **more: object) -> Ticket:
        return actions.submit(subject, body, **{"by": ada, **more})  # type: ignore[arg-type]

    return submit


@pytest.fixture
def ticket(submitted) -> Ticket:
    return submitted()


@pytest.fixture
def solved_ticket(ticket, eva) -> Ticket:
    return actions.solve(ticket, by=eva)


@pytest.fixture
def status(desk) -> Callable[[str], Status]:
    return lambda key: Status.objects.get(key=key)


@pytest.fixture
def told(db) -> Callable[[Ticket], list[str]]:
    """What the journal says of a ticket from here on, oldest first. Ask for it after the ticket it is about."""
    start = Entry.objects.order_by("-pk").values_list("pk", flat=True).first()

    def names(ticket: Ticket) -> list[str]:
        entries = Entry.objects.filter(on_kind="ticket", on_id=ticket.pk, pk__gt=start or 0)
        return list(entries.order_by("pk").values_list("event", flat=True))

    return names


@pytest.fixture
def work() -> Callable[[], int]:
    """Do all the jobs that wait, as the worker would."""
    return run_ready


def later(actor: Actor, **wait: float) -> Actor:
    """The same person after a while."""
    return actor.when(actor.at + timedelta(**wait))


LONG_AGO = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
