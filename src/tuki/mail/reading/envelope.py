"""What the header of a mail that was fetched says of its envelope: by whom it was handed in, and for whom."""

import logging

from tuki.mail.reading import headers, mime

log = logging.getLogger("tuki.mail")

# What the last server noted comes first; then whom the mail itself names.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to")
_WRITTEN = ("to", "cc")


def envelope_of(raw: bytes) -> tuple[str, list[str]]:
    """The sender, empty for a report of a mail server's, and all addresses that it may have been for, each once."""
    try:
        head = mime.read_head(raw)
        # Not every server notes it. Without a note it is no report: those come from nobody.
        noted = head.all("return-path") or head.all("from")
        sender = next(iter(headers.addresses(noted[0])), None) if noted else None
        found = [
            who.address
            for name in (*_DELIVERED, *_WRITTEN)
            for value in head.all(name)
            for who in headers.addresses(value)
        ]
    except Exception:
        log.exception("the header of a mail of %d bytes could not be read", len(raw))
        return "", []
    return sender.address if sender else "", list(dict.fromkeys(found))
