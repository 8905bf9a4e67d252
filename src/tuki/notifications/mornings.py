"""When a daily or weekly mail is made."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_MORNING = time(7)
_MONDAY = 0


def morning_after(moment: datetime, zone: str, *, weekly: bool) -> datetime:
    """The next morning in a time zone, that of a Monday where it is weekly. A morning that has begun is over."""
    there = moment.astimezone(ZoneInfo(zone))
    day = there.date()
    if there.time() >= _MORNING:
        day += timedelta(days=1)
    if weekly:
        day += timedelta(days=(_MONDAY - day.weekday()) % 7)
    return datetime.combine(day, _MORNING, ZoneInfo(zone))
