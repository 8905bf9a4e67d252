"""What was sent is remembered for its time, at a cost that does not follow how much that is."""

import pytest
from django.core.cache import caches
from django.db import connection


@pytest.fixture
def sent(db):
    """Nothing sent yet: a table that is no model's keeps what tests of real commits left in it."""
    caches["sent"].clear()
    return caches["sent"]


def rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sent_forms")
        [(count,)] = cursor.fetchall()
    return int(count)


def test_what_is_remembered_is_not_added_again(sent):
    assert sent.add("form", "first", 60)
    assert not sent.add("form", "second", 60)
    assert sent.get("form") == "first"


def test_what_came_of_a_form_takes_the_place_of_that_it_was_sent(sent):
    sent.add("form", "", 60)
    sent.set("form", "#message-7", 60)

    assert sent.get("form") == "#message-7"


def test_what_is_over_can_be_added_again(sent):
    sent.set("form", "first", -60)

    assert sent.get("form") is None
    assert sent.add("form", "second", 60)
    assert sent.get("form") == "second"


def test_what_is_over_is_swept_away_and_nothing_else(sent):
    sent.set("old", "x", -60)
    sent.set("young", "x", 60)
    sent.add("sweeps-0", "x", 60)

    assert rows() == 2
    assert sent.get("young") == "x"


def test_remembering_counts_no_rows(sent, django_assert_num_queries):
    with django_assert_num_queries(2):
        sent.add("form", "", 60)
        sent.set("form", "12", 60)
