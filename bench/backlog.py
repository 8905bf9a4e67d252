"""A backlog of mail: how fast it is worked off, and in how much memory.

    .venv/bin/python -m bench.backlog [--mails N] [--workers N] [--on SQLite]

All mails lie in the ledger before the desk is started; each begins a request, from one of 400 customers, and is
acknowledged where that may be. Memory is level where it is after the last fifth of them what it was after the first.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

import click

from bench.databases import DATABASES, fresh

CUSTOMERS = 400
LOOKS_EVERY = 1.0  # seconds


@click.command()
@click.option("--on", "databases", type=click.Choice(DATABASES, case_sensitive=False), multiple=True, default=DATABASES)
@click.option("--mails", default=50_000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Worker processes.")
@click.option("--inside", is_flag=True, hidden=True)
def main(databases: tuple[str, ...], mails: int, workers: int, inside: bool) -> None:
    """Measure on SQLite and on PostgreSQL."""
    if inside:
        click.echo(json.dumps(_measured(mails, workers)))
        return
    asked = ["--mails", str(mails), "--workers", str(workers)]
    for database in databases:
        click.echo(f"{database}: ", nl=False)
        with fresh(database) as environment:
            subprocess.run(
                [sys.executable, "-m", "bench.backlog", "--inside", *asked],
                env=environment | {"DJANGO_SETTINGS_MODULE": "tuki.config.settings"},
                check=True,
            )


def _measured(mails: int, workers: int) -> dict[str, Any]:
    import django

    django.setup()
    from bench import node
    from bench.desk import fill
    from bench.mail import Sink
    from tuki.config.server.prepare import prepare
    from tuki.mail.models import Outcome, RawMail

    prepare()
    fill(CUSTOMERS)
    _take(mails)
    waiting = RawMail.objects.filter(outcome=Outcome.WAITING)
    sink = Sink()
    environment = {"TUKI_SMTP_URL": f"smtp://127.0.0.1:{sink.port}", "TUKI_URL": "http://127.0.0.1"}
    with node.tuki(dict(os.environ) | environment, workers=workers) as ours:
        began, before, memory = time.monotonic(), ours.memory(), list[tuple[int, float]]()
        first = waiting.count()  # it has begun with some before it could be looked at
        while left := waiting.count():
            memory.append((mails - left, ours.memory()))
            time.sleep(LOOKS_EVERY)
        took = time.monotonic() - began
    fifths = [next(held for done, held in reversed(memory) if done <= mails * n // 5) for n in range(1, 6)]
    return {
        "mails": mails,
        "mails read in a second": round(first / took, 1),
        "memory before, MiB": round(before, 1),
        "memory at most, MiB": round(max(held for _done, held in memory), 1),
        "memory after each fifth, MiB": [round(held, 1) for held in fifths],
    }


def _take(mails: int) -> None:
    """Have them come in, and nobody there to read them."""
    from django.db import transaction
    from django.utils import timezone

    from bench.mail import new_mail
    from tuki.journal.via import Via
    from tuki.mail import actions
    from tuki.people.actor import Actor
    from tuki.people.models import Person, Role

    by = Actor(None, Via.EMAIL, timezone.now())
    people = Person.objects.filter(role=Role.CUSTOMER).order_by("pk")[:CUSTOMERS]
    customers = list(people.values_list("email", flat=True))
    for begin in range(0, mails, 1000):
        with transaction.atomic():
            for number in range(begin, min(begin + 1000, mails)):
                sender = customers[number % len(customers)]
                raw = new_mail(sender, f"The queue stands still {number}")
                actions.receive(raw, envelope_from=sender, envelope_to=["support@festum.example"], by=by)


if __name__ == "__main__":
    main()
