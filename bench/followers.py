"""A publish to ten thousand followers: how soon it answers, how fast mails are made, and what memory that takes.

    .venv/bin/python -m bench.followers [--followers N]

Half of them are people, half are addresses; a tenth hears daily. No mail server is set: this measures the making of
mails, and the worker's other work comes in between in life. Memory is level where it is after the last fifth of the
followers what it was after the first.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click

from bench.databases import DATABASES, fresh


@click.command()
@click.option("--followers", default=10_000, show_default=True)
@click.option("--inside", is_flag=True, hidden=True)
def main(followers: int, inside: bool) -> None:
    """Measure on SQLite and on PostgreSQL."""
    if inside:
        click.echo(json.dumps(_measured(followers)))
        return
    for database in DATABASES:
        with fresh(database) as environment:
            click.echo(f"{database}: {measured(environment, followers)}")


def measured(environment: dict[str, str], followers: int) -> dict[str, float]:
    """In a process of its own, on the empty database that the environment names."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.followers", "--inside", "--followers", str(followers)],
        env=environment | {"DJANGO_SETTINGS_MODULE": "tuki.config.settings"},
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout.decode().splitlines()[-1])
    return told


def _measured(followers: int) -> dict[str, Any]:
    import django

    django.setup()
    from tuki.blueprint import actions as blueprints
    from tuki.blueprint.reading import SHIPPED, read_folder
    from tuki.config.server.prepare import prepare
    from tuki.jobs import worker
    from tuki.jobs.models import Job
    from tuki.journal.via import Via
    from tuki.knowledge import actions
    from tuki.knowledge.models import Section
    from tuki.mail.models import Delivery
    from tuki.notifications.models import Telling
    from tuki.people.actor import Actor
    from tuki.people.queries import system

    prepare()
    by = Actor(system(), Via.IMPORT)
    blueprints.apply(read_folder(SHIPPED / "heeros"), by=by)
    section = Section.objects.filter(kind="service", audience=None, category__audience=None).first()
    assert section is not None
    _follow(section, followers)
    article = actions.make_article(section, "Maintenance on Sunday", f"<p>{'We work at night. ' * 30}</p>", by=by)
    Job.objects.all().delete()
    translation = article.translations.get()

    began = time.perf_counter()
    actions.publish(translation, version=translation.version, tells=True, line="From 2 to 4.", by=by)
    answered = time.perf_counter() - began
    before, began, memory, cpu = _held(), time.perf_counter(), list[int](), time.process_time()
    while Telling.objects.filter(ended_at=None).exists() and not Job.objects.filter(last_error__gt="").exists():
        for claimed in worker.claim("bench", 1):
            worker.run(claimed)
        memory.append(_held())
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    made = Delivery.objects.count()
    return {
        "followers": followers,
        "publishing answers after ms": round(answered * 1000, 1),
        "mails": made,
        "mails made in a second": round(made / took, 1),
        "CPU-ms for each mail": round(cpu * 1000 / made, 2),
        "memory before, MiB": round(before / 1024, 1),
        "memory at most, MiB": round(max(memory) / 1024, 1),
        "memory after each fifth, MiB": [round(memory[len(memory) * n // 5 - 1] / 1024, 1) for n in range(1, 6)],
    }


def _follow(section: object, followers: int) -> None:
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from tuki.knowledge.models import Following, Pace
    from tuki.people.models import Person

    now, nobody = timezone.now(), make_password(None)
    people = Person.objects.bulk_create(
        [
            Person(email=f"person{n}@company{n % 300}.example", name=f"Person {n}", language="fi", password=nobody)
            for n in range(followers // 2)
        ],
        batch_size=1000,
    )
    whose = [{"person": person} for person in people]
    whose += [{"address": f"reader{n}@company{n % 300}.example", "language": "fi"} for n in range(followers // 2)]
    Following.objects.bulk_create(
        [
            Following(
                section=section,
                confirmed_at=now,
                made_at=now,
                pace=Pace.DAILY if number % 10 == 0 else Pace.AT_ONCE,
                **one,
            )
            for number, one in enumerate(whose)
        ],
        batch_size=1000,
    )


def _held() -> int:
    """What this process holds itself, in kB. SQLite's file, of which it maps up to 128 MiB, is not in it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0])


if __name__ == "__main__":
    main()
