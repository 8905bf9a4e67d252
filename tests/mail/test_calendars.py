"""What an invitation says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuki.mail.reading.calendars import Meeting, meeting


def event(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR")).encode()


def test_an_event_says_what_when_and_where():
    found = meeting(
        event("METHOD:CANCEL", "BEGIN:VEVENT", "SUMMARY:Kick-\r\n off\\, part 2", "LOCATION:Oulu", "END:VEVENT")
    )

    assert found == Meeting("cancel", "Kick-off, part 2", "", "Oulu")


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("DTSTART:20261201T080000Z", "2026-12-01 08:00 UTC"),
        ("DTSTART;TZID=Europe/Helsinki:20261201T100000", "2026-12-01 10:00 Europe/Helsinki"),
        ("DTSTART;VALUE=DATE:20261201", "2026-12-01"),
        ("DTSTART:soon", ""),
    ],
)
def test_its_moment_is_told_as_it_is_written(line, when):
    found = meeting(event("BEGIN:VEVENT", line, "END:VEVENT"))

    assert found is not None
    assert found.when == when


def test_a_zone_alone_is_no_event():
    assert meeting(event("BEGIN:VTIMEZONE", "DTSTART:19700101T000000", "END:VTIMEZONE")) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(content):
    meeting(b"BEGIN:VEVENT\n" + content)
