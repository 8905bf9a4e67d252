"""What all processes of one node see of changes, the moment that one of them has committed.

The hub tells them too, and other nodes; but it hears by the database, a moment later, and whoever publishes something
on this node reads it at once, whichever of its processes answers.
"""

import mmap
import secrets
from collections.abc import Iterable
from zlib import crc32

from tuki.live import topics

_PLACES = 512  # for any number of topics: two that share one only count as changed together
_MARK = 8  # bytes


class Turns:
    """A mark for each topic that whole answers are about, in memory that is shared by processes that part after this.

    A change writes a mark that never was there before. So nobody counts, and no two who write at once undo each other.
    """

    def __init__(self) -> None:
        self._marks = mmap.mmap(-1, _PLACES * _MARK)

    def changed(self, told: Iterable[str]) -> None:
        for topic in told:
            if topics.is_of_answers(topic):
                place = _place(topic)
                self._marks[place : place + _MARK] = secrets.token_bytes(_MARK)

    def now(self) -> bytes:
        """All marks, for `of`."""
        return self._marks[:]

    def of(self, about: Iterable[str], marks: bytes | None = None) -> tuple[bytes, ...]:
        """The marks of these topics, or what they were. What was found out before is old once they are others."""
        seen = self._marks if marks is None else marks
        return tuple(seen[place : place + _MARK] for place in map(_place, about))


def _place(topic: str) -> int:
    return crc32(topic.encode()) % _PLACES * _MARK


TURNS = Turns()
