"""A mail server that is dead, or dies with a mail in its hands."""

from tests import nodes
from tests.crash.batch import Batch


def test_mails_wait_for_a_mail_server_that_is_dead_at_the_start_and_leave_once_when_it_comes_back(house):
    house.kill_everybody()
    house.mail_server.stop()
    house.start()
    batch = Batch(house)
    batch.send()
    nodes.until(lambda: batch.states() == {"delayed": len(batch.messages)})

    house.mail_server.start()
    batch.wait()

    batch.check()


def test_a_mail_server_that_dies_before_its_250_gets_that_one_mail_again_by_the_same_message_id(house):
    batch = Batch(house)
    house.mail_server.die_with_the_next_mail()
    batch.send()
    nodes.until(house.mail_server.has_died)
    (in_its_hands,) = batch.taken()

    house.mail_server.start()
    batch.wait()

    assert batch.copies() == [in_its_hands.message_id]
    batch.check(may_come_twice=batch.deliveries(in_its_hands.message_id))
