"""Which database the tests run on: a fresh SQLite file, or a fresh database on the server that TUKI_DATABASE_URL names.

Loaded by `-p` in pyproject.toml and not from conftest.py: pytest-django reads the settings before any conftest, and
they say where the data lies. Every process of a run (pytest-xdist starts several) has a folder and a database of its
own, so runs don't meet either. SQLite's is a file in WAL, as in real life, never memory: threads and servers share it.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterable
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

# What a test has that asks a database. Without pytest-django's it can't; a house (tests/crash) has one of its own.
ASKING = {"db", "transactional_db", "django_db_setup", "house"}


@pytest.hookimpl(wrapper=True)  # a wrapper comes before pytest-django, which is itself as early as a plain hook can be
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    server = os.environ.get("TUKI_DATABASE_URL", "")
    for name in [name for name in os.environ if name.startswith("TUKI_")]:
        del os.environ[name]  # whoever tests may have a desk of their own set up: it is not the one under test

    data = tempfile.mkdtemp(prefix="tuki-tests-")
    early_config.add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
    os.environ["TUKI_DATA"] = data
    if server:
        # Django puts "test_" before the name, creates that database and drops it at the end.
        os.environ["TUKI_DATABASE_URL"] = urlsplit(server)._replace(path=f"/tuki_{os.getpid()}").geturl()
    return (yield)


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what need not run here where `bin/test` runs on both databases, since it does on the other."""
    here = "postgresql" if os.environ.get("TUKI_DATABASE_URL") else "sqlite"
    for item in items:
        if _home(item) not in {here, "both"}:
            item.add_marker("elsewhere")


def _home(item: pytest.Item) -> str:
    """The database on which a test says what it has to say."""
    used = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("both"):
        return "both"
    asks = used & ASKING or item.get_closest_marker("django_db")
    if "browser" in used or not asks:
        return "sqlite"
    if item.get_closest_marker("either"):
        return ("sqlite", "postgresql")[crc32(item.nodeid.encode()) % 2]
    return "both"


def pytest_report_header() -> str:
    server = os.environ.get("TUKI_DATABASE_URL")
    return f"database: PostgreSQL on {urlsplit(server).netloc.rpartition('@')[2]}" if server else "database: SQLite"


@pytest.fixture
def unworn(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables and indexes as of a new database, for a test of what the database plans. Ask for it before any row.

    What a test writes and rolls back stays in PostgreSQL's tables as dead rows, and makes small tables and their
    indexes look dear. SQLite leaves nothing.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"VACUUM (FULL) {tables()}")


def empty_by_rows() -> None:
    """Have what a test committed deleted row by row: TRUNCATE makes the files of all tables anew, however few rows.

    Nor does anybody make content types and permissions again, which nothing of ours asks for.
    """
    post_migrate.receivers.clear()
    if connection.vendor == "postgresql":
        vars(connection.ops).update(sql_flush=_deletions, execute_sql_flush=_delete)


def _deletions(style: Any, names: Iterable[str], **options: bool) -> list[str]:
    return [f"DELETE FROM {connection.ops.quote_name(name)}" for name in names]


def _delete(statements: list[str]) -> None:
    """All at once. A server that works on may want, or have written, what refers to it: then once more."""
    for tries_left in reversed(range(5)):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("; ".join(statements))
            return
        except (OperationalError, IntegrityError):
            if not tries_left:
                raise
            time.sleep(0.1)


def send_away_everybody() -> None:
    """End all other connections to the tests' database: PostgreSQL drops none that is in use."""
    if connection.vendor == "postgresql":
        others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM {others}")


def tables() -> str:
    """All of our own, as SQL names them: whoever counts the server's too locks them for every other run."""
    return ", ".join(connection.ops.quote_name(name) for name in connection.introspection.table_names())
