"""Reading tickets, always for a viewer."""

from tuki.tickets.queries.history import Line, history
from tuki.tickets.queries.lists import (
    VIEWS,
    counts,
    customer_requests,
    find_for_agent,
    requests_of,
    view,
)
from tuki.tickets.queries.ticket import (
    draft_of,
    leaving_drafts,
    newer_messages,
    statuses,
    thread,
    ticket_by_number,
    tickets,
    unsent_drafts,
)

__all__ = [
    "VIEWS",
    "Line",
    "counts",
    "customer_requests",
    "draft_of",
    "find_for_agent",
    "history",
    "leaving_drafts",
    "newer_messages",
    "requests_of",
    "statuses",
    "thread",
    "ticket_by_number",
    "tickets",
    "unsent_drafts",
    "view",
]
