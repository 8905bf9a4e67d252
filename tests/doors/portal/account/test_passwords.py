"""Forgotten, changed and first passwords."""

import re

import pytest
from django.test import Client

from tests.conftest import PASSWORD
from tests.doors.portal.account.test_sign_in import is_in, same_words
from tuki.journal.via import Via
from tuki.mail.models import Delivery
from tuki.people import actions, invitations
from tuki.people.actor import Actor
from tuki.people.models import Person

NEW = "a fresh long password"


def forget(browser: Client, address: str, **headers: str):
    return browser.post("/account/password/reset/", {"email": address}, headers=headers)


def choose(browser: Client, link: str, password: str = NEW, again: str = NEW):
    form = browser.get(link, follow=True)
    return browser.post(form.context["action_url"], {"password1": password, "password2": again})


def test_a_forgotten_password_is_chosen_anew_by_a_link_and_one_is_in(client, ada_person, mailed, link_in):
    forget(client, "ADA@acme.example")
    (mail,) = mailed(ada_person.email)
    choose(client, link_in(mail))

    assert is_in(client)
    ada_person.refresh_from_db()
    assert ada_person.check_password(NEW)


def test_the_link_works_once(client, ada_person, mailed, link_in):
    forget(client, ada_person.email)
    (mail,) = mailed(ada_person.email)[:1]
    choose(client, link_in(mail))
    second = Client().get(link_in(mail), follow=True)

    assert "This link no longer works" in second.content.decode()


def test_the_link_leads_to_us_whatever_the_browser_calls_us(client, ada_person, mailed, settings):
    forget(client, ada_person.email, host="evil.example")

    (mail,) = mailed(ada_person.email)
    assert settings.PUBLIC_URL in mail.text
    assert "evil.example" not in mail.text + mail.html


def test_a_new_password_ends_every_session(client, inside, ada_person, mailed, link_in):
    thief = Client()
    thief.force_login(ada_person)
    forget(Client(), ada_person.email)
    choose(Client(), link_in(mailed(ada_person.email)[0]))

    assert not is_in(thief)
    assert not is_in(inside)


def test_whoever_has_no_password_yet_is_invited_to_set_one(client, eva, mailed, link_in):
    person = actions.meet("new@somewhere.example", name="New One", by=eva)
    forget(client, person.email)

    (mail,) = mailed(person.email)
    assert mail.kind == "invitation"
    assert "/welcome/" in link_in(mail)


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(ada_person, eva, mailed):
    actions.meet("new@somewhere.example", by=eva)
    addresses = [ada_person.email, "new@somewhere.example", "nobody@acme.example"]
    answers = [forget(Client(), address) for address in addresses]
    pages = [Client().get(answer["Location"]) for answer in answers]

    assert {answer["Location"] for answer in answers} == {"/account/password/reset/done/"}
    assert len({same_words(page) for page in pages}) == 1
    assert mailed("nobody@acme.example") == []


def test_an_unconfirmed_address_of_somebody_gets_no_link_to_their_account(client, ada, ada_person, mailed):
    actions.add_address(ada_person, "typo@elsewhere.example", by=ada)
    forget(client, "typo@elsewhere.example")

    assert mailed("typo@elsewhere.example") == []


def test_a_closed_account_gets_no_link(client, ada_person, mailed):
    Person.objects.filter(pk=ada_person.pk).update(is_active=False)
    forget(client, ada_person.email)

    assert mailed(ada_person.email) == []


def test_a_link_from_before_a_merge_lets_nobody_into_the_duplicate(client, ada, bert, eva, mailed, link_in):
    forget(client, bert.person.email)
    (mail,) = mailed(bert.person.email)
    actions.merge_persons(ada.person, bert.person, by=eva)

    assert "This link no longer works" in client.get(link_in(mail), follow=True).content.decode()


def test_many_requests_for_links_are_answered_kindly(client, ada_person, mailed):
    answers = [forget(Client(REMOTE_ADDR=f"192.0.2.{n}"), ada_person.email) for n in range(4)]

    assert answers[-1].status_code == 429
    assert len(mailed(ada_person.email)) == 3


def change(browser: Client, current: str, new: str = NEW, again: str = NEW):
    return browser.post("/account/password/change/", {"oldpassword": current, "password1": new, "password2": again})


def test_a_password_is_changed_by_the_current_one_and_the_new_one_twice_F12(inside, ada_person):
    answer = change(inside, PASSWORD)

    assert answer.status_code == 302
    assert "Your password is changed." in inside.get(answer["Location"]).content.decode()
    ada_person.refresh_from_db()
    assert ada_person.check_password(NEW)


def test_after_a_change_one_is_in_here_and_out_everywhere_else(inside, ada_person):
    elsewhere = Client()
    elsewhere.force_login(ada_person)
    change(inside, PASSWORD)

    assert is_in(inside)
    assert not is_in(elsewhere)


@pytest.mark.parametrize(
    ("current", "new", "again", "words"),
    [
        ("a wrong one", NEW, NEW, "This is not your current password."),
        (PASSWORD, NEW, "another one entirely", "same password"),
        (PASSWORD, "short", "short", "too short"),
        (PASSWORD, "password1234", "password1234", "Many people use this password."),
        (PASSWORD, "ada@acme.example", "ada@acme.example", "too much like your name or address"),
    ],
)
def test_a_change_that_can_not_be_says_why_and_changes_nothing(inside, ada_person, current, new, again, words):
    page = change(inside, current, new, again).content.decode()

    assert words in page
    assert not re.search(r'<input[^>]*type="password"[^>]*value=', page)  # nobody shows a password that was typed
    ada_person.refresh_from_db()
    assert ada_person.check_password(PASSWORD)


def test_whoever_signs_in_by_code_can_set_a_first_password(client, eva):
    person = actions.meet("new@somewhere.example", by=eva)
    client.force_login(person)
    assert client.get("/account/password/change/")["Location"] == "/account/password/set/"
    client.post("/account/password/set/", {"password1": NEW, "password2": NEW})

    assert is_in(client)
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_changed_password_is_told_to_its_owner_and_is_in_no_mail(inside, ada_person, mailed):
    change(inside, PASSWORD)

    (mail,) = mailed(ada_person.email)
    assert "The password of your account was changed." in mail.text
    for mail in Delivery.objects.all():
        assert NEW not in mail.text + mail.html + mail.subject
        assert PASSWORD not in mail.text + mail.html + mail.subject


@pytest.mark.parametrize("language", ["fi", "sv", "nl"])
def test_what_libraries_say_of_a_form_is_said_in_the_readers_language(client, desk, language):
    def said(accepted: str) -> str:
        header = {"accept-language": accepted}
        pages = [
            client.post("/account/login/", {"login": "no address", "password": ""}, headers=header),
            client.post(f"/hc/{accepted}/welcome/{token}", {"password1": NEW, "password2": "another"}, headers=header),
        ]
        return [
            words
            for page in pages
            for words in re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', page.content.decode())
        ]

    person = actions.meet("new@somewhere.example", by=Actor(None, Via.EMAIL))
    token = invitations.token_for(person)

    assert len(said("en")) == 3
    assert not set(said(language)) & set(said("en"))
