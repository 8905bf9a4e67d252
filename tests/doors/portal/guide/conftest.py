"""The small help center of tests/knowledge, and nothing counted that would be written down in the middle of a test."""

import pytest

from tests.knowledge.conftest import drafted, guides, invoices, news, published
from tuki.knowledge import marks

__all__ = ["drafted", "guides", "invoices", "news", "published"]


@pytest.fixture(autouse=True)
def _views_are_counted_later(monkeypatch):
    monkeypatch.setattr(marks, "TALLY", marks.Tally(most=10_000, clock=lambda: 0.0))
