"""When the demo's people are at work: what they say falls on weekdays between eight and four."""

import re
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tuki.demo.content import Story

_OPENS, _CLOSES = time(8), time(16)


def moments(story: Story, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """When each message of a story was said, all of them before `now`. In the desk's time zone.

    As long ago as the story says, or a few days longer where that falls on a weekend or would not be over yet.
    """
    # One story is always told at the same times of day.
    chance = Random(f"{story.key} {story.requester} {story.age}")
    now = now.astimezone(zone)
    day = (now - story.age).date()
    while True:
        if day.weekday() < 5:
            opens, closes = datetime.combine(day, _OPENS, zone), datetime.combine(day, _CLOSES, zone)
            closes = min(closes, now - sum((line.after for line in story.lines), timedelta(minutes=15)))
            said = [_told(story, day, zone) or opens + (closes - opens) * chance.random()]
            for line in story.lines[1:]:
                said.append(_at_work(said[-1] + line.after, chance))
            if opens < closes and said[-1] < now - timedelta(minutes=10):
                return said
        day -= timedelta(days=1)


_CLOCK = re.compile(r"\b(?:klo|kl\.?|om|at) (\d{1,2})[.:](\d\d)\b")


def _told(story: Story, day: date, zone: ZoneInfo) -> datetime | None:
    """When a call came that was written down with its time."""
    found = _CLOCK.search(story.lines[0].text) if story.lines[0].via == "phone" else None
    return datetime.combine(day, time(int(found[1]), int(found[2])), zone) + timedelta(minutes=4) if found else None


def _at_work(moment: datetime, chance: Random) -> datetime:
    """This moment, or soon after the next morning has begun."""
    zone = moment.tzinfo
    if moment.weekday() < 5 and _OPENS <= moment.time() < _CLOSES:
        return moment
    day = moment.date() if moment.time() < _OPENS else moment.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, _OPENS, zone) + timedelta(minutes=chance.uniform(3, 70))
