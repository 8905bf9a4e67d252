"""Names of what can change. A signal is such a name and nothing more; a page that hears it asks again."""

import hashlib
import re

DESK = "desk"  # something on the desk's lists, for agents
AROUND = "around"  # people, companies, teams or the desk's own rules; not for browsers
RIGHTS = "rights"  # what anybody may see or do may be another by now; not for browsers

_WITH_NUMBER = re.compile(r"(ticket|desk-ticket|person)-([1-9][0-9]{0,8})")


def ticket(number: int) -> str:
    """What everyone who sees the ticket may know of."""
    return f"ticket-{number}"


def desk_ticket(number: int) -> str:
    """What agents who see the ticket may know of: notes, assignments, who has it open."""
    return f"desk-ticket-{number}"


def person(person_id: int) -> str:
    """That something changed on this person's own tickets."""
    return f"person-{person_id}"


def rights(person_id: int) -> str:
    """That what this person may see or do may be another by now; not for browsers."""
    return f"rights-{person_id}"


def sight(number: int) -> str:
    """That others than before may know of this ticket; not for browsers."""
    return f"sight-{number}"


def session(key: str) -> str:
    """That this session ended; not for browsers. Whoever reads the name can't sign in with it."""
    return f"session-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def article(article_id: int) -> str:
    """That something of one article changed that touches no other page, as its votes do; not for browsers."""
    return f"article-{article_id}"


def is_of_answers(topic: str) -> bool:
    """Whether whole answers are kept until this changes (config/server/answers.py)."""
    return topic == AROUND or topic.startswith("article-")


def read(topic: str) -> tuple[str, int] | None:
    """A topic's kind and number (0 where it has none); None for what is no topic."""
    if topic == DESK:
        return DESK, 0
    found = _WITH_NUMBER.fullmatch(topic)
    return (found[1], int(found[2])) if found else None
