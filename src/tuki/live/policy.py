"""Who may hear of what. Even a name without content goes only to those who may know that the thing exists."""

from collections.abc import Iterable

from tuki.live import topics
from tuki.people.actor import Actor
from tuki.tickets.policy import visible_tickets


def may_hear(viewer: Actor, wanted: Iterable[str]) -> set[str]:
    """Those of the wanted topics that this viewer may hear; the rest is dropped without a word."""
    known = {topic: read for topic in wanted if (read := topics.read(topic))}
    numbers = {number for kind, number in known.values() if kind.endswith("ticket")}
    seen = set(visible_tickets(viewer).filter(number__in=numbers).values_list("number", flat=True)) if numbers else ()

    def allowed(kind: str, number: int) -> bool:
        if kind == "person":
            return number == viewer.person_id
        if kind == "ticket":
            return number in seen
        return viewer.is_agent and (kind == "desk" or number in seen)

    return {topic for topic, (kind, number) in known.items() if allowed(kind, number)}


def asked_anew(viewer: Actor, session: str, heard: Iterable[str]) -> set[str]:
    """The topics that tell when what somebody hears is to be asked anew.

    session: the key of theirs. heard: what they may hear by now.
    """
    known = [read for topic in heard if (read := topics.read(topic))]
    of_tickets = {topics.sight(number) for kind, number in known if kind.endswith("ticket")}
    return {topics.RIGHTS, topics.rights(viewer.person_id or 0), topics.session(session), *of_tickets}
