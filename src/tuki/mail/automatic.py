"""Mail that no person wrote: answering machines, lists, other programs, and bounces."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tuki.mail import headers, mime
from tuki.mail.headers import Address
from tuki.mail.mime import Part


class Automatic(StrEnum):
    """What kind of machine wrote it. None of them ever gets an automatic answer."""

    NONE = ""
    REPLY = "auto-reply"  # a vacation note, another desk's acknowledgement
    GENERATED = "auto-generated"  # a program's own word, such as an alert
    LIST = "list"


@dataclass(frozen=True)
class Bounce:
    """The word of a mail server that a mail did not arrive, or has not yet."""

    address: str  # that was not reached; empty where it is not said
    permanent: bool
    original_id: str  # the Message-ID of what did not arrive; empty where it is not said
    words: str  # the server's, on one line
    status: str = ""  # RFC 3463's, such as "5.1.1"; empty where the report has none


# Only with their colon: "Out of office does not switch off" is a customer's trouble.
_VACATION = re.compile(
    r"^\s*(?:automaattinen vastaus|auto(?:matic)?[- ]?(?:reply|response)|out[- ]of[- ](?:the[- ])?office|"
    r"autosvar|automatiskt svar|frånvaro(?:meddelande)?|automatisk svar|fraværsmelding|automatisch antwoord|"
    r"automatische antwort|abwesenheits(?:notiz|nachricht)|poissaoloilmoitus|lomavastaus|automaatvastus|"
    r"réponse automatique|respuesta automática)(?: \([^)]*\))?\s*:",
    re.I,
)
_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|donotreply|bounces?)(?:[+._-].*)?@", re.I
)
_DAEMONS = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|bounces?)(?:[+._-].*)?@", re.I)
_FAILED = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|incomplete|delayed)|returned mail|failure notice|mail delivery|"
    r"delivery notification|toimittamaton|ei voitu toimittaa|olevererbar|kan inte levereras|kan ej leverera|"
    r"onbestelbaar|unzustellbar|nicht zustellbar",
    re.I,
)
_ORIGINAL_ID = re.compile(rb"(?im)^[>\s]*message-id:\s*(<[^<>\s]{1,900}>)")


def automatic(part: Part, senders: Iterable[Address], subject: str) -> Automatic:
    """Whether a machine wrote this mail, by its header (RFC 3834 and what came before)."""
    submitted = headers.words(part.first("auto-submitted")).lower()
    precedence = headers.words(part.first("precedence")).lower()
    names = {name for name, _ in part.fields}
    if (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or names & {"x-autoreply", "x-autorespond", "x-autoresponder", "x-vacation", "x-auto-reply-from"}
        or _VACATION.match(subject)
    ):
        return Automatic.REPLY
    if names & {"list-id", "list-post", "list-unsubscribe"} or precedence in {"list", "bulk", "junk"}:
        return Automatic.LIST
    if (
        (submitted and not submitted.startswith("no"))
        or "x-auto-response-suppress" in names
        or part.first("return-path").strip() == b"<>"
        or any(_MACHINES.match(sender.address) for sender in senders)
    ):
        return Automatic.GENERATED
    return Automatic.NONE


def bounce(part: Part, senders: Iterable[Address], subject: str) -> Bounce | None:
    """What a delivery report says (RFC 3464), or a mail server in its own words; None where this is neither."""
    leaves = list(_leaves(part))
    status = next(
        (leaf for leaf in leaves if leaf.type in {"message/delivery-status", "message/global-delivery-status"}), None
    )
    if status is not None:
        return _reported(status, leaves)
    from_daemon = (
        any(_DAEMONS.match(sender.address) for sender in senders) or part.first("return-path").strip() == b"<>"
    )
    failed = headers.addresses(part.first("x-failed-recipients"))
    if not failed and not (from_daemon and _FAILED.search(subject)):
        return None
    found = _ORIGINAL_ID.search(part.source, part.start, part.end)
    original = headers.message_ids(found[1]) if found else ()
    permanent = not re.search(r"delay|warning|viiväst|försen|vertraag|verzöger", subject, re.I)
    return Bounce(failed[0].address if failed else "", permanent, original[0] if original else "", subject)


def _leaves(part: Part) -> Iterable[Part]:
    if not part.parts:
        yield part
    for child in part.parts:
        yield from _leaves(child)


def _reported(status: Part, leaves: list[Part]) -> Bounce | None:
    """RFC 3464: blocks of fields, the first on the message, each further one on an address."""
    blocks = re.split(rb"\n[ \t\r]*\n", status.content().strip() + b"\n\n")
    for block in blocks[:50]:
        fields = mime.read(block.lstrip() + b"\r\n\r\n")
        action = headers.words(fields.first("action")).lower()
        code = headers.words(fields.first("status"))
        if not action and not code:
            continue
        if action in {"delivered", "relayed", "expanded"} or code.startswith("2"):
            continue
        address = fields.first("final-recipient") or fields.first("original-recipient")
        named = headers.addresses(address.rpartition(b";")[2])
        return Bounce(
            address=named[0].address if named else "",
            permanent=action == "failed" or (not action and code.startswith("5")),
            original_id=_original_id(leaves),
            words=headers.words(fields.first("diagnostic-code")) or code or action,
            status=code,
        )
    return None


def _original_id(leaves: list[Part]) -> str:
    for leaf in leaves:
        if leaf.type in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}:
            ids = headers.message_ids(mime.read(leaf.content()).first("message-id"))
            if ids:
                return ids[0]
    return ""
