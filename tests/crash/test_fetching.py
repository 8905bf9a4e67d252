"""kill -9 at the steps by which mail is fetched: from the server's list to the ledger, and back to mark or move it.

Two accounts are fetched from at once; mails of one are marked as read there, those of the other moved to a folder.
"""

import itertools

import pytest

from tests import nodes
from tests.crash.batch import Batch
from tests.crash.house import Folder

WORK = "mail.fetch"
# As in test_steps: sampled; all of them are for --all.
EVERY = 12
FIRST, *OTHERS = 5, *(first for first in range(1, EVERY + 1) if first != 5)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def fetching(house, dovecot):
    """The house, to which mail now comes by two accounts."""
    for afterwards in ("mark", "move"):
        house.fetch_from(Folder(dovecot, f"crash{next(_numbers)}", afterwards))
    batch = Batch(house, ["mail"])  # without a crash; it tells how many steps there are
    batch.come_about()
    batch.check()
    yield house
    house.folders.clear()


@pytest.mark.parametrize(
    ("step", "passing"),
    [
        ("COMMIT", 1),  # in the ledger or not, with the UID up to which all is there
        ("COMMIT", 2),
        ("imap > FETCH", 2),
        ("imap > MOVE", 1),  # the ledger has them; nothing there tells so
        ("imap > STORE", 1),
        ("UPDATE mail_rawmail", 1),  # the server has put them away; nothing here tells so
        ("UPDATE mail_rawmail", 2),
        ("end", 1),
    ],
)
def test_killed_between_fetching_and_putting_away_each_message_is_there_once(fetching, step, passing):
    assert dies(fetching, step, passing)


@pytest.mark.parametrize("first", [FIRST, *(pytest.param(first, marks=pytest.mark.full) for first in OTHERS)])
def test_killed_at_any_step_of_fetching_each_message_is_there_once(fetching, first):
    step = first
    while step <= fetching.steps_of(WORK):
        if not dies(fetching, step, 1 + step % 2):
            dies(fetching, step, 1)
        step += EVERY


def test_a_mail_server_that_goes_away_and_comes_back_loses_and_doubles_nothing(fetching):
    server = fetching.folders[0].server
    batch = Batch(fetching, ["mail"])
    batch.send()
    nodes.until(lambda: batch.answered() == len(batch.messages))
    server.stop()
    server.start()
    batch.wait()

    check(fetching, batch)


def dies(house, step, passing):
    """Whether anybody came to that step. Whoever did is dead, and nothing was lost or doubled by it."""
    batch = Batch(house, ["mail"])
    died = house.kill_at(WORK, step, passing, batch.come_about)
    check(house, batch, died)
    return died is not None


def check(house, batch, died=None):
    batch.check(died)
    for folder in house.folders:
        assert house.ask(_KEPT.format(user=folder.user)) == [(folder.holds(),)]  # each is in one place only


_KEPT = """
    SELECT count(*) FROM mail_rawmail JOIN mail_source ON mail_source.id = source_id WHERE mail_source."user" = '{user}'
"""
