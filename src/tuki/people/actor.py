"""By whom a thing is done."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from tuki.journal.via import Via
from tuki.people.models import Person


@dataclass(frozen=True)
class Actor:
    """A person, the door they came through, and the moment their act counts from.

    The door stamps `at`: a mail's is when the ledger received it, a timer's its due moment. Nobody signed in is an
    Actor without a person.
    """

    person: Person | None
    via: Via = Via.WEB
    at: datetime = field(default_factory=timezone.now)

    @property
    def person_id(self) -> int | None:
        return self.person.pk if self.person else None

    @property
    def is_agent(self) -> bool:
        return self.person is not None and self.person.is_active and self.person.is_agent

    @property
    def is_system(self) -> bool:
        return self.person is not None and self.person.is_system

    def when(self, at: datetime) -> "Actor":
        """The same person, at another moment."""
        return replace(self, at=at)

    def through(self, via: str) -> "Actor":
        """The same person, having come in by another way: an agent who writes down a call."""
        return replace(self, via=Via(via))
