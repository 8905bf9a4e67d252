"""What the addresses name, and everybody's browser."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import ResolverMatch, resolve
from django.utils import timezone

from tests.doors.addresses.tables import FORMS
from tuki.files.actions import store
from tuki.files.models import File
from tuki.jobs.worker import run_ready
from tuki.journal.via import Via
from tuki.knowledge import actions as knowledge
from tuki.knowledge import links
from tuki.knowledge.models import Pace, Section
from tuki.mail import actions as mails
from tuki.mail.models import Delivery, RawMail
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization
from tuki.tickets.models import Message, Ticket


@dataclass
class Answer:
    status: int
    body: bytes


@dataclass
class Scene:
    """What the addresses name, and everybody's browser."""

    named: dict[str, Any] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)

    def found(self, address: str) -> ResolverMatch:
        return resolve(urlsplit(address.format(**self.named).partition("+")[0]).path)

    def form(self, address: str) -> dict[str, Any]:
        """What is posted there."""
        _path, plus, variant = address.partition("+")
        name = f"{self.found(address).view_name}{plus}{variant}"
        form = {key: value.format(**self.named) for key, value in FORMS.get(name, {}).items()}
        files = {"portal:uploads": b"a", "setup:imports": b"email\nmulberry@acme.example"}
        return form | ({"file": SimpleUploadedFile("a.txt", files[name])} if name in files else {})

    def ask(self, who: str, method: str, address: str, /, **more: Any) -> Answer:
        """What somebody gets. What it changes is undone, so that the next one finds the same. more: of the form."""
        browser = self.browsers[who]
        cookies = SimpleCookie({key: cookie.value for key, cookie in browser.cookies.items()})
        form = (self.form(address) if method == "POST" else {}) | more
        with transaction.atomic():
            answer = getattr(browser, method.lower())(address.format(**self.named).partition("+")[0], form)
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        browser.cookies = cookies
        return Answer(answer.status_code, body)


def file(word: str, by: Actor) -> File:
    return store(f"{word} within".encode(), f"{word}.txt", by=by)


def places(cast: dict[str, Actor], acme: Organization) -> dict[str, int]:
    """Places in companies. Dora is asked to join Acme, and has not answered."""
    found = {
        name: Membership.objects.get(person=cast[who].person).pk
        for name, who in (("nils_place", "nils"), ("far", "dora"))
    }
    return found | {"asked": people.invite_colleague(acme, "dora@globex.example", name="Somebody", by=cast["carol"]).pk}


def file_of(message: Message) -> int:
    return message.attachments.get().file_id


def followers(shelf: int) -> dict[str, Any]:
    """Addresses that follow a section of the help center, and that asked to."""
    section = Section.objects.get(pk=shelf)
    asked, follows = (
        knowledge.follow_by_address(section, f"{who}@elsewhere.example", language="en", pace=Pace.DAILY, by=Actor(None))
        for who in ("asked", "follows")
    )
    knowledge.confirm(links.token_for(follows, links.CONFIRM), by=Actor(None))
    return {
        "follow_asked": links.token_for(asked, links.CONFIRM),
        "stop": links.token_for(follows, links.LEAVE),
        "follows": links.token_of_reader(follows),
    }


def lost_mail(ticket: Ticket, author: Actor) -> Delivery:
    mail = {"kind": "message", "address": "lost@acme.example", "subject": ticket.subject, "text": "A cherry."}
    lost = mails.post(**mail, thread=ticket.pk, author_id=author.person_id, by=author)
    Delivery.objects.filter(pk=lost.pk).update(state="failed", last_answer="550 5.1.1 No such user")
    return lost


def mail_in(subject: str, sender: Actor | None, word: str = "medlar") -> None:
    mail, address = EmailMessage(), sender.person.email if sender else "somebody@nowhere.example"
    mail["From"], mail["To"], mail["Subject"] = address, "support@festum.example", subject
    mail["Message-ID"], mail["X-Secret"] = f"<{word}@acme.example>", "sorrel" if word == "medlar" else word
    mail.set_content(f"The {word} by mail.")
    if word != "medlar":
        mail.add_attachment(f"{word} within".encode(), maintype="text", subtype="plain", filename=f"{word}.txt")
    by = Actor(None, Via.EMAIL, timezone.now())
    mails.receive(mail.as_bytes(), envelope_from=address, envelope_to=[mail["To"]], by=by)
    run_ready()


def mails_of(matters: dict[str, Ticket]) -> dict[str, int]:
    """Mails that came in, and mails to ada."""
    came = {"mail": "<medlar@acme.example>", "payroll_mail": "<walnut@acme.example>", "aside": "<fig@acme.example>"}
    named = {name: RawMail.objects.get(message_id=message_id).pk for name, message_id in came.items()}
    about = {"told": matters["own"], "payroll_told": matters["payroll"]}
    return named | {
        name: Delivery.objects.filter(thread=ticket.pk, kind="received")[0].pk for name, ticket in about.items()
    }
