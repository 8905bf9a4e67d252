"""Signing in with a code that comes by mail, without a password."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.doors.portal.account.test_sign_in import is_in, same_words
from tuki.jobs.models import Job
from tuki.mail.models import Delivery
from tuki.people import actions
from tuki.people.models import Person


def ask(browser: Client, address: str, query: str = ""):
    return browser.post(f"/account/login/code/{query}", {"email": address})


def enter(browser: Client, code: str, query: str = ""):
    return browser.post(f"/account/login/code/confirm/{query}", {"code": code})


def code_in(mail: Delivery) -> str:
    return re.search(r"\d{4}-\d{4}", mail.text)[0]


@pytest.fixture
def met(eva):
    """Somebody who once wrote to us."""
    return actions.meet("new@somewhere.example", name="New One", by=eva)


def test_whoever_has_written_to_us_signs_in_with_a_code_alone(client, met, mailed):
    assert ask(client, "New@somewhere.example")["Location"] == "/account/login/code/confirm/"
    (mail,) = mailed(met.email)
    enter(client, code_in(mail))

    assert is_in(client)
    assert EmailAddress.objects.get(user=met).verified  # the code has shown it


def test_a_code_leads_back_to_where_one_was(client, ada_person, mailed):
    asked = ask(client, ada_person.email, "?next=/hc/en/account/sessions")
    (mail,) = mailed(ada_person.email)

    assert client.post(asked["Location"], {"code": code_in(mail)})["Location"] == "/hc/en/account/sessions"


def test_a_code_may_be_typed_as_people_type(client, ada_person, mailed):
    ask(client, ada_person.email)
    (mail,) = mailed(ada_person.email)
    enter(client, f" {code_in(mail).replace('-', ' ')} ")

    assert is_in(client)


def test_three_wrong_codes_end_it(client, ada_person, mailed):
    ask(client, ada_person.email)
    (mail,) = mailed(ada_person.email)
    for _ in range(3):
        enter(client, "0000-0000" if code_in(mail) != "0000-0000" else "1111-1111")
    enter(client, code_in(mail))

    assert not is_in(client)


def test_a_code_is_of_no_use_in_another_browser(client, ada_person, mailed):
    ask(client, ada_person.email)
    (mail,) = mailed(ada_person.email)
    other = Client()
    enter(other, code_in(mail))

    assert not is_in(other)


def test_a_new_code_can_be_had(client, ada_person, mailed):
    ask(client, ada_person.email)
    client.post("/account/login/code/confirm/", {"action": "resend"})
    mails = mailed(ada_person.email)
    assert len(mails) == 2

    enter(client, code_in(mails[-1]))
    assert is_in(client)


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(ada_person, mailed):
    known, unknown = Client(), Client()
    answers = [(ask(known, ada_person.email), ask(unknown, "nobody@acme.example"))]
    page = "/account/login/code/confirm/"
    answers.append((known.get(page), unknown.get(page)))
    answers += [(enter(known, "0000-0001"), enter(unknown, "0000-0001")) for _ in range(3)]

    for of_known, of_unknown in answers:
        assert of_known.status_code == of_unknown.status_code
        assert of_known.get("Location") == of_unknown.get("Location")
        assert same_words(of_known) == same_words(of_unknown)
    assert len(mailed(ada_person.email)) == 1
    assert mailed("nobody@acme.example") == []


def test_the_work_for_an_unknown_address_leaves_nothing(client, desk):
    ask(client, "nobody@acme.example")

    assert not Delivery.objects.exists()
    assert not Job.objects.exists()
    assert not Person.objects.filter(email="nobody@acme.example").exists()


def test_an_unknown_address_has_a_mail_written_as_a_known_one_has(ada_person):
    def writes(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            ask(Client(), address)
        return [query["sql"][:40] for query in asked if "mail_delivery" in query["sql"] and "INSERT" in query["sql"]]

    assert writes("nobody@acme.example") == writes(ada_person.email) != []


def test_an_unconfirmed_address_of_somebody_gets_no_code_to_their_account(client, ada, ada_person, mailed):
    actions.add_address(ada_person, "typo@elsewhere.example", by=ada)
    ask(client, "typo@elsewhere.example")

    assert mailed("typo@elsewhere.example") == []


def test_a_closed_account_gets_no_code(client, ada_person, mailed):
    Person.objects.filter(pk=ada_person.pk).update(is_active=False)
    ask(client, ada_person.email)

    assert mailed(ada_person.email) == []


def test_an_address_is_not_flooded_with_codes(ada_person, mailed):
    answers = [ask(Client(REMOTE_ADDR=f"192.0.2.{n}"), ada_person.email) for n in range(5)]

    assert len(mailed(ada_person.email)) == 3
    assert "That was a little fast" in answers[-1].content.decode()


def test_one_can_go_back_to_signing_in_another_way(client, ada_person):
    ask(client, ada_person.email)
    assert client.get("/account/login/")["Location"] == "/account/login/code/confirm/"

    client.post("/account/logout/", {"next": "/account/login/"})
    assert client.get("/account/login/").status_code == 200
