"""`bin/bench`: all measures on SQLite and on PostgreSQL, and what they come to, in RESULTS.md and results.json."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import click

from bench import followers, report
from bench.databases import DATABASES, fresh

PARTS = ("reading", "mail", "writing", "followers")
FOLLOWERS = 10_000
LIMIT = 1800  # seconds for one database


@click.command()
@click.option("--on", "databases", type=click.Choice(DATABASES, case_sensitive=False), multiple=True, default=DATABASES)
@click.option("--only", type=click.Choice(PARTS), multiple=True, default=PARTS)
@click.option("--tickets", default=20_000, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=1.0, show_default=True, help="Of each visit in a round.")
@click.option("--workers", type=int, help="Worker processes of ours, other than `tuki serve` would have.")
@click.option("--write/--no-write", default=True, help="Whether to replace RESULTS.md and results.json.")
def main(
    databases: tuple[str, ...],
    only: tuple[str, ...],
    tickets: int,
    rounds: int,
    seconds: float,
    workers: int | None,
    write: bool,
) -> None:
    """Measure Tuki. The PostgreSQL server is the one that TUKI_DATABASE_URL names, else the one on port 5432."""
    options = {"tickets": tickets, "rounds": rounds, "seconds": seconds, "only": list(only), "workers": workers}
    found: dict[str, Any] = {}
    for database in databases:
        with fresh(database) as environment:
            found[database] = _measured(environment, options)
        if "followers" in only:
            with fresh(database) as environment:
                found[database]["followers"] = followers.measured(environment, FOLLOWERS)
    page = report.page(found)
    click.echo(page)
    if write:
        report.write(found)


def _measured(environment: dict[str, str], options: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.measure", json.dumps(options)],
        env=environment,
        stdout=subprocess.PIPE,
        timeout=LIMIT,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout) | {"day": f"{datetime.now(UTC):%Y-%m-%d}"}
    return found


if __name__ == "__main__":
    main()
