"""The desks that ship, with the people of tests/conftest.py on them: pages in a real browser, mail by real SMTP.

A file is a desk, and a test is named by the requirement that it walks.
"""

import email.policy
import re
import smtplib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from tests import nodes
from tuki.blueprint import actions as blueprints
from tuki.blueprint.reading import SHIPPED, read_folder
from tuki.desk.models import Desk
from tuki.jobs.models import Job
from tuki.journal.models import Entry
from tuki.mail.models import Delivery, RawMail
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.people.queries import system
from tuki.tickets.models import Status, Ticket

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


@pytest.fixture
def blueprint() -> str:
    """Which of the shipped desks; a file says which it walks."""
    return "festum"


@pytest.fixture
def desk(db, blueprint) -> Desk:
    """In place of the cast's own desk: all that the cast does is done on a shipped one."""
    blueprints.apply(read_folder(SHIPPED / blueprint), by=Actor(system()))
    return Desk.objects.get()


@pytest.fixture
def teams(desk) -> dict[str, Team]:
    """The blueprint's own, in the places of the cast's."""
    return dict(zip(["support", "accounting", "payroll"], Team.objects.order_by("position"), strict=True))


@pytest.fixture
def status(desk) -> Callable[[str], Status]:
    return lambda key: Status.objects.get(key=key)


def now(actor: Actor) -> Actor:
    """The same person at this moment: the pages and mails of these tests live in it."""
    return Actor(actor.person)


@pytest.fixture
def page_of(new_context, live_desk) -> Callable[..., Page]:
    """A page of somebody's own browser, signed in; of nobody's for None. Options as of a browser context."""

    def open_one(actor: Actor | None = None, **options: Any) -> Page:
        context = new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        if actor is not None:
            client = Client()
            client.force_login(actor.person)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_desk.url}])
        return context.new_page()

    return open_one


@pytest.fixture
def hearing(live_desk) -> Callable[[int], None]:
    """Wait until this many browsers hear of changes: a page draws itself first, and listens then."""

    def count() -> float:
        with urllib.request.urlopen(f"{live_desk.url}/metrics") as answer:
            return float(re.search(r"^tuki_streams_open (\S+)$", answer.read().decode(), re.M)[1])

    return lambda browsers: nodes.until(lambda: count() == browsers)


@dataclass(frozen=True)
class Arrived:
    """A mail that the desk sent, as it came to the other side."""

    to: list[str]
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return body.get_content()

    @property
    def link(self) -> str:
        """Its one link to set a password with."""
        (found,) = set(re.findall(r"https?://\S+/welcome/[^\s)]+", self.text))
        return found


@pytest.fixture
def post(live_desk, desk) -> Callable[..., EmailMessage]:
    """Mail the desk, as a mail program would: post(ada, "Subject", "Text", answers=mail). Gives what was sent."""

    def send(
        sender: Actor | str,
        subject: str,
        text: str,
        *,
        to: str = "",
        cc: str = "",
        answers: EmailMessage | None = None,
        files: tuple[tuple[str, bytes], ...] = (),
    ) -> EmailMessage:
        person = sender.person if isinstance(sender, Actor) else None
        mail = EmailMessage()
        mail["From"] = f"{person.name} <{person.email}>" if person else sender
        mail["To"] = to or (answers["Reply-To"] if answers is not None else desk.address)
        if cc:
            mail["Cc"] = cc
        mail["Subject"] = subject
        mail["Message-ID"] = make_msgid(domain="customers.example")
        if answers is not None:
            mail["In-Reply-To"] = mail["References"] = answers["Message-ID"]
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(content, "application", "octet-stream", filename=name)
        hand_in(mail, live_desk.smtp)
        return mail

    return send


def hand_in(mail: EmailMessage, smtp: tuple[str, int]) -> None:
    """Give a mail to the desk's own mail server."""
    with smtplib.SMTP(*smtp) as server:
        server.send_message(mail)


@pytest.fixture
def arrived(live_desk) -> Callable[..., Arrived]:
    """The newest mail that came to somebody: arrived(ada, "words in its text"). Waits for it."""

    def find(person: Actor | Person | str, words: str = "") -> Arrived:
        whose = person.person if isinstance(person, Actor) else person
        address = whose if isinstance(whose, str) else whose.email
        return nodes.until(
            lambda: next((one for one in reversed(mails_to(live_desk, address)) if words in one.text), None)
        )

    return find


def mails_to(live_desk: Any, address: str = "") -> list[Arrived]:
    """All mails that came to an address so far, or to any, oldest first."""
    mails = [
        Arrived(to, email.message_from_bytes(raw, policy=email.policy.default))
        for to, raw in list(live_desk.sink.arrived)
    ]
    return [one for one in mails if not address or address in one.to]


@pytest.fixture
def quiet(live_desk) -> Callable[[], None]:
    """Wait until the desk has done all that it has to do: no mail to read, none to send, no job."""

    def is_quiet() -> bool:
        waiting = (
            Delivery.objects.filter(state="waiting").exists() or RawMail.objects.filter(outcome="waiting").exists()
        )
        return not waiting and not Job.objects.exclude(state="failed").exists()

    def wait() -> None:
        # What was to leave from the test's own process, which has no mail server, leaves now and not in a minute.
        Job.objects.filter(kind="mail.unpark").update(run_at=timezone.now())
        nodes.until(is_quiet)

    return wait


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(request) -> Iterator[None]:
    """A mail that is on its way when a test ends would come to the next one."""
    wait = request.getfixturevalue("quiet") if "live_desk" in request.fixturenames else None
    yield
    if wait is not None:
        wait()


def newest() -> Ticket:
    return Ticket.objects.latest("number")


def journal(ticket: Ticket) -> list[tuple[str, str, str]]:
    """What the journal says of a ticket, oldest first: what, who, through which channel."""
    entries = Entry.objects.filter(on_kind="ticket", on_id=ticket.pk).select_related("person").order_by("pk")
    return [(entry.event, entry.person.name if entry.person else "", entry.via) for entry in entries]
