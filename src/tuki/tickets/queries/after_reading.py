"""What was asked by those who had read an article first: where the guides fell short."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from tuki.lib.paging import Page, page
from tuki.people.actor import Actor
from tuki.tickets.models import Ticket
from tuki.tickets.policy import visible_tickets


def after_reading(viewer: Actor, article: int, cursor: str = "", size: int = 30) -> Page[Ticket]:
    """The requests that came from an article's page, the newest first, as far as the viewer may know of them."""
    rows = visible_tickets(viewer).filter(after_reading=article, trashed_at=None)
    return page(rows.select_related("status", "requester"), "created_at", cursor, size)


def counts(viewer: Actor, articles: Iterable[int], since: datetime) -> dict[int, int]:
    """How many came from each of these articles since a moment."""
    rows = visible_tickets(viewer).filter(after_reading__in=list(articles), created_at__gte=since, trashed_at=None)
    counted = rows.order_by().values_list("after_reading").annotate(count=Count("pk"))
    return {article: count for article, count in counted if article is not None}
