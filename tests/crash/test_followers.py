"""kill -9 while followers are told of what was published, at once and in the morning.

A few are told, in helpings that are small; in one test ten thousand, in helpings as in life.
"""

import pytest

from tests import nodes
from tests.crash.announcement import Announcement
from tests.crash.conftest import standing
from tests.crash.sampling import sampled

FEW, MANY = 21, 10_000
WORKS = ["notifications.tell_followers", "notifications.send_digests"]
# As in test_steps: sampled; all of them are for --all.
EVERY = 40
FIRST, *OTHERS = 13, *(first for first in range(1, EVERY + 1) if first != 13)


@pytest.fixture(scope="module")
def followed(house):
    """The house, whose news a few readers follow."""
    if not house.ask("SELECT 1 FROM knowledge_following"):
        house.add_followers(FEW)
    announcement = Announcement(house, FEW)  # without a crash; it tells how many steps there are
    announcement.come_about()
    announcement.check()
    return house


@pytest.mark.parametrize("first", [FIRST, *(pytest.param(first, marks=pytest.mark.full) for first in OTHERS)])
@pytest.mark.parametrize("work", sampled(WORKS, from_there=True))
def test_killed_at_any_step_of_telling_followers_each_gets_one_mail(followed, work, first):
    step = first
    while step <= followed.steps_of(work):
        # Not always the first helping; but the last are short.
        if not dies(followed, work, step, 1 + step % 3):
            dies(followed, work, step, 1)
        step += EVERY


@pytest.mark.parametrize("work", sampled(WORKS, from_there=False))
def test_when_all_are_killed_in_the_midst_of_telling_followers_each_gets_one_mail(followed, work):
    announcement = Announcement(followed, FEW)
    may_come_twice = []

    def all_follow():
        if not may_come_twice and followed.died():
            may_come_twice.append(kill_all(followed, announcement))

    followed.order_to_die(work, "COMMIT", 4)
    announcement.come_about(all_follow)

    announcement.check(may_come_twice=may_come_twice[0])


@pytest.mark.full
def test_a_publish_to_ten_thousand_followers_killed_half_way_and_finished_tells_each_once(tmp_path):
    with nodes.fresh_environment(tmp_path / "data") as env, standing(env, tmp_path, "leash") as house:
        house.add_followers(MANY)
        announcement = Announcement(house, MANY)
        may_come_twice = set()
        halves = [MANY / 3, MANY * 5 / 6]  # of two thirds that are told at once, and of those told in the morning

        def kill_all_half_way():
            if halves and announcement.made() >= halves[0]:
                assert announcement.made() < MANY * (2 / 3 if len(halves) == 2 else 1)
                may_come_twice.update(kill_all(house, announcement))
                halves.pop(0)

        announcement.come_about(kill_all_half_way, patience=1200)

        announcement.check(may_come_twice=may_come_twice)
        assert not halves


def kill_all(house, announcement):
    """Have the desk killed and started anew; the mails of which nobody knows whether they had left."""
    house.kill_everybody()
    unsure = announcement.not_sent()
    house.start()
    return unsure


def dies(house, work, step, passing):
    """Whether anybody came to that step. Whoever did is dead, and no mail was lost or made twice by it."""
    announcement = Announcement(house, FEW)
    died = house.kill_at(work, step, passing, announcement.come_about)
    announcement.check(died)
    return died is not None
