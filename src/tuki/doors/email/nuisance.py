"""Mail that nobody wants answered: loops, our own mail come back, and spam."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tuki.lib.html import excerpt, to_text
from tuki.mail import loops, queries, spam
from tuki.mail.loops import Mark
from tuki.mail.parse import Mail
from tuki.people.actor import Actor
from tuki.tickets import queries as tickets

if TYPE_CHECKING:
    from tuki.mail.models import Sign
    from tuki.tickets.models import Ticket

# Whoever says the same on a ticket so often within so long is a machine, whatever its header says.
_SAME_WORDS, _WITHIN = 3, timedelta(hours=1)


@dataclass(frozen=True)
class Signs:
    """What a mail bears besides what it says."""

    mark: Mark | None
    spam: "Sign | None"

    @property
    def is_blocked(self) -> bool:
        """Its sender is not heard at all. Other signs of spam don't count against an answer to what we wrote."""
        return self.spam in {"sender", "domain"}


def signs_of(content: bytes, mail: Mail) -> Signs:
    """Read a mail's header for marks and signs."""
    rules = queries.spam_rules_for(sender.address for sender in mail.senders)
    return Signs(loops.read_mark(content), spam.sign_of(mail, spam.filtered(content), rules) if rules else None)


def is_going_round(ticket: "Ticket", body: str, sender: Actor) -> bool:
    """Whether a reply says once more what its writer has just said several times: so do answering machines."""
    words = _likeness(excerpt(to_text(body)))
    said = tickets.said_lately(ticket, sender, since=sender.at - _WITHIN)
    return sum(_likeness(one) == words for one in said) >= _SAME_WORDS


def _likeness(words: str) -> str:
    """Without what such a machine counts or dates."""
    return " ".join(re.sub(r"[\d\W_]+", " ", words.casefold()).split())[:150]
