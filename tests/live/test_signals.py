"""What is told is heard, if and only if it was committed."""

from django.db import transaction

from tuki.live.models import Signal
from tuki.live.signals import tell


def test_what_was_committed_is_heard_in_its_order(heard):
    def do():
        with transaction.atomic():
            tell("ticket-2", "ticket-1")
        tell("ticket-3")

    assert heard(["ticket-1", "ticket-2", "ticket-3"], do) == ["ticket-2", "ticket-1", "ticket-3"]


def test_what_was_rolled_back_is_not_heard(heard):
    def do():
        with transaction.atomic():
            tell("ticket-1")
            transaction.set_rollback(True)

    assert heard(["ticket-1"], do) == []


def test_nobody_hears_what_they_do_not_listen_to(heard):
    assert heard(["ticket-1"], lambda: tell("ticket-2")) == []


def test_many_topics_are_told_at_once(heard):
    many = [f"ticket-{number}" for number in range(1, 501)]

    assert heard(many, lambda: tell(*many)) == many


def test_on_sqlite_only_the_newest_signals_stay(heard):
    heard([], lambda: [tell(*(f"ticket-{number}" for number in range(1, 101))) for _ in range(20)])

    assert Signal.objects.count() <= 1600
