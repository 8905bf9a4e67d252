"""Pages begin after a row: none is shown twice and none is left out, whatever comes meanwhile."""

from datetime import timedelta

import pytest
from django.db.models import F

from tests.conftest import LONG_AGO
from tuki.lib.paging import Page, capped_count, page, page_of_several
from tuki.tickets.models import Ticket


@pytest.fixture
def many(submitted, ada) -> list[int]:
    """25 tickets, newest first, several of one moment."""
    made = [submitted(by=ada.when(LONG_AGO + timedelta(minutes=number // 4))) for number in range(25)]
    return [ticket.pk for ticket in reversed(made)]


def whole(cursor: str) -> Page[Ticket]:
    return page(Ticket.objects.all(), "updated_at", cursor, 10)


def in_parts(cursor: str) -> Page[Ticket]:
    """The same as three lists, of which one is empty."""
    odd = Ticket.objects.annotate(odd=F("pk") % 2)
    return page_of_several([odd.filter(odd=rest) for rest in (0, 1, 2)], "updated_at", cursor, 10)


@pytest.mark.parametrize("at", [whole, in_parts])
def test_paging_down_and_up_shows_each_once_and_in_order(many, at):
    seen, cursor, pages = [], "", []
    while True:
        shown = at(cursor)
        pages.append([row.pk for row in shown.rows])
        seen += pages[-1]
        if not shown.older:
            break
        cursor = shown.older
    assert seen == many
    back = at(shown.newer)
    assert [row.pk for row in back.rows] == pages[-2]
    assert [row.pk for row in at(back.newer).rows] == pages[0]


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
