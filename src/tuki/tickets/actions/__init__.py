"""All that people do with a ticket. One verb, one function; every door calls it.

Each locks the ticket, settles what was due on it, asks may you and can it, does it, and records it.
"""

from tuki.tickets.actions.copying import add_copies, add_copy, come_back, follow, leave, remove_copy, unfollow
from tuki.tickets.actions.following import follow_company, unfollow_company
from tuki.tickets.actions.handling import (
    assign,
    change_product,
    change_requester,
    change_severity,
    change_subject,
    hand_over,
    set_priority,
    set_status,
    solve,
    tag,
)
from tuki.tickets.actions.hiding import redact_file, redact_message, restore, set_confidential, trash
from tuki.tickets.actions.leaving import begin_departure, end_departure, hand_on
from tuki.tickets.actions.mailing import let_in, place_mail
from tuki.tickets.actions.spam import mark_as_no_spam, mark_as_spam
from tuki.tickets.actions.submitting import ask_for_package, submit
from tuki.tickets.actions.talking import note, reply, send_due_draft, send_soon, take_back

__all__ = [
    "add_copies",
    "add_copy",
    "ask_for_package",
    "assign",
    "begin_departure",
    "change_product",
    "change_requester",
    "change_severity",
    "change_subject",
    "come_back",
    "end_departure",
    "follow",
    "follow_company",
    "hand_on",
    "hand_over",
    "leave",
    "let_in",
    "mark_as_no_spam",
    "mark_as_spam",
    "note",
    "place_mail",
    "redact_file",
    "redact_message",
    "remove_copy",
    "reply",
    "restore",
    "send_due_draft",
    "send_soon",
    "set_confidential",
    "set_priority",
    "set_status",
    "solve",
    "submit",
    "tag",
    "take_back",
    "trash",
    "unfollow",
    "unfollow_company",
]
