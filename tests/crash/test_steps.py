"""kill -9 at the steps of a message's way in and of a mail's way out.

A process is killed before a step of its work, for as many steps as the work has: each of its statements and commits,
each word between it and the second mail server, each wait for the disk, and the end, when it has told nobody yet. All
the while some twenty messages are on their way, so that whoever dies has more than one of them in hand.
"""

import pytest

from tests.crash.batch import Batch
from tests.crash.sampling import sampled

WORKS = [
    "POST new",
    "POST replies",
    "POST messages",
    "ledger",
    "claim",
    "mail.decide",
    "notifications.tell",
    "mail.send",
    "mail.lane",
    "tickets.send_draft",
]
# Steps are sampled: every so-manieth, from the first of these on. The others are for --all.
EVERY = 20
FIRST, *OTHERS = 7, *(first for first in range(1, EVERY + 1) if first != 7)


@pytest.mark.parametrize("work", sampled(["several claimed", *WORKS], from_there=True))
def test_killed_when_all_is_done_and_nobody_told_each_message_is_there_once_and_each_mail_is_sent_once(house, work):
    assert dies_once(house, work, "end")


@pytest.mark.parametrize("work", sampled([work for work in WORKS if work != "claim"], from_there=False))
def test_killed_before_the_commit_each_message_is_there_once_and_each_mail_is_sent_once(house, work):
    assert dies_once(house, work, "COMMIT")


@pytest.mark.parametrize("first", [FIRST, *(pytest.param(first, marks=pytest.mark.full) for first in OTHERS)])
@pytest.mark.parametrize("work", sampled(WORKS, from_there=True))
def test_killed_at_any_step_each_message_is_there_once_and_each_mail_is_sent_once(house, work, first):
    step = first
    while step <= house.steps_of(work):
        dies_once(house, work, step, 1 + step % 4)
        step += EVERY


def dies_once(house, work, step, passing=2):
    """Whether anybody came to that step: not the first, where there are others, since they are at other steps then."""
    return dies(house, work, step, passing) or (passing > 1 and dies(house, work, step, 1))


def dies(house, work, step, passing):
    """Whether anybody came to that step. Whoever did is dead, and nothing was lost or doubled by it."""
    batch = Batch(house)
    died = house.kill_at(work, step, passing, batch.come_about)
    batch.check(died)
    return died is not None
