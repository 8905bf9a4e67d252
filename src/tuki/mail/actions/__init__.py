"""What is done with mail. One verb, one function; every door calls it."""

from tuki.mail.actions._taking import IN_A_ROW, Arrival
from tuki.mail.actions.deliveries import cancel, post, see_to, send_again
from tuki.mail.actions.leaving import tried
from tuki.mail.actions.ledger import (
    became_reply,
    became_ticket,
    dismiss,
    forget,
    ignore,
    know_sender,
    place,
    quarantine,
    receive,
    receive_together,
    run_again,
)
from tuki.mail.actions.sources import Trial, add_source, change_source, fetch_now, remove_source, try_source
from tuki.mail.actions.spam import add_spam_rule, block_sender, remove_spam_rule, unblock_sender
from tuki.mail.actions.suppressing import (
    bounced,
    complained,
    heard_from,
    hold_back,
    refused,
    stop_thread,
    suppress,
    withhold,
    write_again,
)

__all__ = [
    "IN_A_ROW",
    "Arrival",
    "Trial",
    "add_source",
    "add_spam_rule",
    "became_reply",
    "became_ticket",
    "block_sender",
    "bounced",
    "cancel",
    "change_source",
    "complained",
    "dismiss",
    "fetch_now",
    "forget",
    "heard_from",
    "hold_back",
    "ignore",
    "know_sender",
    "place",
    "post",
    "quarantine",
    "receive",
    "receive_together",
    "refused",
    "remove_source",
    "remove_spam_rule",
    "run_again",
    "see_to",
    "send_again",
    "stop_thread",
    "suppress",
    "tried",
    "try_source",
    "unblock_sender",
    "withhold",
    "write_again",
]
