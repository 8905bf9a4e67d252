"""Whoever tells followers dies before any statement, and whoever goes on makes each mail once and misses none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.knowledge.conftest import publish
from tests.notifications.test_followers import follow_confirmed, it_is_morning, small
from tuki.knowledge.models import Pace
from tuki.mail.models import Delivery
from tuki.notifications import digests, telling
from tuki.notifications.models import Telling, Waiting

__all__ = ["small"]
EVERY = 12  # steps are sampled, from the first of these on; the others are for --all
FIRST, *OTHERS = 3, *(first for first in range(EVERY) if first != 3)
FIRSTS = [FIRST, *(pytest.param(first, marks=pytest.mark.full) for first in OTHERS)]


class Killed(BaseException):
    """As if the process were gone: nothing in the product catches it."""


@contextmanager
def dying_before(step: int) -> Iterator[list[str]]:
    """Die before a statement, by its number; what was done."""
    done: list[str] = []

    def count(execute, sql, params, many, context):
        done.append(sql)
        if len(done) == step + 1:
            raise Killed
        return execute(sql, params, many, context)  # after the death too: the database takes back what was open

    with connection.execute_wrapper(count):
        yield done


def walk_and_die(do, first: int) -> int:
    """Do something again and again, each time dying a few statements later, until it is through. How often it died."""
    deaths, step = 0, first
    while True:
        with dying_before(step):
            try:
                do()
            except Killed:
                deaths, step = deaths + 1, step + EVERY
                continue
        return deaths


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("first", FIRSTS)
def test_killed_at_any_step_of_the_walk_each_follower_gets_one_mail(first, invoices, drafted, eva):
    addresses = [f"reader{n:02}@nowhere.example" for n in range(18)]
    for n, address in enumerate(addresses):
        follow_confirmed(invoices, address, pace=Pace.DAILY if n % 3 == 0 else Pace.AT_ONCE)
    publish(drafted(), by=eva, tells=True)
    entry = Telling.objects.get().pk

    def walk() -> None:
        while telling.tell_some(entry):
            pass

    assert walk_and_die(walk, first) > 3
    mailed = list(Delivery.objects.filter(kind="published").order_by("address").values_list("address", flat=True))
    waiting = list(Waiting.objects.order_by("address").values_list("address", flat=True))
    assert mailed == [address for n, address in enumerate(addresses) if n % 3]
    assert waiting == addresses[::3]
    row = Telling.objects.get()
    assert (row.followers, row.walked, row.mails, row.waiting) == (18, 18, 12, 6)


@pytest.mark.parametrize("first", FIRSTS)
def test_killed_at_any_step_of_a_morning_each_follower_gets_one_mail(first, invoices, drafted, eva, monkeypatch):
    monkeypatch.setattr(digests, "_TOGETHER", 2)
    addresses = [f"reader{n}@nowhere.example" for n in range(6)]
    for address in addresses:
        follow_confirmed(invoices, address, pace=Pace.DAILY)
    for title in ("One", "Two"):
        publish(drafted(title), by=eva, tells=True)
    for row in Telling.objects.all():
        telling.tell_some(row.pk)
    it_is_morning()
    morning = Waiting.objects.first().due_at

    def make() -> None:
        while digests.are_due(morning):
            digests.make_some(morning)

    assert walk_and_die(make, first) > 3
    mailed = list(Delivery.objects.filter(kind="digest").order_by("address").values_list("address", flat=True))
    assert mailed == addresses
