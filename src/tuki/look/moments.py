"""Dates and times as each language writes them. A moment is shown in the reader's time zone."""

from datetime import date as Day  # noqa: N812 - as a word of this file, date() writes one
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _


def worded(at: datetime, now: datetime | None = None) -> str:
    """For reading: "3 minutes ago", "today at 10:00", "5.3.2024 klo 10.00"."""
    at, now = timezone.localtime(at), timezone.localtime(now)
    passed = now - at
    if timedelta(minutes=-2) < passed < timedelta(minutes=1):
        return _("just now")
    if timedelta() < passed < timedelta(hours=1):
        minutes = passed.seconds // 60
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    days = (now.date() - at.date()).days
    if days == 0:
        return _("today at %(time)s") % {"time": time(at)}
    if days == 1:
        return _("yesterday at %(time)s") % {"time": time(at)}
    return exact(at)


def short(at: datetime, now: datetime | None = None) -> str:
    """For dense lists: "10:00" of today, "5 Mar" of this year, "5.3.2023" of others."""
    at, now = timezone.localtime(at), timezone.localtime(now)
    if at.date() == now.date():
        return time(at)
    if _language() == "fi":
        return f"{at.day}.{at.month}." if at.year == now.year else f"{at.day}.{at.month}.{at.year}"
    month = str(MONTHS_3[at.month])
    month = month.capitalize() if _language() == "en" else month  # Django writes the short ones small everywhere
    return f"{at.day} {month}" if at.year == now.year else f"{at.day} {month} {at.year}"


def exact(at: datetime) -> str:
    """Date and time of day: "5.3.2024 klo 10.00", "5 March 2024 at 10:00"."""
    at = timezone.localtime(at)
    return pgettext("date and time", "%(date)s at %(time)s") % {"date": date(at), "time": time(at)}


def with_weekday(at: datetime) -> str:
    """All of it, for whoever wants to know: "Tuesday 5 March 2024 at 10:00"."""
    at = timezone.localtime(at)
    return f"{WEEKDAYS[at.weekday()]} {exact(at)}"


def day(at: datetime, now: datetime | None = None) -> str:
    """For what is read for long, where the time of day says nothing: "today", "yesterday", "5.3.2024"."""
    passed = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    return {0: _("today"), 1: _("yesterday")}.get(passed) or date(at)


def date(at: datetime) -> str:
    return written(timezone.localtime(at).date())


def written(day: Day) -> str:
    """A day of the calendar: "5.3.2024", "5 March 2024"."""
    if _language() == "fi":
        return f"{day.day}.{day.month}.{day.year}"
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def time(at: datetime) -> str:
    at = timezone.localtime(at)
    return f"{at.hour}.{at.minute:02}" if _language() == "fi" else f"{at.hour:02}:{at.minute:02}"


def _language() -> str:
    return (get_language() or "en").split("-")[0]
