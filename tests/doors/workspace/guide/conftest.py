from tests.knowledge.conftest import drafted, guides, invoices, news, published

__all__ = ["drafted", "guides", "invoices", "news", "published"]
