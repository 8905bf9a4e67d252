"""What is known of the disk that we write to."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

_SOON = {"sqlite": "PRAGMA synchronous = NORMAL", "postgresql": "SET synchronous_commit = off"}
_AT_ONCE = {"sqlite": "PRAGMA synchronous = FULL", "postgresql": "RESET synchronous_commit"}


def is_full(error: BaseException) -> bool:
    """Whether this says that there is no room left, rather than that something is broken."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def not_waited_for() -> Iterator[None]:
    """What is committed in here returns before the disk has it.

    A process that dies loses nothing. Should the power fail, the last commits are gone as if they had never been, from
    some moment on, all of them; whichever is waited for next brings all that came before it to the disk.
    """
    if connection.in_atomic_block:  # whoever began it waits
        yield
        return
    _say(_SOON)
    try:
        yield
    finally:
        if connection.connection is not None:
            try:
                _say(_AT_ONCE)
            except DatabaseError:
                connection.close()  # the next one waits


def _say(words: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words[connection.vendor])
