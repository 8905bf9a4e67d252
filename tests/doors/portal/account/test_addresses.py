"""Several addresses: each is confirmed by mail before it counts, and one is chosen to be written to."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.conftest import PASSWORD
from tests.doors.portal.account.test_sign_in import same_words
from tuki.people import actions, queries

PAGE = "/hc/en/account/addresses"


@pytest.fixture
def sure(inside) -> Client:
    """Ada's browser after she has given her password once more."""
    inside.post(f"/account/reauthenticate/?next={PAGE}", {"password": PASSWORD})
    return inside


def act(browser: Client, address: str, what: str):
    pk = EmailAddress.objects.get(email=address, user__name="Ada Aalto").pk
    return browser.post(f"{PAGE}/{pk}/{what}")


def add(browser: Client, address: str):
    return browser.post(PAGE, {"email": address}, follow=True)


def confirm(browser: Client, link: str):
    assert "Is this your address?" in browser.get(link).content.decode()
    return browser.post(link, follow=True)


def test_an_address_is_added_confirmed_by_mail_and_chosen(sure, ada_person, mailed, link_in):
    page = add(sure, "Ada@Home.example")
    assert "We have sent a link to ada@home.example." in page.content.decode()
    (mail,) = mailed("ada@home.example")
    assert "ada@home.example is confirmed." in confirm(sure, link_in(mail)).content.decode()
    act(sure, "ada@home.example", "primary")

    ada_person.refresh_from_db()
    assert ada_person.email == "ada@home.example"
    assert "From now on we write to ada@home.example." in sure.get(PAGE).content.decode()


def test_the_address_before_it_is_told_of_the_change(sure, ada, ada_person, mailed):
    actions.confirm_address(actions.add_address(ada_person, "ada@home.example", by=ada), by=ada)
    act(sure, "ada@home.example", "primary")

    (mail,) = mailed("ada@acme.example")
    assert "now goes to ada@home.example" in mail.text
    assert mail.person == ada_person


def test_to_look_at_a_confirmation_link_confirms_nothing(sure, ada_person, mailed, link_in):
    add(sure, "ada@home.example")
    Client().get(link_in(mailed("ada@home.example")[0]))

    assert queries.by_address("ada@home.example") is None


def test_the_answer_is_the_same_whether_the_address_is_anothers_or_nobodys(sure, bert, mailed):
    def told(address: str) -> str:
        page = same_words(add(sure, address))
        act(sure, address, "removal")
        sure.get(PAGE)  # shows that it is removed
        return re.sub(r"/addresses/\d+/", "/addresses/N/", page)

    assert told(bert.person.email) == told("nobody@acme.example")
    assert len(mailed(bert.person.email)) == len(mailed("nobody@acme.example")) == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_anothers_address_can_not_be_taken_from_them_even_by_their_own_click(sure, bert, mailed, link_in, confirmed):
    EmailAddress.objects.filter(user=bert.person).update(verified=confirmed)
    add(sure, bert.person.email)
    browser, link = Client(), link_in(mailed(bert.person.email)[0])
    seen = browser.get(link).content.decode()
    clicked = browser.post(link, follow=True).content.decode()

    assert "Another person is known by this address." in (seen if confirmed else clicked)
    assert queries.by_address(bert.person.email) == bert.person


def test_one_is_asked_for_the_password_before_addresses_change(inside, ada_person):
    answer = inside.post(PAGE, {"email": "thief@elsewhere.example"})
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not EmailAddress.objects.filter(email="thief@elsewhere.example").exists()

    page = inside.post(answer["Location"], {"password": PASSWORD}, follow=True)  # and then what was asked is done
    assert "We have sent a link to thief@elsewhere.example." in page.content.decode()


@pytest.mark.parametrize(
    ("address", "words"), [("", "required"), ("no address", "valid"), ("ada@acme.example", "already")]
)
def test_what_can_not_be_added_says_why(sure, address, words):
    answer = sure.post(PAGE, {"email": address})

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_unconfirmed_address_is_not_written_to(sure, ada, ada_person):
    actions.add_address(ada_person, "ada@home.example", by=ada)
    act(sure, "ada@home.example", "primary")

    assert "Confirm this address first" in sure.get(PAGE).content.decode()
    ada_person.refresh_from_db()
    assert ada_person.email == "ada@acme.example"


def test_a_further_address_is_removed_and_the_one_we_write_to_is_not(sure, ada, ada_person):
    actions.add_address(ada_person, "ada@home.example", by=ada)
    act(sure, "ada@home.example", "removal")
    act(sure, "ada@acme.example", "removal")

    assert [row.email for row in queries.addresses(ada_person)] == ["ada@acme.example"]


def test_the_link_is_sent_again_but_not_at_once(sure, mailed):
    add(sure, "ada@home.example")
    act(sure, "ada@home.example", "confirmation")

    assert "Please wait a few minutes" in sure.get(PAGE).content.decode()
    assert len(mailed("ada@home.example")) == 1


@pytest.mark.parametrize("what", ["confirmation", "primary", "removal"])
def test_nobody_reaches_anothers_addresses(sure, bert, what):
    theirs = EmailAddress.objects.get(user=bert.person)

    assert sure.post(f"{PAGE}/{theirs.pk}/{what}").status_code == 404


def test_allauths_own_page_of_addresses_is_ours(inside):
    assert inside.post("/account/email/", {"email": "x@y.example", "action_add": ""})["Location"] == PAGE
