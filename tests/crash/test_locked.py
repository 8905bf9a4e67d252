"""A database that stays locked for longer than anybody waits."""

import time
from contextlib import contextmanager

import psycopg
from psycopg.errors import LockNotAvailable

from tests import nodes
from tests.crash.batch import Batch

GIVEN_UP = 7.0  # seconds: a wait for a lock ends after five


@contextmanager
def locked(house):
    """Nobody else can write; reading goes on."""
    with house.database() as database:
        if house.is_on_sqlite:
            database.execute("BEGIN IMMEDIATE")
        else:
            nodes.until(lambda: _take_all_tables(database))
        try:
            yield
        finally:
            database.execute("ROLLBACK")


def _take_all_tables(database: psycopg.Connection) -> bool:
    """All at one moment or none: who waits for one while it holds another locks others out, and may be locked out."""
    named = database.execute("SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public'").fetchone()
    try:
        database.execute(f"BEGIN; LOCK TABLE {named[0]} IN SHARE ROW EXCLUSIVE MODE NOWAIT")
    except LockNotAvailable:
        database.execute("ROLLBACK")
        return False
    return True


def test_while_the_database_is_locked_nothing_is_accepted_and_every_word_is_given_back(house):
    batch = Batch(house)
    batch.fill_in()
    with locked(house):
        not_accepted = batch.offer()
        readable = house.browsers["ada@acme.example"].get("/hc/en/requests/new").status

    assert readable == 200
    assert {one.message.marker for one in not_accepted} == {one.marker for one in batch.messages}
    for one in not_accepted:
        if one.message.way == "mail":
            assert one.status == 451, one.message
        else:
            assert one.status == 503, one.message
            assert one.message.marker in one.page
            assert "Nothing was saved" in one.page
    assert batch.markers() == []

    batch.send()
    batch.wait()
    batch.check()


def test_a_mail_that_left_while_the_database_is_locked_is_not_sent_once_more(house):
    batch = Batch(house, ("mail",))
    house.mail_server.hold()
    batch.send()
    nodes.until(lambda: batch.answered() == len(batch.messages) and batch.taken())
    with locked(house):
        house.mail_server.let_go()
        time.sleep(GIVEN_UP)

    batch.wait()

    batch.check()
