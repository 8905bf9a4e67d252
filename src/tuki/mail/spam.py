"""Whether a mail bears a sign of spam. Pure: the rules are handed in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tuki.mail.models import Sign, SpamRule
from tuki.mail.parse import Mail
from tuki.mail.reading import headers, mime

_SCORE = re.compile(r"[-+]?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Filtered:
    """What the mail server's own filter wrote into the header. score: None where it gave none."""

    says_spam: bool
    score: float | None


def sign_of(mail: Mail, filtered: Filtered, rules: Iterable[SpamRule]) -> Sign | None:
    """The first sign that a mail bears, blocked senders first."""
    addresses = {sender.address.lower() for sender in mail.senders}
    domains = {address.rpartition("@")[2] for address in addresses}
    subject = " ".join(mail.subject.casefold().split())
    order = list(Sign)
    for rule in sorted(rules, key=lambda rule: order.index(Sign(rule.sign))):
        match rule.sign:
            case Sign.SENDER:
                found = rule.value in addresses
            case Sign.DOMAIN:
                found = any(domain == rule.value or domain.endswith(f".{rule.value}") for domain in domains)
            case Sign.SUBJECT:
                found = rule.value in subject
            case _:
                score = filtered.score
                found = filtered.says_spam if score is None else score >= float(rule.value)
        if found:
            return Sign(rule.sign)
    return None


def filtered(raw: bytes) -> Filtered:
    """What the header says. Of several the worst counts: a sender may write one of their own, to look harmless."""
    head = mime.read_head(raw)
    flags = [headers.words(value).strip().lower() for value in head.all("x-spam-flag")]
    status = [headers.words(value).strip().lower() for value in head.all("x-spam-status")]
    said = [headers.words(value) for value in head.all("x-spam-score")]
    said += [found[1] for words in status if (found := re.search(r"\b(?:score|hits)=(\S+)", words))]
    scores = [float(found[0]) for words in said if (found := _SCORE.match(words.strip()))]
    says_spam = any(flag.startswith(("yes", "true")) for flag in flags + status)
    return Filtered(says_spam, max(scores, default=None))
