"""The databases that a run measures on: made for it, and dropped after it."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

DATABASES = ("SQLite", "PostgreSQL")
_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


@contextmanager
def fresh(database: str) -> Iterator[dict[str, str]]:
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
