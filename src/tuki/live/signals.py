"""Saying that something changed, in the transaction that changes it: it is heard if, and only if, that commits."""

import json
from collections.abc import Collection

from django.db import connection, transaction

from tuki.desk.queries import forget
from tuki.lib.changes import Rows
from tuki.live.known import KNOWN
from tuki.live.models import Signal
from tuki.live.node import TURNS
from tuki.live.topics import AROUND

CHANNEL = "tuki"

_AT_ONCE = 100  # topics in one notification; PostgreSQL takes 8,000 bytes
_SIGNALS = Rows(Signal)
_KEPT = 1000  # rows; a process that looks twenty times a second needs a handful


def changed(topics: Collection[str]) -> None:
    """Forget, in this process, what was about these, and have the others of this node forget it."""
    if AROUND in topics:
        forget()  # first: what is drawn from now on is kept, and must not show the rules as they were
    KNOWN.changed(topics)
    TURNS.changed(topics)


def tell(*topics: str) -> None:
    """Let every open page that may know of one of these hear that it changed."""
    if not topics:
        return
    transaction.on_commit(lambda: changed(topics))  # whoever changed it sees so at once
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for start in range(0, len(topics), _AT_ONCE):
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(topics[start : start + _AT_ONCE])])
        return
    signals = [Signal(topic=topic) for topic in topics]
    _SIGNALS.add_all(signals)
    newest = signals[-1].pk
    if newest % (_KEPT // 2) < len(topics):  # now and then, so that nobody else has to
        Signal.objects.filter(pk__lte=newest - _KEPT).delete()
