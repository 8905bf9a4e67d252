"""What a mail server's report means: for the mail it is about, and for the address that the mail was to."""

import re
from enum import StrEnum

from tuki.mail.reading.bounces import Bounce


class Harm(StrEnum):
    """How bad it is."""

    NONE = "none"  # the mail may still arrive
    MAIL = "mail"  # it did not arrive; the next one may
    ADDRESS = "address"  # nothing arrives there


# RFC 3463: no such mailbox, host or domain; moved away; a domain that takes no mail; a mailbox that is closed.
_NOBODY_THERE = re.compile(r"5\.(?:1\.(?:0|1|2|3|4|6|10)|2\.1)")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_SAYS_NOBODY = re.compile(
    r"no such (?:user|recipient|mailbox|address|person)|(?:user|recipient|mailbox|account|address)\b.{0,40}"
    r"(?:unknown|not found|does(?: not|n't) exist|not exist|is disabled|inactive|no longer)|unknown (?:user|recipient|"
    r"mailbox|local|address)|invalid (?:recipient|mailbox|address)|no mailbox|domain not found|host not found",
    re.I,
)
# What looks like it, and is said of us: a server that asks ours whether we live here, or doubts it, and names our
# return address. And of a mailbox that has too much at the moment, which Gmail gives the code of a closed one.
_NOT_THEIRS = re.compile(
    r"\bsender'?s?[ -](?:address|verif)|verif\w+ (?:of |the )*sender|verification failed for\b|call-?(?:back|out)\b|"
    r"\+bounce\.\d+\.|return[ -]path|at a rate\b|mail from\b.{0,20}\b(?:unknown|rejected)",
    re.I,
)


def harm_of(bounce: Bounce) -> Harm:
    """What a report says of its mail's address: the worst only where it is plainly said."""
    if not bounce.permanent:
        return Harm.NONE
    return harm_of_words(bounce.words, bounce.status)


def harm_of_words(words: str, status: str = "") -> Harm:
    """The same of a server's last word on a mail. status: as the report has it; else the one among the words counts.

    A refusal for what the mail says, for who we are or for want of room is not the address's fault.
    """
    if _NOT_THEIRS.search(words):
        return Harm.MAIL
    found = _STATUS.search(status) or _STATUS.search(words)
    if found is None or re.fullmatch(r"5\.(?:0\.0|\d+\.0)", found[0]):
        return Harm.ADDRESS if _SAYS_NOBODY.search(words) else Harm.MAIL
    return Harm.ADDRESS if _NOBODY_THERE.fullmatch(found[0]) else Harm.MAIL
