"""A mail that is written and not yet handed over."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuki.people.models import Person
    from tuki.tickets.models import Message, Ticket


@dataclass(frozen=True)
class Letter:
    """One mail to one person, or to an address alone, ready but for its envelope.

    kind: which mail it is; unique with entry and person. automatic: no machine shall answer it. bulk: one of many that
    say the same, behind what somebody waits for. from_address: the mailbox that the ticket was written to; empty for
    the desk's own address. attachments: files' paths in the default storage, with name, type and, for pictures in the
    text, cid. headers: further ones. earlier: what it quotes of before. author_id: the agent whose words it carries.
    """

    person: "Person | None"
    address: str
    kind: str
    subject: str
    text: str
    html: str
    language: str
    automatic: bool
    bulk: bool = False
    from_address: str = ""
    ticket: "Ticket | None" = None
    message: "Message | None" = None
    attachments: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, Any] = field(default_factory=dict)
    author_id: int | None = None


def list_headers(leave: str) -> dict[str, str]:
    """What lets a mail program offer to leave by one press of a button (RFC 2369, RFC 8058)."""
    if not leave:
        return {}
    headers = {"List-Unsubscribe": f"<{leave}>"}
    if leave.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
