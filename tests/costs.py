"""What a question costs the database, on either one, where it has counted its tables and where it has not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.plugins.databases import tables

FEW, MANY = 4_000, 16_000
SIZE = 20
# What follows the table grows fourfold. A B-tree may be a level deeper, and PostgreSQL, which looks at a sample, may
# plan a count otherwise from one time to the next.
SLACK = 1.5


def work(ask: Callable[[], Any]) -> int:
    """How much the database does for what is asked: SQLite's steps, or the rows that PostgreSQL looks at."""
    if connection.vendor == "sqlite":
        return _steps(ask)
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    found = 0
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            [(plan,)] = cursor.fetchall()
        found += _rows(plan[0]["Plan"])
    return found


def _steps(ask: Callable[[], Any]) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 20)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


def _rows(plan: dict[str, Any]) -> int:
    looked_at = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return int(looked_at * plan["Actual Loops"]) + sum(_rows(part) for part in plan.get("Plans", ()))


# PostgreSQL counts by itself sooner or later; SQLite does not until it is told to.
whether_counted = pytest.mark.parametrize(
    "counted",
    [True] if connection.vendor == "postgresql" else [False, True],
    ids=lambda counted: "counted" if counted else "not counted",
)


def count(counted: bool) -> None:
    """Let the database count its tables, or know nothing of them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {tables()}")
        elif counted:
            cursor.execute("ANALYZE")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
            assert not cursor.fetchall()
