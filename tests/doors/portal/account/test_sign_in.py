"""Signing in with a password: whom it lets in, where it leads, and what it tells a stranger (nothing)."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.conftest import PASSWORD
from tuki.people import actions
from tuki.people.models import Person


def is_in(browser: Client) -> bool:
    return browser.get("/hc/en/account").status_code == 200


def same_words(page) -> str:
    """A page but for what differs by chance: the form's secret and the address that was typed."""
    words = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", page.content.decode())
    return re.sub(r"[\w.]+@[\w.]+example", "ADDRESS", words)


def test_an_address_in_any_case_and_its_password_let_in(client, ada_person, sign_in):
    answer = sign_in(client, " ADA@acme.example ", PASSWORD)

    assert answer.status_code == 302
    assert is_in(client)


def test_a_customer_comes_to_their_requests_and_an_agent_to_their_work_F13(ada, eva, sign_in):
    assert sign_in(Client(), ada.person.email, PASSWORD)["Location"] == "/hc/en/requests"
    assert sign_in(Client(), eva.person.email, PASSWORD)["Location"] == "/workspace/"


def test_whoevers_language_the_desk_has_ceased_to_speak_comes_to_a_page_too(client, ada_person, sign_in, rules):
    rules(languages=["sv", "fi"])

    assert client.get(sign_in(client, ada_person.email, PASSWORD)["Location"])["Content-Language"] == "sv"


def test_one_comes_back_to_the_page_that_asked_to_sign_in(client, ada_person, sign_in):
    turned_away = client.get("/hc/en/account/sessions")
    assert turned_away["Location"] == "/account/login/?next=/hc/en/account/sessions"

    answer = sign_in(client, ada_person.email, PASSWORD, "?next=/hc/en/account/sessions")
    assert answer["Location"] == "/hc/en/account/sessions"


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)", r"/\evil.example"]
)
def test_one_never_comes_to_another_site(client, ada_person, sign_in, next_page):
    answer = sign_in(client, ada_person.email, PASSWORD, f"?next={next_page}")

    assert answer["Location"] == "/hc/en/requests"


def test_the_answer_to_a_wrong_password_is_the_same_whether_the_address_is_known_or_not(ada_person, sign_in):
    known = sign_in(Client(), ada_person.email, "a wrong password")
    unknown = sign_in(Client(), "nobody@acme.example", "a wrong password")

    assert "The address or the password is not right." in known.content.decode()
    assert (known.status_code, same_words(known)) == (unknown.status_code, same_words(unknown))


def test_an_unknown_address_costs_the_hashing_of_a_password_too(desk, sign_in, monkeypatch):
    from django.contrib.auth import hashers

    hashed = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda *args, **kwargs: hashed.append(1) or encode(*args, **kwargs)
    )
    sign_in(Client(), "nobody@acme.example", "a wrong password")

    assert hashed


def test_a_closed_account_is_told_what_a_stranger_is(ada_person, sign_in):
    Person.objects.filter(pk=ada_person.pk).update(is_active=False)

    closed = sign_in(Client(), ada_person.email, PASSWORD)
    assert same_words(closed) == same_words(sign_in(Client(), "nobody@acme.example", PASSWORD))


def test_an_account_that_is_closed_or_merged_ends_its_sessions(inside, ada_person, bert, eva):
    assert is_in(inside)
    actions.merge_persons(bert.person, ada_person, by=eva)

    assert not is_in(inside)


def test_the_address_of_a_merged_duplicate_leads_to_who_is_kept(client, bert, eva, sign_in):
    actions.merge_persons(bert.person, actions.meet("b@home.example", by=eva), by=eva)
    EmailAddress.objects.filter(email="b@home.example").update(verified=True)
    sign_in(client, "b@home.example", PASSWORD)

    assert client.get("/hc/en/account").context["request"].user == bert.person


def test_a_further_address_signs_in_once_it_is_confirmed(ada, ada_person, sign_in):
    added = actions.add_address(ada_person, "ada@home.example", by=ada)
    browser = Client()
    sign_in(browser, "ada@home.example", PASSWORD)
    assert not is_in(browser)

    actions.confirm_address(added, by=ada)
    sign_in(browser, "ada@home.example", PASSWORD)
    assert is_in(browser)


def test_a_person_without_a_password_is_not_let_in_by_an_empty_one(client, eva, sign_in):
    actions.meet("new@somewhere.example", by=eva)

    for password in ("", " ", "!"):
        sign_in(client, "new@somewhere.example", password)
        assert not is_in(client)


def test_five_wrong_passwords_for_an_address_are_enough_whatever_the_browser_calls_us(client, ada_person, sign_in):
    for number in range(5):
        sign_in(client, ada_person.email, "a wrong password", host=f"name{number}.example")

    answer = sign_in(client, ada_person.email.upper(), PASSWORD, host="another.example")
    assert "That was tried too often. Please wait five minutes" in answer.content.decode()
    assert not is_in(client)


def test_the_limit_for_an_unknown_address_tells_nothing_either(ada_person, sign_in):
    def after_six(address: str) -> str:
        return [same_words(sign_in(Client(REMOTE_ADDR=f"192.0.2.{n}"), address, "wrong")) for n in range(6)][-1]

    assert after_six(ada_person.email) == after_six("nobody@acme.example")


def test_many_tries_from_one_place_are_answered_kindly(client, desk, sign_in):
    answers = [sign_in(client, f"nobody{number}@acme.example", "wrong") for number in range(31)]

    assert answers[-1].status_code == 429
    assert "A little slower, please" in answers[-1].content.decode()
    assert desk.address in answers[-1].content.decode()


def test_signing_in_again_and_again_is_not_trying_to_guess(ada_person, sign_in):
    for _ in range(7):
        assert sign_in(Client(), ada_person.email, PASSWORD).status_code == 302


def test_signing_out_is_a_button_and_not_a_link(inside):
    assert inside.get("/account/logout/").status_code == 200
    assert is_in(inside)

    assert inside.post("/account/logout/")["Location"] == "/"
    assert not is_in(inside)


def test_nobody_signs_up(client, desk):
    page = client.get("/account/signup/")
    assert "You don't have to sign up" in page.content.decode()

    client.post("/account/signup/", {"email": "new@acme.example", "password1": PASSWORD, "password2": PASSWORD})
    assert not Person.objects.filter(email="new@acme.example").exists()


def test_the_pages_of_signing_in_speak_the_language_of_the_page_one_came_from(client, desk):
    page = client.get("/account/login/?next=/hc/fi/requests", headers={"accept-language": "nl"})
    assert page["Content-Language"] == "fi"

    assert client.get("/account/password/reset/", headers={"accept-language": "nl"})["Content-Language"] == "fi"


def test_another_language_can_be_chosen_on_the_way_in(client, desk):
    client.get("/account/login/?next=/hc/fi/requests")
    chosen = client.post("/hc/language", {"language": "sv", "next": "/account/login/?next=/hc/fi/requests"})

    assert chosen["Location"] == "/account/login/?next=/hc/sv/requests"
    assert client.get(chosen["Location"])["Content-Language"] == "sv"


def test_password_managers_know_what_to_fill_in(client, desk):
    page = client.get("/account/login/").content.decode()

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
