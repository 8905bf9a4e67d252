"""What an event is, and the list of all there are."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened, in our own vocabulary: ids, and field changes as field, old, new.

    name: as it stands in the journal. line: how the history says it, with %(field)s for what it carries. forgets: what
    of a person it holds, and how erasure deals with that.
    """

    name: ClassVar[str] = ""
    line: ClassVar[object] = ""
    forgets: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        if cls.name:
            if cls.name in EVENTS and EVENTS[cls.name].__module__ != cls.__module__:
                raise TypeError(f"two events are called {cls.name}")
            EVENTS[cls.name] = cls

    def data(self) -> dict[str, Any]:
        return asdict(self)


EVENTS: dict[str, type[Event]] = {}


def read(name: str, data: dict[str, Any]) -> Event:
    """The event of an entry, as it was recorded."""
    return EVENTS[name](**data)
