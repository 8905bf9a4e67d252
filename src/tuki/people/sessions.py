"""Who is signed in, as every request asks: Django's sessions, found by a question that keeps its SQL."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from tuki.lib.questions import Question, Slot

_LASTING = Question(
    lambda: Session.objects.filter(session_key=Slot("key", CharField()), expire_date__gt=Slot("now", DateTimeField()))
)


class SessionStore(db.SessionStore):
    """One browser's session."""

    def _get_session_from_db(self) -> Session | None:
        found = _LASTING.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None  # so that a new one gets a key of our making
        return found
