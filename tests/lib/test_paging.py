"""Pages begin after a row: none is shown twice and none is left out, whatever comes meanwhile."""

from datetime import timedelta

import pytest

from tests.conftest import LONG_AGO
from tuki.lib.paging import capped_count, page
from tuki.tickets.models import Ticket


@pytest.fixture
def many(submitted, ada) -> list[int]:
    """25 tickets, newest first, several of one moment."""
    made = [submitted(by=ada.when(LONG_AGO + timedelta(minutes=number // 4))) for number in range(25)]
    return [ticket.pk for ticket in reversed(made)]


def test_paging_down_and_up_shows_each_once_and_in_order(many):
    seen, cursor, pages = [], "", []
    while True:
        shown = page(Ticket.objects.all(), "updated_at", cursor, 10)
        pages.append([row.pk for row in shown.rows])
        seen += pages[-1]
        if not shown.older:
            break
        cursor = shown.older
    assert seen == many
    back = page(Ticket.objects.all(), "updated_at", shown.newer, 10)
    assert [row.pk for row in back.rows] == pages[-2]


def test_what_comes_while_one_pages_moves_nothing(many, submitted):
    first = page(Ticket.objects.all(), "updated_at", "", 10)
    submitted()

    assert [row.pk for row in page(Ticket.objects.all(), "updated_at", first.older, 10).rows] == many[10:20]


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "'; drop table"])
def test_a_cursor_nobody_made_gives_the_first_page(many, cursor):
    assert [row.pk for row in page(Ticket.objects.all(), "updated_at", cursor, 10).rows] == many[:10]


def test_a_count_stops_at_its_cap(many):
    assert capped_count(Ticket.objects.all(), 25) == "25"
    assert capped_count(Ticket.objects.all(), 24) == "24+"
