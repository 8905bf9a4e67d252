"""The table in which `once` remembers forms: as Django's cache in the database, but that it counts no rows.

Django's counts all of them at each write, and throws a third away at random when there are too many. Here what is over
goes, now and then, and nothing else.
"""

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

_SWEEP = "0"  # with a key that ends so, one in sixteen, what is over is swept away


class SentForms(DatabaseCache):
    """Adds and sets; each is one statement."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self._rows = connection.ops.quote_name(table)

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        if mode == "touch":
            raise NotImplementedError("what was sent is not remembered for longer")
        until = self.get_backend_timeout(timeout)
        if until is None:
            raise ValueError("nothing is remembered for ever")
        moment = connection.ops.adapt_datetimefield_value
        now = moment(timezone.now().replace(microsecond=0))
        over = moment(datetime.fromtimestamp(until, UTC).replace(microsecond=0))
        kept = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
        table = self._rows
        with connection.cursor() as cursor:
            if mode == "add" and key.endswith(_SWEEP):
                cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])
            statement = (
                f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) "
                "ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
            )
            if mode == "add":
                cursor.execute(f"{statement} WHERE {table}.expires < %s", [key, kept, over, now])
            else:
                cursor.execute(statement, [key, kept, over])
            return bool(cursor.rowcount == 1)
