"""Addresses that know what a reply to them belongs to."""

import pytest

from tuki.mail.addresses import (
    read_reply_address,
    read_return_address,
    reply_address,
    return_address,
    without_tag,
)
from tuki.mail.models import Delivery


def test_a_reply_address_says_which_ticket_and_whom_we_wrote_to():
    address = reply_address("support@desk.example", 1234, 56)

    read = read_reply_address(address)
    assert read is not None
    assert (read.mailbox, read.thread, read.person) == ("support@desk.example", 1234, 56)


def test_mail_programs_may_change_the_case_of_its_letters():
    address = reply_address("support@desk.example", 1234, 56)

    assert read_reply_address(address.upper()) == read_reply_address(address.lower()) == read_reply_address(address)


def test_nobody_can_make_one_up():
    address = reply_address("support@desk.example", 1234, 56)
    local, _, domain = address.partition("@")

    for forged in (
        address.replace("1234", "1235"),
        address.replace(".56.", ".57."),
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        "support+1234.56@desk.example",
        "support+1234@desk.example",
        "support@desk.example",
        "support+1234.56.@desk.example",
        "nonsense",
    ):
        assert read_reply_address(forged) is None


def test_another_key_signs_otherwise(settings):
    address = reply_address("support@desk.example", 1, 1)
    settings.SECRET_KEY = "another key that is long enough for it"

    assert read_reply_address(address) is None


def test_an_address_that_would_be_too_long_is_left_as_it_is():
    long = "a" * 50 + "@desk.example"

    assert reply_address(long, 123456789, 123456789) == long


def test_a_return_address_says_which_mail_came_back_and_lies_in_the_mailbox_it_was_from():
    address = return_address(Delivery(pk=77, from_address="support@desk.example"))

    assert read_return_address(address) == read_return_address(address.upper()) == 77
    assert without_tag(address) == "support@desk.example"


def test_nobody_can_make_up_a_return_address():
    address = return_address(Delivery(pk=77, from_address="support@desk.example"))
    signature = address.partition("@")[0].rpartition(".")[2]
    other = reply_address("support@desk.example", 7, 7).partition("@")[0].rpartition(".")[2]

    for forged in (
        address.replace(".77.", ".78."),
        address.replace(signature, ("b" if signature[0] == "a" else "a") + signature[1:]),
        address.replace(signature, other),  # a customer knows signatures of another use
        "support+bounce.77@desk.example",
        "support+bounce.77.@desk.example",
        "support@desk.example",
        "",
    ):
        assert read_return_address(forged) is None
    assert read_reply_address(address) is None


def test_a_return_address_that_would_be_too_long_is_the_mailbox():
    assert return_address(Delivery(pk=9, from_address="a" * 50 + "@desk.example")) == "a" * 50 + "@desk.example"


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Support+12.3.abc@Desk.Example", "support@desk.example"),
        (" support@desk.example ", "support@desk.example"),
        ("nonsense", "nonsense"),
    ],
)
def test_the_mailbox_behind_an_address(address, mailbox):
    assert without_tag(address) == mailbox
