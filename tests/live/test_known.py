"""What is kept of what was found out, and when it is forgotten."""

from itertools import count

import pytest
from django.db import transaction

from tuki.live.known import MOST, Known
from tuki.live.signals import tell


@pytest.fixture
def known() -> Known:
    known = Known()
    known.hears(True)
    return known


@pytest.fixture
def find():
    return count(1).__next__


def test_what_was_found_is_kept_until_something_it_is_about_changes(known, find):
    assert [known.get("key", ["desk", "around"], find) for _ in range(3)] == [1, 1, 1]

    known.changed(["person-7"])
    assert known.get("key", ["desk", "around"], find) == 1

    known.changed(["around"])
    assert known.get("key", ["desk", "around"], find) == 2


def test_what_changes_while_it_is_looked_for_makes_the_answer_old(known, find):
    def find_slowly():
        known.changed(["desk"])
        return find()

    assert known.get("key", ["desk"], find_slowly) == 1
    assert known.get("key", ["desk"], find) == 2


def test_nothing_is_kept_by_whoever_does_not_hear_of_changes(known, find):
    known.get("key", ["desk"], find)

    known.hears(False)
    assert [known.get("key", ["desk"], find) for _ in range(2)] == [2, 3]

    known.hears(True)  # and what was known before may be old
    assert known.get("key", ["desk"], find) == 4


def test_nothing_is_kept_for_longer_than_it_was_meant_to(known, find):
    known.get("key", ["desk"], find, seconds=0)

    assert known.get("key", ["desk"], find) == 2


def test_what_is_asked_anew_is_looked_for_and_kept(known, find):
    known.get("key", ["desk"], find)

    assert known.get("key", ["desk"], find, anew=True) == 2
    assert known.get("key", ["desk"], find) == 2


def test_what_was_not_asked_for_lately_makes_room(known):
    page = "x" * (MOST // 3)
    for key in ("first", "second", "first", "third"):
        known.get(key, [], lambda: page)

    assert known.get("first", [], lambda: "anew") == page
    assert known.get("second", [], lambda: "anew") == "anew"


def test_an_answer_may_ask_in_turn(known, find):
    assert known.get("outer", [], lambda: known.get("inner", [], find)) == 1


def test_whoever_changes_something_sees_so_at_once(heard, find):
    from tuki.live.known import KNOWN

    def do():
        assert KNOWN.get("key", ["ticket-1"], find) == KNOWN.get("key", ["ticket-1"], find) == 1
        with transaction.atomic():
            tell("ticket-1")
        assert KNOWN.get("key", ["ticket-1"], find) == 2

    heard(["ticket-1"], do)


def test_what_others_change_is_forgotten_before_pages_are_told(heard, eva, find):
    from tuki.live.known import KNOWN
    from tuki.people import actions

    def do():
        KNOWN.get("key", ["around"], find)
        actions.change_profile(eva.person, display_name="Eeva", by=eva)
        assert KNOWN.get("key", ["around"], find) == 2

    heard([], do)
