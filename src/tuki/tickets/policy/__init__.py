"""Who may see and who may do. "May she?" is asked of the same query that her lists are made of, and so is why."""

from tuki.tickets.policy.doing import (
    companies_to_submit_for,
    has_left,
    is_closed_to,
    is_support,
    may_be_copied,
    may_come_back,
    may_edit,
    may_follow_company,
    may_manage_copies,
    may_reply,
    may_submit,
    may_work,
    who_submits,
)
from tuki.tickets.policy.reasons import Why, of_company, why, why_each
from tuki.tickets.policy.seeing import (
    may_see,
    organizations_answered,
    organizations_seen,
    seen_by_agent,
    visible_files,
    visible_messages,
    visible_tickets,
)
from tuki.tickets.policy.sending import reads_now

__all__ = [
    "Why",
    "companies_to_submit_for",
    "has_left",
    "is_closed_to",
    "is_support",
    "may_be_copied",
    "may_come_back",
    "may_edit",
    "may_follow_company",
    "may_manage_copies",
    "may_reply",
    "may_see",
    "may_submit",
    "may_work",
    "of_company",
    "organizations_answered",
    "organizations_seen",
    "reads_now",
    "seen_by_agent",
    "visible_files",
    "visible_messages",
    "visible_tickets",
    "who_submits",
    "why",
    "why_each",
]
