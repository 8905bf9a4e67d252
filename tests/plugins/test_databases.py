"""The database plugin gives each run a database of its own, and one that is like a real desk's."""

import os
import tempfile
import threading
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection


def test_the_desk_of_whoever_runs_the_tests_is_left_alone(db):
    assert Path(os.environ["TUKI_DATA"]).parent == Path(tempfile.gettempdir())
    assert "test" in str(connection.settings_dict["NAME"])


def test_another_thread_sees_what_was_committed(transactional_db):
    ContentType.objects.create(app_label="tests", model="row")
    seen = []

    def look() -> None:
        seen.extend(ContentType.objects.filter(app_label="tests").values_list("model", flat=True))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == ["row"]


def test_sqlite_waits_for_the_lock_instead_of_failing_half_way(transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("a matter of SQLite's")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.transaction_mode == "IMMEDIATE"
