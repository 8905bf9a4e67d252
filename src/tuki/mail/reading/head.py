"""What the ledger notes of a mail as it comes in: of its header alone, so that taking it in stays quick."""

import logging
from dataclasses import dataclass

from tuki.mail.reading import headers, mime
from tuki.mail.storable import storable

log = logging.getLogger("tuki.mail")


@dataclass(frozen=True)
class Head:
    """Who a mail says it is from, its subject and its id: a stranger's claim, good for finding it again."""

    sender: str = ""
    subject: str = ""
    message_id: str = ""


def head_of(raw: bytes) -> Head:
    """Never raises: what can't be read is empty."""
    try:
        head = mime.read_head(raw)
        named = next(filter(None, (headers.addresses(head.first(name)) for name in ("from", "sender", "reply-to"))), ())
        return Head(
            sender=storable(named[0].address)[:320] if named else "",
            subject=storable(headers.words(head.first("subject")))[:400],
            message_id=next(iter(headers.message_ids(head.first("message-id"))), ""),
        )
    except Exception:
        log.exception("the header of a mail of %d bytes could not be read", len(raw))
        return Head()
