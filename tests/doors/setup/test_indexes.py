"""What setup's lists cost the database follows what they show, not how many mails ever came and went."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.costs import FEW, MANY, SIZE, SLACK, count, whether_counted, work
from tuki.jobs.models import Job
from tuki.lib import paging
from tuki.mail import lists
from tuki.mail.models import Delivery, Mailbox, RawMail, Suppression
from tuki.mail.standing import standing
from tuki.tickets.policy import visible_tickets
from tuki.upkeep.queries import failed_jobs


@pytest.fixture
def grow(unworn, desk) -> Callable[[int], None]:
    """Let so many mails have come, and as many have gone. More is in quarantine than is counted."""
    dice, begun = random.Random(5), timezone.now() - timedelta(days=365)
    boxes = [Mailbox.objects.get(), Mailbox.objects.create(address="rare@festum.example")]
    made = 0

    def to(many: int) -> None:
        nonlocal made
        numbers = range(made + 1, many + 1)
        RawMail.objects.bulk_create(
            RawMail(
                received_at=begun + timedelta(minutes=n),
                mailbox=boxes[n % 50 == 0],
                size=1,
                sha256="x",
                sender=f"p{dice.randrange(50)}@acme.example",
                subject=f"Matter {n}",
                message_id=f"<{n}@acme.example>",
                outcome=dice.choices(["ticket", "reply", "ignored", "quarantined"], [30, 30, 10, 30])[0],
                lacks_right=n % 60 == 0,
            )
            for n in numbers
        )
        Delivery.objects.bulk_create(
            Delivery(
                kind="answer",
                address=f"p{dice.randrange(50)}@acme.example",
                state="waiting"
                if n % 5 == 0
                else dice.choices(["sent", "failed", "bounced", "delayed"], [96, 2, 1, 1])[0],
                bulk=n % 5 == 0,
                seen_to_at=begun if n % 3 or n > FEW else None,
                message_id=f"<{n}@festum.example>",
                subject=f"Matter {n}",
                text="x",
                due_at=begun,
                first_tried_at=begun,
            )
            for n in numbers
        )
        Suppression.objects.bulk_create(
            Suppression(
                address=f"lost{n}@acme.example",
                why="bounced",
                since=begun + timedelta(minutes=n),
                lifted_at=begun if n % 2 else None,
            )
            for n in numbers
        )
        Job.objects.bulk_create(Job(kind="mail.send", state="failed" if n % 40 == 0 else "ready") for n in numbers)
        made = many

    return to


@whether_counted
def test_no_list_of_mails_costs_more_where_more_came_and_went(grow, root, counted, monkeypatch):
    monkeypatch.setattr("tuki.mail.lists.NEWEST", 500)
    common, rare = Mailbox.objects.order_by("pk")
    tickets = visible_tickets(root)

    def asked() -> dict[str, Callable[[], Any]]:
        found = {
            **{f"in: {end or 'all'}": lists.ledger(end) for end in ("", "ticket", "quarantined", "waiting")},
            **{f"in: {end}": lists.ledger(end) for end in ("ignored", lists.LACKS_RIGHT)},
            "in: a mailbox": lists.ledger("", common.pk),
            "in: a rare mailbox": lists.ledger("", rare.pk),
            "in: a mailbox's ignored": lists.ledger("ignored", common.pk),
            "in: a rare mailbox's quarantine": lists.ledger("quarantined", rare.pk),
            "in: an address": lists.find_in_ledger("p7@acme.example", tickets),
            "in: words": lists.find_in_ledger("matter", tickets),
            "in: words that nobody wrote": lists.find_in_ledger("nothing", tickets),
            "in: a Message-ID": lists.find_in_ledger("<17@acme.example>", tickets),
            **{f"out: {state or 'all'}": lists.deliveries(state) for state in ("", "sent", "failed", "waiting")},
            "out: an address": lists.find_in_outbox("p7@acme.example", tickets),
            "out: words that nobody wrote": lists.find_in_outbox("nothing", tickets),
            "out: unseen": lists.unseen_failures(),
            "jobs": failed_jobs(),
        }
        suppressed = {
            "suppressed": lists.suppressed(),
            "suppressed: an address": lists.suppressed("lost200@acme.example"),
            "suppressed: words that none has": lists.suppressed("nothing"),
        }
        pages: dict[str, Callable[[], Any]] = {"standing": standing, "boxes": lambda: list(lists.boxes())}
        for name, rows in suppressed.items():
            older = paging.page(rows, "since", "", SIZE).older
            for cursor in {"", older}:
                pages[f"{name}, {'first' if cursor == '' else 'older'}"] = lambda rows=rows, cursor=cursor: paging.page(
                    rows, "since", cursor, SIZE
                )
        for name, rows in found.items():
            older = paging.page_by_id(rows, "", SIZE).older
            for cursor in {"", older}:
                pages[f"{name}, {'first' if cursor == '' else 'older'}"] = lambda rows=rows, cursor=cursor: (
                    paging.page_by_id(rows, cursor, SIZE)
                )
        return pages

    def costs() -> dict[str, int]:
        questions = asked()
        for ask in questions.values():
            ask()
        return {name: work(ask) for name, ask in questions.items()}

    grow(FEW)
    count(counted)
    few = costs()
    grow(MANY)
    count(counted)
    many = costs()

    # PostgreSQL may find it cheaper to go along all mails and leave out nine of ten than to look into another index.
    more = 20 if connection.vendor == "sqlite" else 20 * SIZE
    grown = {name: (few.get(name), cost) for name, cost in many.items() if cost > few.get(name, 0) * SLACK + more}
    assert grown == {}
