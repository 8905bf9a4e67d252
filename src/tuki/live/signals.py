"""Saying that something changed, in the transaction that changes it: it is heard if, and only if, that commits."""

import json

from django.db import connection, transaction

from tuki.live.known import KNOWN
from tuki.live.models import Signal

CHANNEL = "tuki"

_AT_ONCE = 100  # topics in one notification; PostgreSQL takes 8,000 bytes
_KEPT = 1000  # rows; a process that looks twenty times a second needs a handful


def tell(*topics: str) -> None:
    """Let every open page that may know of one of these hear that it changed."""
    if not topics:
        return
    transaction.on_commit(lambda: KNOWN.changed(topics))  # whoever changed it sees so at once
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for start in range(0, len(topics), _AT_ONCE):
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(topics[start : start + _AT_ONCE])])
        return
    newest = Signal.objects.bulk_create([Signal(topic=topic) for topic in topics])[-1].pk
    if newest % (_KEPT // 2) < len(topics):  # now and then, so that nobody else has to
        Signal.objects.filter(pk__lte=newest - _KEPT).delete()
