"""Mail as people send it, and what became of it."""

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.utils import timezone

from tests.mail.domains import Domains
from tuki.jobs.worker import run_ready
from tuki.journal.models import Via
from tuki.mail import actions as mails
from tuki.mail.models import Delivery, RawMail
from tuki.people.actor import Actor
from tuki.people.models import Person

DESK = "support@festum.example"


@pytest.fixture
def domains(settings) -> Domains:
    """What DNS says, by which senders are judged. Who does not ask for it has none to ask."""
    settings.MAIL_RESOLVER = Domains()
    return settings.MAIL_RESOLVER


@pytest.fixture
def mail_in(desk, request) -> Callable[..., RawMail]:
    """Have a mail come in, and the worker do its work: mail_in(ada, "Subject", "Text", to=…, in_reply_to=…).

    client_ip: of the machine that brings it. signed_by: a domain of `domains` that signs it.
    """
    domains = request.getfixturevalue("domains") if "domains" in request.fixturenames else Domains()
    numbers = iter(range(1, 1000))

    def come(
        sender: Actor | str,
        subject: str = "The invoice is stuck",
        text: str = "It won't move.\n",
        *,
        to: str = DESK,
        cc: str = "",
        in_reply_to: str = "",
        envelope_to: str = DESK,
        client_ip: str = "",
        signed_by: str = "",
        more: Callable[[EmailMessage], None] = lambda mail: None,
        **headers: str,
    ) -> RawMail:
        mail = EmailMessage()
        person = sender.person if isinstance(sender, Actor) else None
        mail["From"] = f"{person.name} <{person.email}>" if person else sender
        mail["To"] = to
        if cc:
            mail["Cc"] = cc
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{next(numbers)}@customers.example>"
        mail["Date"] = "Sat, 21 Nov 2026 10:15:00 +0200"
        if in_reply_to:
            mail["In-Reply-To"] = in_reply_to
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        more(mail)
        raw = mail.as_bytes(policy=SMTP)
        return read(
            domains.sign(raw, signed_by) if signed_by else raw,
            envelope_from=mail["From"].addresses[0].addr_spec,
            envelope_to=envelope_to,
            client_ip=client_ip,
        )

    def read(raw: bytes, *, envelope_from: str = "", envelope_to: str = DESK, client_ip: str = "") -> RawMail:
        came = mails.receive(
            raw,
            envelope_from=envelope_from,
            envelope_to=[envelope_to],
            client_ip=client_ip,
            helo="mx.customers.example",
            by=Actor(None, Via.EMAIL, timezone.now()),
        )
        run_ready()
        came.refresh_from_db()
        return came

    come.read = read
    return come


@pytest.fixture
def mails_to() -> Callable[[Person | str], list[Delivery]]:
    """What was written to somebody, oldest first."""

    def of(person: Person | str | Actor) -> list[Delivery]:
        address = person.person.email if isinstance(person, Actor) and person.person else person
        return list(Delivery.objects.filter(address=address).order_by("pk"))

    return of
