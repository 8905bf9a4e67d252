"""`bin/bench`: all measures on SQLite and on PostgreSQL, and what they come to, in RESULTS.md and results.json."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import psycopg

from bench import report

DATABASES = ("SQLite", "PostgreSQL")
PARTS = ("reading", "mail", "writing")
LIMIT = 1800  # seconds for one database
_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


@click.command()
@click.option("--on", "databases", type=click.Choice(DATABASES, case_sensitive=False), multiple=True, default=DATABASES)
@click.option("--only", type=click.Choice(PARTS), multiple=True, default=PARTS)
@click.option("--tickets", default=20_000, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=1.0, show_default=True, help="Of each visit in a round.")
@click.option("--write/--no-write", default=True, help="Whether to replace RESULTS.md and results.json.")
def main(
    databases: tuple[str, ...], only: tuple[str, ...], tickets: int, rounds: int, seconds: float, write: bool
) -> None:
    """Measure Tuki. The PostgreSQL server is the one that TUKI_DATABASE_URL names, else the one on port 5432."""
    options = {"tickets": tickets, "rounds": rounds, "seconds": seconds, "only": list(only)}
    found: dict[str, Any] = {}
    for database in databases:
        with _environment(database) as environment:
            found[database] = _measured(environment, options)
    page = report.page(found)
    click.echo(page)
    if write:
        report.write(found)


@contextmanager
def _environment(database: str) -> Iterator[dict[str, str]]:
    """A folder and a database of this run's own, gone afterwards."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("TUKI_")}
    with tempfile.TemporaryDirectory(prefix="tuki-bench-") as folder:
        data = Path(folder) / database
        data.mkdir()
        if database == "SQLite":
            yield outside | {"TUKI_DATA": str(data)}
            return
        server = os.environ.get("TUKI_DATABASE_URL") or _SERVER
        name = f"tuki_bench_{secrets.token_hex(4)}"
        with psycopg.connect(server.replace("postgres://", "postgresql://"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            try:
                yield outside | {
                    "TUKI_DATA": str(data),
                    "TUKI_DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl(),
                }
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
