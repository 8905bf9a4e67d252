"""Passkeys: added and named on one's account, used in place of a password or after it, good at our own address only."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.conftest import PASSWORD
from tests.doors.portal.account.test_sign_in import is_in
from tests.passkeys import ORIGIN, Passkey, passkey_of
from tuki.doors.portal.account import passkeys
from tuki.journal.models import Entry
from tuki.people.models import Person

ADD = "/account/2fa/webauthn/add/"
LOGIN = "/account/2fa/webauthn/login/"
SECOND = "/account/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _an_address_with_a_name(settings):
    settings.PUBLIC_URL = ORIGIN


@pytest.fixture(autouse=True)
def _what_follows_a_commit_follows(transactional_db):
    """allauth tells of a change once it is committed."""


@pytest.fixture
def passkey(ada_person) -> Passkey:
    """Ada's."""
    return passkey_of(ada_person)[0]


def asked_at_login(browser: Client) -> dict:
    return browser.get(LOGIN, headers={"Accept": "application/json"}).json()


def log_in(browser: Client, passkey: Passkey, query: str = "", **how: str):
    credential = json.dumps(passkey.used(asked_at_login(browser), **how))
    return browser.post(LOGIN + query, {"credential": credential})


def add(browser: Client, passkey: Passkey, name: str = "Laptop", **how: str):
    page = browser.get(ADD)
    if page.status_code == 302:
        page = browser.post(page["Location"], {"password": PASSWORD}, follow=True)
    credential = json.dumps(passkey.made(page.context["js_data"], **how))
    return browser.post(ADD, {"name": name, "credential": credential})


def names(person: Person) -> list[str]:
    return [one.wrap().name for one in Authenticator.objects.filter(user=person, type="webauthn").order_by("pk")]


def told(person: Person) -> list[str]:
    return list(Entry.objects.filter(on_kind="person", on_id=person.pk).order_by("pk").values_list("event", flat=True))


def test_one_is_added_with_a_name_and_brings_recovery_codes(inside, ada_person, mailed):
    answer = add(inside, Passkey(), "My laptop")

    assert answer["Location"] == "/account/2fa/recovery-codes/"
    assert names(ada_person) == ["My laptop"]
    assert told(ada_person)[-1] == "person.passkey_added"
    assert [mail.subject for mail in mailed(ada_person.email)] == ["A passkey was added"]


def test_the_page_shows_the_desks_name_and_the_host_of_its_own_address_whatever_host_was_asked(inside, desk):
    inside.get(ADD)
    inside.post("/account/reauthenticate/", {"password": PASSWORD})
    page = inside.get(ADD, headers={"Host": "elsewhere.example"})

    options = page.context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"] == {"id": "support.festum.example", "name": "Festum"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"


def test_without_a_name_it_is_called_by_the_browser(inside, ada_person):
    add(inside, Passkey(), "")

    assert names(ada_person) == ["Unknown browser"]


def test_it_signs_in_in_place_of_a_password_and_leads_on(client, ada_person, passkey):
    answer = log_in(client, passkey, "?next=/hc/en/account/sessions")

    assert answer["Location"] == "/hc/en/account/sessions"
    assert is_in(client)


def test_and_no_second_step_is_asked_for(client, ada_person, passkey):
    log_in(client, passkey)

    assert client.get("/hc/en/account").status_code == 200


def test_after_a_password_it_is_the_second_step(client, ada_person, passkey, sign_in):
    assert sign_in(client, ada_person.email, PASSWORD)["Location"] == SECOND
    page = client.get(SECOND)
    assert not is_in(client)
    assert "enter one of your recovery codes" in page.content.decode()

    client.post(SECOND, {"credential": json.dumps(passkey.used(page.context["js_data"]))})
    assert is_in(client)


def test_another_persons_is_no_second_step(client, ada_person, passkey, bert, sign_in):
    theirs, _row = passkey_of(bert.person)
    sign_in(client, ada_person.email, PASSWORD)
    page = client.get(SECOND)
    answer = client.post(SECOND, {"credential": json.dumps(theirs.used(page.context["js_data"]))})

    assert "This passkey is not known here" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    "origin", ["https://evil.support.festum.example", "https://festum.example", "http://support.festum.example"]
)
def test_what_a_page_of_another_address_was_told_lets_nobody_in_and_adds_nothing(
    client, inside, ada_person, passkey, origin
):
    stranger = Client()
    log_in(stranger, passkey, origin=origin)
    assert not is_in(stranger)

    answer = add(inside, Passkey(), origin=origin)
    assert "This passkey is not known here" in answer.content.decode()
    assert names(ada_person) == ["Laptop"]


def test_nor_does_what_was_signed_for_another_host(client, ada_person, passkey):
    passkey._host = Passkey("elsewhere.example")._host
    log_in(client, passkey)

    assert not is_in(client)


def test_in_place_of_a_password_it_wants_a_finger_a_face_or_a_pin(client, inside, ada_person, passkey):
    passkey._flags &= ~0x04
    stranger = Client()
    log_in(stranger, passkey)
    assert not is_in(stranger)

    add(inside, Passkey(verified=False))
    assert names(ada_person) == ["Laptop"]


def test_what_was_signed_once_is_worth_nothing_twice(client, ada_person, passkey):
    said = json.dumps(passkey.used(asked_at_login(client)))
    client.post(LOGIN, {"credential": said})
    client.post("/account/logout/")

    asked_at_login(client)
    client.post(LOGIN, {"credential": said})
    assert not is_in(client)


