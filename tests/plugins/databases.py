"""Which database the tests run on: a fresh SQLite file, or a fresh database on the server that TUKI_DATABASE_URL names.

Loaded by `-p` in pyproject.toml and not from conftest.py: pytest-django reads the settings before any conftest, and
they say where the data lies. Every process of a run (pytest-xdist starts several) has a folder and a database of its
own, so runs don't meet either. SQLite's is a file in WAL, as in real life, never memory: threads and servers share it.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from urllib.parse import urlsplit

import pytest


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


def pytest_report_header() -> str:
    server = os.environ.get("TUKI_DATABASE_URL")
    return f"database: PostgreSQL on {urlsplit(server).netloc.rpartition('@')[2]}" if server else "database: SQLite"
