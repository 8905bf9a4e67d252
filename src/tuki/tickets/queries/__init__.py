"""Reading tickets, always for a viewer."""

from tuki.tickets.queries.history import Line, history
from tuki.tickets.queries.lists import (
    VIEWS,
    customer_requests,
    find_for_agent,
    requests_of,
    view,
)
from tuki.tickets.queries.rows import Neighbour, Row, counts, neighbours, page_of_found, page_of_view
from tuki.tickets.queries.ticket import (
    Glance,
    draft_of,
    glance,
    has_leaving_drafts,
    leaving_drafts,
    messages,
    newer_messages,
    people_in_copy,
    people_who_follow,
    statuses,
    thread,
    ticket_by_id,
    ticket_by_number,
    tickets,
    unsent_drafts,
)

__all__ = [
    "VIEWS",
    "Glance",
    "Line",
    "Neighbour",
    "Row",
    "counts",
    "customer_requests",
    "draft_of",
    "find_for_agent",
    "glance",
    "has_leaving_drafts",
    "history",
    "leaving_drafts",
    "messages",
    "neighbours",
    "newer_messages",
    "page_of_found",
    "page_of_view",
    "people_in_copy",
    "people_who_follow",
    "requests_of",
    "statuses",
    "thread",
    "ticket_by_id",
    "ticket_by_number",
    "tickets",
    "unsent_drafts",
    "view",
]
