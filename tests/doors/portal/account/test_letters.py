"""The mails of signing in."""

import pytest

from tests.doors.portal.account.test_codes import ask, code_in
from tests.doors.portal.account.test_passwords import forget
from tuki.mail.models import Delivery
from tuki.people import actions
from tuki.people.models import Person


@pytest.mark.parametrize("language", ["en", "fi", "sv", "nl"])
def test_a_mail_speaks_its_readers_language_whatever_the_page_does(client, ada, ada_person, mailed, language):
    actions.change_profile(ada_person, language=language, by=ada)
    client.post("/account/login/code/", {"email": ada_person.email}, headers={"accept-language": "nl"})

    (mail,) = mailed(ada_person.email)
    assert mail.language == language
    assert f'<html lang="{language}">' in mail.html


def test_a_mail_is_text_and_html_with_the_same_code_and_the_desks_name(client, ada_person, mailed):
    ask(client, ada_person.email)

    (mail,) = mailed(ada_person.email)
    assert code_in(mail) in mail.html
    assert code_in(mail) not in mail.subject
    assert mail.subject == "Your sign-in code for Festum support"
    assert mail.text.startswith("Hello Ada Aalto,\n\n")
    assert "<" not in mail.text
    assert mail.person == ada_person


def test_mails_are_sent_by_a_machine_and_say_so(client, ada_person, mailed):
    forget(client, ada_person.email)

    (mail,) = mailed(ada_person.email)
    assert mail.automatic


def test_a_name_is_text_in_a_mail_and_never_markup(client, ada_person, mailed):
    Person.objects.filter(pk=ada_person.pk).update(name="<script>alert(1)</script> & co")
    ask(client, ada_person.email)
    forget(client, ada_person.email)

    for mail in mailed(ada_person.email):
        assert "<script>" not in mail.html
        assert "Hello <script>alert(1)</script> & co," in mail.text


def test_a_mail_that_could_not_be_queued_is_not_said_to_be_sent(client, ada_person, monkeypatch):
    from tuki.mail import actions as mail

    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(mail, "post", full)
    client.raise_request_exception = False

    assert ask(client, ada_person.email).status_code == 500
    assert not Delivery.objects.exists()
