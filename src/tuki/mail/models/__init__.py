"""Mail as rows: where it comes in, what came, and what goes out."""

from tuki.mail.models.arrivals import DECIDE, MESSAGE_ID_LENGTH, Outcome, RawBytes, RawMail
from tuki.mail.models.boxes import Afterwards, Mailbox, Security, SignIn, Source, Trouble, said
from tuki.mail.models.deliveries import LANE, LATE_AFTER, LOST, OPEN, SEND, Delivery, Lane, State
from tuki.mail.models.nuisance import Sign, SpamRule, Suppression, Why

__all__ = [
    "DECIDE",
    "LANE",
    "LATE_AFTER",
    "LOST",
    "MESSAGE_ID_LENGTH",
    "OPEN",
    "SEND",
    "Afterwards",
    "Delivery",
    "Lane",
    "Mailbox",
    "Outcome",
    "RawBytes",
    "RawMail",
    "Security",
    "Sign",
    "SignIn",
    "Source",
    "SpamRule",
    "State",
    "Suppression",
    "Trouble",
    "Why",
    "said",
]
