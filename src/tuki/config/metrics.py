"""What each process counts, for /metrics: names of routes and kinds, and nothing of a person or their ticket.

Where PROMETHEUS_MULTIPROC_DIR is set before the first import of this module, all processes of one `tuki serve` count
into that folder, and whichever of them is asked adds them up.
"""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "tuki_request_seconds",
    "How long pages took, from the thread that ran them; by route and status",
    ["route", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FROM_MEMORY = Counter("tuki_answers_from_memory", "Requests answered on the loop with a page that was kept")
REFUSED = Counter("tuki_refused", "Requests the server refused before any page was asked; by status", ["status"])
STREAMS = Gauge("tuki_streams_open", "Browsers that hear of changes at this moment", multiprocess_mode="livesum")
LOCKED = Counter("tuki_database_locked", "Statements given up because the database stayed locked too long")

_LOCK_NOT_AVAILABLE = "55P03"


def count_locks() -> None:
    """Count, on every connection made from now on, what fails because others hold the lock."""
    connection_created.connect(_watch, dispatch_uid="tuki.metrics.locks")


def _watch(connection: BaseDatabaseWrapper, **_: object) -> None:
    if _counting not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counting)


def _counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    try:
        return execute(sql, params, many, context)
    except OperationalError as error:
        if is_locked(error):
            LOCKED.inc()
        raise


def is_locked(error: OperationalError) -> bool:
    """Whether it says that somebody else holds the lock, rather than that something is broken."""
    return "locked" in str(error) or getattr(error.__cause__, "sqlstate", "") == _LOCK_NOT_AVAILABLE
