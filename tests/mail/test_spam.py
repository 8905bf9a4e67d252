"""By what a mail is known as spam."""

import pytest

from tuki.lib.refusal import Denied, Refused
from tuki.mail import actions
from tuki.mail.models import Sign, SpamRule
from tuki.mail.parse import Mail
from tuki.mail.queries import spam_rules_for
from tuki.mail.reading.headers import Address
from tuki.mail.spam import Filtered, filtered, sign_of

HARMLESS = Filtered(False, None)


def mail(sender: str = "sales@shop.example", subject: str = "An offer") -> Mail:
    return Mail(senders=(Address("", sender),), subject=subject)


def rule(sign: Sign, value: str) -> SpamRule:
    return SpamRule(sign=sign, value=value)


@pytest.mark.parametrize(
    ("sign", "value", "of"),
    [
        (Sign.SENDER, "sales@shop.example", mail("Sales@Shop.example")),
        (Sign.DOMAIN, "shop.example", mail()),
        (Sign.DOMAIN, "shop.example", mail("a@mail.shop.example")),
        (Sign.SUBJECT, "cheap watches", mail(subject="Really CHEAP  watches!")),
    ],
)
def test_a_mail_with_a_sign_is_known(sign, value, of):
    assert sign_of(of, HARMLESS, [rule(sign, value)]) == sign


@pytest.mark.parametrize(
    ("sign", "value"),
    [
        (Sign.SENDER, "other@shop.example"),
        (Sign.DOMAIN, "hop.example"),
        (Sign.DOMAIN, "mail.shop.example"),
        (Sign.SUBJECT, "cheap watches"),
        (Sign.SCORE, "5"),
    ],
)
def test_a_mail_without_it_is_not(sign, value):
    assert sign_of(mail(), HARMLESS, [rule(sign, value)]) is None


@pytest.mark.parametrize(
    ("header", "spam"),
    [
        (b"X-Spam-Score: 7.3", True),
        (b"X-Spam-Score: 4.9", False),
        (b"X-Spam-Score: 5", True),
        (b"X-Spam-Status: Yes, score=6.1 required=5.0 tests=BAYES_99", True),
        (b"X-Spam-Status: No, score=1.1 required=5.0", False),
        (b"X-Spam-Flag: YES", True),
        (b"X-Spam-Flag: NO", False),
        (b"X-Spam-Score: -3\r\nX-Spam-Score: 9", True),  # one of them is the sender's own
        (b"X-Spam-Score: lots", False),
        (b"X-Other: 9", False),
    ],
)
def test_the_mail_servers_filter_is_heard_from_the_number_that_the_desk_chose(header, spam):
    said = filtered(b"From: a@b.example\r\n" + header + b"\r\n\r\nx")

    assert (sign_of(mail(), said, [rule(Sign.SCORE, "5")]) == Sign.SCORE) is spam


def test_without_such_a_rule_the_filter_is_not_heard():
    assert sign_of(mail(), Filtered(True, 99.0), []) is None


def test_of_many_blocked_senders_only_those_are_read_that_may_fit(eva, django_assert_num_queries):
    for number in range(20):
        actions.block_sender(f"spammer{number}@elsewhere.example", by=eva)
    actions.add_spam_rule(Sign.DOMAIN, "shop.example", by=eva)
    actions.add_spam_rule(Sign.SUBJECT, "cheap watches", by=eva)

    with django_assert_num_queries(1):
        found = spam_rules_for(["a@mail.shop.example", "spammer7@elsewhere.example"])
    assert sorted(one.value for one in found) == ["cheap watches", "shop.example", "spammer7@elsewhere.example"]


@pytest.mark.parametrize(
    ("sign", "value"),
    [
        (Sign.SENDER, "support@festum.example"),
        (Sign.SENDER, "eva@festum.example"),
        (Sign.SENDER, "nonsense"),
        (Sign.DOMAIN, "festum.example"),
        (Sign.DOMAIN, "example"),
        (Sign.DOMAIN, "a b.example"),
        (Sign.SUBJECT, "a"),
        (Sign.SCORE, "much"),
        (Sign.SCORE, "-1"),
    ],
)
def test_no_rule_can_hit_the_desk_itself_or_everybody(eva, sign, value):
    with pytest.raises(Refused):
        actions.add_spam_rule(sign, value, by=eva)
    assert not SpamRule.objects.exists()


def test_the_same_rule_twice_is_one(eva):
    actions.block_sender("Spammer@elsewhere.example", by=eva)
    actions.block_sender("spammer@elsewhere.example ", by=eva)

    assert SpamRule.objects.get().value == "spammer@elsewhere.example"


def test_customers_make_no_rules(ada):
    with pytest.raises(Denied):
        actions.block_sender("bert@acme.example", by=ada)
