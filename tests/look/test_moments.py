from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tuki.look import moments

NOON = datetime(2026, 3, 5, 10, 0, 12, tzinfo=UTC)  # 12 in Helsinki


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-20), "just now"),  # clocks differ
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "today at 12:00"),
        (timedelta(hours=13), "yesterday at 12:00"),
        (timedelta(days=2), "5 March 2026 at 12:00"),
        (timedelta(days=700), "5 March 2026 at 12:00"),
        (timedelta(days=-2), "5 March 2026 at 12:00"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(passed, words):
    assert moments.worded(NOON, NOON + passed) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [(timedelta(), "12:00"), (timedelta(days=3), "5 Mar"), (timedelta(days=400), "5 Mar 2026")],
)
def test_a_dense_list_says_it_shorter(passed, words):
    assert moments.short(NOON, NOON + passed) == words


def test_E4_finnish_writes_dates_and_times_in_its_own_way():
    with translation.override("fi"):
        assert moments.date(NOON) == "5.3.2026"
        assert moments.time(NOON.replace(minute=5)) == "12.05"
        assert moments.short(NOON, NOON + timedelta(days=3)) == "5.3."
        assert moments.short(NOON, NOON + timedelta(days=400)) == "5.3.2026"


@pytest.mark.parametrize(("language", "month"), [("sv", "mars"), ("nl", "maart"), ("fi", "5.3.2026")])
def test_E4_a_month_is_named_in_the_readers_language(language, month):
    with translation.override(language):
        assert month in moments.exact(NOON)


def test_a_moment_is_shown_in_the_readers_time_zone():
    with timezone.override("America/New_York"):
        assert moments.exact(NOON) == "5 March 2026 at 05:00"
        assert moments.worded(NOON, NOON + timedelta(hours=20)) == "yesterday at 05:00"