def test_a_closed_account_is_not_let_in(client, ada_person, passkey):
    Person.objects.filter(pk=ada_person.pk).update(is_active=False)
    answer = log_in(client, passkey, "?next=/hc/en/requests")

    assert answer["Location"] == "/account/login/?next=%2Fhc%2Fen%2Frequests"
    assert "This passkey is not known here" in client.get(answer["Location"]).content.decode()
    assert not is_in(client)


BROKEN = ["", "x", "0", "[]", "{}", "null", '"a"', '{"response": 1}', '{"response": {"clientDataJSON": "e30"}}']


@pytest.mark.parametrize("sent", [*BROKEN, "bent"])
def test_nonsense_is_told_in_words(client, inside, ada_person, passkey, sent):
    stranger = Client()
    options = asked_at_login(stranger)
    if sent == "bent":
        bent = passkey.used(options)
        bent["response"] |= {"authenticatorData": "AAAA", "userHandle": None}
        sent = json.dumps(bent)
    assert stranger.post(LOGIN, {"credential": sent}).status_code == 302
    assert not is_in(stranger)

    inside.get(ADD)
    inside.post("/account/reauthenticate/", {"password": PASSWORD})
    inside.get(ADD)
    answer = inside.post(ADD, {"name": "Bent", "credential": sent})
    assert answer.status_code == 200
    assert "passkey" in answer.context["form"].errors.as_text()
    assert names(ada_person) == ["Laptop"]


def test_one_is_renamed(inside, ada_person):
    add(inside, Passkey())
    pk = Authenticator.objects.get(user=ada_person, type="webauthn").pk
    answer = inside.post(f"/account/2fa/webauthn/keys/{pk}/edit/", {"name": "The old laptop"}, follow=True)

    assert names(ada_person) == ["The old laptop"]
    assert "The old laptop" in answer.content.decode()


def test_the_last_one_takes_the_recovery_codes_and_other_sessions_with_it(inside, ada_person, sign_in, mailed):
    passkey = Passkey()
    add(inside, passkey)
    elsewhere = Client()
    log_in(elsewhere, passkey)
    pk = Authenticator.objects.get(user=ada_person, type="webauthn").pk
    assert (
        "you are signed out everywhere else" in inside.get(f"/account/2fa/webauthn/keys/{pk}/remove/").content.decode()
    )

    inside.post(f"/account/2fa/webauthn/keys/{pk}/remove/")

    assert not Authenticator.objects.filter(user=ada_person).exists()
    assert told(ada_person)[-1] == "person.passkey_removed"
    assert [is_in(browser) for browser in (inside, elsewhere)] == [True, False]
    assert mailed(ada_person.email)[-1].subject == "A passkey was removed"


def test_another_one_stays_and_so_does_everything_else(inside, ada_person):
    add(inside, Passkey(), "First")
    add(inside, Passkey(), "Second")
    pk = Authenticator.objects.filter(user=ada_person, type="webauthn").latest("pk").pk
    inside.post(f"/account/2fa/webauthn/keys/{pk}/remove/")

    assert names(ada_person) == ["First"]
    assert Authenticator.objects.filter(user=ada_person, type="recovery_codes").exists()


def test_somebody_elses_can_be_neither_renamed_nor_removed(inside, ada_person, bert):
    _passkey, row = passkey_of(bert.person)
    inside.post("/account/reauthenticate/", {"password": PASSWORD})

    for what in ("edit", "remove"):
        assert inside.post(f"/account/2fa/webauthn/keys/{row.pk}/{what}/", {"name": "Mine"}).status_code == 404
    assert names(bert.person) == ["Laptop"]


@pytest.mark.parametrize("what", ["edit", "remove"])
def test_one_is_changed_only_by_whoever_shows_once_more_who_they_are(client, ada_person, passkey, what):
    client.force_login(ada_person)
    pk = Authenticator.objects.get(user=ada_person).pk
    answer = client.post(f"/account/2fa/webauthn/keys/{pk}/{what}/", {"name": "Taken"})

    assert "reauthenticate" in answer["Location"]
    assert names(ada_person) == ["Laptop"]


def test_a_passkey_shows_once_more_who_one_is(client, ada_person, passkey):
    client.force_login(ada_person)
    again = "/account/2fa/webauthn/reauthenticate/?next=/account/2fa/totp/activate/"
    page = client.get(again)
    wrong = client.post(again, {"credential": "{}"})
    assert wrong["Location"].startswith("/account/2fa/webauthn/reauthenticate/?next=")

    page = client.get(again)
    answer = client.post(again, {"credential": json.dumps(passkey.used(page.context["js_data"]))})
    assert answer["Location"] == "/account/2fa/totp/activate/"
    assert client.get("/account/2fa/totp/activate/").status_code == 200


def test_twenty_are_enough(inside, ada_person):
    for number in range(passkeys.AT_MOST):
        passkey_of(ada_person, f"Key {number}")
    answer = add(inside, Passkey())

    assert "You have 20 passkeys." in answer.content.decode()
    assert len(names(ada_person)) == passkeys.AT_MOST


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://support.festum.example", "support.festum.example", "https://support.festum.example"),
        ("https://support.festum.example:443", "support.festum.example", "https://support.festum.example"),
        ("https://Support.festum.example:8443", "support.festum.example", "https://support.festum.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://support.festum.example", "", "http://support.festum.example"),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000"),
    ],
)
def test_they_are_offered_where_browsers_make_them(client, desk, settings, address, host, origin):
    settings.PUBLIC_URL = address

    assert (passkeys.host(), passkeys.origin()) == (host, origin)
    assert ("data-passkey" in client.get("/account/login/").content.decode()) is bool(host)
