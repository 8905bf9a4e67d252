"""What a server's last word means for the address that a mail was to."""

import pytest

from tuki.mail.harm import Harm, harm_of, harm_of_words
from tuki.mail.reading.bounces import Bounce


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", "smtp; 550 No such user"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
        ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled"),
        ("", "550 5.1.1 <ada@acme.example>: Recipient address rejected: User unknown"),
        ("5.0.0", "smtp; 550 mailbox not found"),
        ("", "550 no such recipient here"),
    ],
)
def test_where_nobody_lives_nothing_arrives(status, words):
    assert harm_of(Bounce("ada@acme.example", True, "", False, words, status)) == Harm.ADDRESS


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.2.2", "552 5.2.2 mailbox full"),
        ("5.7.1", "550 5.7.1 message looks like spam"),
        ("5.7.26", "550 5.7.26 unauthenticated mail is not accepted"),
        ("5.3.4", "552 5.3.4 message too large"),
        ("4.4.7", "delivery time expired"),
        ("5.0.0", "554 rejected"),
        ("", "Undelivered Mail Returned to Sender"),
        ("5.7.1", "550 5.7.1 user unknown to our policy"),
    ],
)
def test_a_refusal_of_the_mail_is_not_the_addresss_fault(status, words):
    assert harm_of(Bounce("ada@acme.example", True, "", False, words, status)) == Harm.MAIL


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            "5.1.0",
            "550 5.1.0 <support+bounce.12.abc@desk.example>: Sender address rejected: User unknown in table",
        ),
        ("", "550 Sender verify failed: no such user here"),
        ("5.1.1", "550-Callback setup failed while verifying <support@desk.example>: 550 5.1.1 User unknown"),
        ("", "550 Verification failed for <support@desk.example>: unknown user"),
        ("5.1.1", "550 5.1.1 support+bounce.12.abc@desk.example does not exist"),
        (
            "5.2.1",
            "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents more",
        ),
    ],
)
def test_who_doubts_us_or_has_too_much_loses_no_address(status, words):
    assert harm_of(Bounce("ada@acme.example", True, "", False, words, status)) == Harm.MAIL
    assert harm_of_words(words) == Harm.MAIL


def test_what_may_still_arrive_does_no_harm():
    assert harm_of(Bounce("ada@acme.example", False, "", False, "5.1.1 no such user", "5.1.1")) == Harm.NONE


def test_a_network_address_is_no_status():
    assert harm_of_words("554 blocked: client 5.1.1.7 is on a list") == Harm.MAIL
