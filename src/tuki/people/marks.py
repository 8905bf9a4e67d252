"""Where a person is signed in. Private: no entry, and no business of anybody else."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from tuki.people.models import Person


def seen(session_key: str, *, ip: str, device: str, at: datetime) -> None:
    """Note that a session is in use, from where and with what.

    device: the browser's own words for itself.
    """
    UserSession.objects.filter(session_key=session_key).update(
        ip=ip, user_agent=device[: UserSession._meta.get_field("user_agent").max_length], last_seen_at=at
    )


def end_session(session: UserSession) -> None:
    """Sign out there."""
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()


def end_sessions(person: Person, *, but: str = "") -> None:
    """Sign a person out everywhere, but for the session with this key."""
    rows = UserSession.objects.filter(user=person).exclude(session_key=but)
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.delete()
