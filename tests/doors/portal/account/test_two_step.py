"""Two-step sign-in: turned on with an app, asked for after the password, got round with a recovery code."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from tests.conftest import PASSWORD
from tests.doors.portal.account.test_sign_in import is_in
from tuki.journal.models import Entry


def code_now(secret: str) -> str:
    """What an authenticator app shows; taken where it does not change within the next seconds."""
    while time.time() % 30 > 25:
        time.sleep(0.5)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def secret(ada_person) -> str:
    """Of Ada's app, where she has turned two-step sign-in on."""
    secret = generate_totp_secret()
    TOTP.activate(ada_person, secret)
    return secret


@pytest.fixture(autouse=True)
def _what_follows_a_commit_follows(transactional_db):
    """allauth tells of a change once it is committed."""


def turn_on(browser: Client) -> str:
    """Turn it on as Ada does; the app's secret."""
    page = browser.get("/account/2fa/totp/activate/", follow=True)
    assert page.redirect_chain[0][0].startswith("/account/reauthenticate/")
    page = browser.post(
        "/account/reauthenticate/?next=/account/2fa/totp/activate/", {"password": PASSWORD}, follow=True
    )
    secret = page.context["form"].secret
    browser.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
    return secret


def test_it_is_turned_on_with_a_code_of_the_app_and_gives_recovery_codes(inside, ada_person):
    turn_on(inside)

    assert Authenticator.objects.filter(user=ada_person, type="totp").exists()
    page = inside.get("/account/2fa/recovery-codes/")
    assert len(page.context["unused_codes"]) == 10
    assert Entry.objects.filter(event="person.two_factor_changed", on_id=ada_person.pk, data={"on": True}).exists()


def test_the_app_lists_it_under_the_desks_name(inside, desk):
    inside.post("/account/reauthenticate/?next=/account/2fa/totp/activate/", {"password": PASSWORD})
    page = inside.get("/account/2fa/totp/activate/")

    assert page.context["totp_url"].startswith("otpauth://totp/ada%40acme.example?")
    assert page.context["totp_url"].endswith("issuer=Festum")


def test_then_the_password_alone_is_not_enough(client, ada_person, secret, sign_in):
    answer = sign_in(client, ada_person.email, PASSWORD, "?next=/hc/en/account/sessions")
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert not is_in(client)

    answer = client.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert answer["Location"] == "/hc/en/account/sessions"
    assert is_in(client)


def test_nor_is_a_code_by_mail(client, ada_person, secret, mailed):
    from tests.doors.portal.account.test_codes import ask, code_in, enter

    ask(client, ada_person.email)
    answer = enter(client, code_in(mailed(ada_person.email)[0]))

    assert answer["Location"] == "/account/2fa/authenticate/"
    assert not is_in(client)


def test_nor_is_a_link_for_a_forgotten_password(client, ada_person, secret, mailed, link_in):
    from tests.doors.portal.account.test_passwords import choose, forget

    forget(client, ada_person.email)
    choose(client, link_in(mailed(ada_person.email)[0]))

    assert not is_in(client)


def test_a_code_of_the_app_works_once(ada_person, secret, sign_in):
    code = code_now(secret)
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(browser, ada_person.email, PASSWORD)
        browser.post("/account/2fa/authenticate/", {"code": code})

    assert [is_in(browser) for browser in browsers] == [True, False]


def test_a_recovery_code_does_once(inside, ada_person, sign_in):
    turn_on(inside)
    code = inside.get("/account/2fa/recovery-codes/").context["unused_codes"][0]
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(browser, ada_person.email, PASSWORD)
        browser.post("/account/2fa/authenticate/", {"code": code})

    assert [is_in(browser) for browser in browsers] == [True, False]


def test_codes_can_not_be_guessed_without_end(client, ada_person, secret, sign_in):
    sign_in(client, ada_person.email, PASSWORD)
    wrong = "000000" if code_now(secret) != "000000" else "111111"
    pages = [client.post("/account/2fa/authenticate/", {"code": wrong}) for _ in range(6)]
    assert "This is not the code." in pages[0].content.decode()
    assert "That was tried too often." in pages[-1].content.decode()

    client.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert not is_in(client)


def test_it_is_turned_off_only_by_whoever_shows_once_more_who_they_are(inside, ada_person, secret):
    answer = inside.post("/account/2fa/totp/deactivate/")
    assert "reauthenticate" in answer["Location"]
    assert Authenticator.objects.filter(user=ada_person).exists()

    inside.post("/account/2fa/reauthenticate/", {"code": code_now(secret)})
    inside.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=ada_person).exists()
    assert Entry.objects.filter(event="person.two_factor_changed", on_id=ada_person.pk, data={"on": False}).exists()


def test_turning_it_on_is_told_to_its_owner(inside, ada_person, mailed):
    turn_on(inside)

    assert [mail.subject for mail in mailed(ada_person.email)] == ["Two-step sign-in is on"]


def test_an_unconfirmed_further_address_does_not_stand_in_the_way(inside, ada, ada_person):
    from tuki.people import actions

    actions.add_address(ada_person, "ada@home.example", by=ada)
    turn_on(inside)

    assert Authenticator.objects.filter(user=ada_person, type="totp").exists()
