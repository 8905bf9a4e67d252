"""All processes at once: killed, as when the machine runs out of memory, or stopped and started anew."""

import pytest

from tests import nodes
from tests.crash.batch import Batch


@pytest.mark.parametrize("answered", [1, 7, 14])
def test_when_all_are_killed_at_once_nothing_is_lost_or_doubled(house, answered):
    batch = Batch(house)
    batch.send()
    nodes.until(lambda: batch.answered() >= answered)
    house.kill_everybody()
    may_come_twice = batch.not_sent()
    house.start()

    batch.wait()

    batch.check(may_come_twice=may_come_twice)


def test_stopped_and_started_anew_it_loses_nothing_and_sends_nothing_twice(house):
    batch = Batch(house)
    batch.send()
    nodes.until(lambda: batch.answered() >= 7)
    assert house.stop_gently() == 0
    house.start()

    batch.wait()

    batch.check()
