"""Whom a following stands for: a person, or an address that its owner has confirmed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuki.desk.queries import the_desk
from tuki.people import policy
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.knowledge.models import Following
    from tuki.people.models import Person

Key = tuple[int | None, str]


@dataclass(frozen=True)
class Follower:
    """Somebody who is written to. language: one that the desk speaks."""

    person: "Person | None"
    address: str
    language: str
    time_zone: str

    @property
    def viewer(self) -> Actor:
        """As whom they read: an address is nobody who has signed in."""
        return Actor(self.person)

    @property
    def key(self) -> Key:
        return (self.person.pk, "") if self.person else (None, self.address)


def key_of(row: "Following") -> Key:
    return row.person_id, row.address


def follower(row: "Following") -> Follower | None:
    """Who follows; None for somebody whose account is closed."""
    person, desk = row.person, the_desk()
    if person is not None and not policy.may_sign_in(person):
        return None
    language = person.language if person else row.language
    return Follower(
        person=person,
        address=person.email if person else row.address,
        language=language if language in desk.languages else desk.language,
        time_zone=person.time_zone if person else desk.time_zone,
    )
