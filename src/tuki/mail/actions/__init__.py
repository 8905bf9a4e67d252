"""What is done with mail. One verb, one function; every door calls it."""

from tuki.mail.actions._taking import IN_A_ROW, Arrival
from tuki.mail.actions.deliveries import bounced, cancel, post, see_to, send_again
from tuki.mail.actions.ledger import (
    became_reply,
    became_ticket,
    dismiss,
    forget,
    ignore,
    place,
    quarantine,
    receive,
    receive_together,
    run_again,
)
from tuki.mail.actions.sources import Trial, add_source, change_source, fetch_now, remove_source, try_source

__all__ = [
    "IN_A_ROW",
    "Arrival",
    "Trial",
    "add_source",
    "became_reply",
    "became_ticket",
    "bounced",
    "cancel",
    "change_source",
    "dismiss",
    "fetch_now",
    "forget",
    "ignore",
    "place",
    "post",
    "quarantine",
    "receive",
    "receive_together",
    "remove_source",
    "run_again",
    "see_to",
    "send_again",
    "try_source",
]
