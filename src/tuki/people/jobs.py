"""Sessions that have ended are forgotten."""

from datetime import datetime

from django.contrib.sessions.models import Session

from tuki.jobs.daily import daily

_HELPING = 500


@daily("people.end_sessions")
def end_sessions(now: datetime) -> bool:
    ended = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:_HELPING]
    return Session.objects.filter(pk__in=list(ended)).delete()[0] == _HELPING
