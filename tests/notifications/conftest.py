"""The help center of the knowledge tests, for those that tell followers of it."""

from tests.knowledge.conftest import drafted, guides, invoices, news, published

__all__ = ["drafted", "guides", "invoices", "news", "published"]
