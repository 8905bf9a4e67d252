"""What is done with mail. One verb, one function; every door calls it."""

from tuki.mail.actions.deliveries import bounced, cancel, post, send_again
from tuki.mail.actions.ledger import (
    IN_A_ROW,
    Arrival,
    became_reply,
    became_ticket,
    forget,
    ignore,
    quarantine,
    receive,
    receive_together,
    run_again,
)

__all__ = [
    "IN_A_ROW",
    "Arrival",
    "became_reply",
    "became_ticket",
    "bounced",
    "cancel",
    "forget",
    "ignore",
    "post",
    "quarantine",
    "receive",
    "receive_together",
    "run_again",
    "send_again",
]
