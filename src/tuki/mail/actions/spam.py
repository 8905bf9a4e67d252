"""The rules by which what comes in is put away as spam."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy, queries
from tuki.mail.models import Sign, SpamRule
from tuki.mail.storable import storable
from tuki.people import queries as people
from tuki.people.actor import Actor


def add_spam_rule(sign: Sign, value: str, *, by: Actor) -> SpamRule:
    """Put away from now on what bears this sign. Raises Refused where it can't be one, or would hit the desk itself."""
    require(policy.may_run_addresses(by))
    value = " ".join(storable(value).casefold().split())
    if sign == Sign.SCORE:
        value = value.replace(",", ".")  # as one writes 7,5 in most of our languages
    _CHECKS[sign](value)
    with transaction.atomic():
        rule, new = SpamRule.objects.get_or_create(
            sign=sign, value=value, defaults={"made_at": by.at, "made_by_id": by.person_id}
        )
        if new:
            record(events.SpamRuleAdded(sign), on=rule, by=by)
    return rule


def remove_spam_rule(rule: SpamRule, *, by: Actor) -> None:
    """Put it away no longer. What lies among the spam already stays there."""
    require(policy.may_run_addresses(by))
    with transaction.atomic():
        kept = SpamRule.objects.select_for_update().filter(pk=rule.pk).first()
        if kept is not None:
            record(events.SpamRuleRemoved(kept.sign), on=kept, by=by)
            kept.delete()


def block_sender(address: str, *, by: Actor) -> SpamRule:
    """Put away from now on all that comes from an address."""
    return add_spam_rule(Sign.SENDER, address, by=by)


def unblock_sender(address: str, *, by: Actor) -> None:
    """Take an address's mail as anybody's. A rule for its domain stands."""
    require(policy.may_run_addresses(by))
    rule = SpamRule.objects.filter(sign=Sign.SENDER, value=address.strip().casefold()).first()
    if rule is not None:
        remove_spam_rule(rule, by=by)


def _is_sender(value: str) -> None:
    try:
        validate_email(value)
    except ValidationError:
        raise Refused(_("“%(address)s” is not an e-mail address.") % {"address": value[:100]}, field="value") from None
    person = people.by_address(value)
    if queries.is_ours(value) or (person is not None and (person.is_agent or person.is_system)):
        raise Refused(_("This address is the desk’s own, or an agent’s. It can’t be blocked."), field="value")


def _is_domain(value: str) -> None:
    if not re.fullmatch(r"[^\s@.]+(?:\.[^\s@.]+)+", value) or len(value) > 253:
        raise Refused(_("“%(name)s” is not a domain.") % {"name": value[:100]}, field="value")
    ours = {address.rpartition("@")[2] for address in queries.our_addresses()}
    if any(domain == value or domain.endswith(f".{value}") for domain in ours):
        raise Refused(_("This domain is the desk’s own. It can’t be blocked."), field="value")


def _are_words(value: str) -> None:
    if not 3 <= len(value) <= 200:
        raise Refused(_("Please give three letters or more."), field="value")


def _is_score(value: str) -> None:
    if not re.fullmatch(r"\d{1,4}(?:\.\d{1,3})?", value):
        raise Refused(_("Please give a number, such as 5 or 7.5."), field="value")


_CHECKS = {Sign.SENDER: _is_sender, Sign.DOMAIN: _is_domain, Sign.SUBJECT: _are_words, Sign.SCORE: _is_score}
