"""What of many alike is run every time. The rest is for --all."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection


def sampled(works: Sequence[str], *, from_there: bool) -> list[Any]:
    """Every other work on one database, the rest on the other."""
    start = 0 if (connection.vendor == "sqlite") == from_there else 1
    return [
        work if place % 2 == start else pytest.param(work, marks=pytest.mark.full) for place, work in enumerate(works)
    ]
