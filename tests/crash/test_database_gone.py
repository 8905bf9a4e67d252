"""A database server that cuts every connection, as when it is restarted."""

import pytest
from django.db import connection

from tests import nodes
from tests.crash.batch import Batch

pytestmark = [
    pytest.mark.full,  # whoever loses the database in the midst of a job is waited for until their lease runs out
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server that could go"),
]

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(autouse=True)
def _people_try_again(house):
    for browser in house.browsers.values():
        browser.tries_again_later = True
    yield
    for browser in house.browsers.values():
        browser.tries_again_later = False


@pytest.mark.parametrize("answered", [1, 4, 7, 10, 13, 16])
def test_when_every_connection_is_cut_nothing_is_lost_or_doubled(house, answered):
    batch = Batch(house)
    batch.send()
    nodes.until(lambda: batch.answered() >= answered)
    house.ask(CUT)

    batch.wait()

    batch.check()
