"""What was typed survives a session that ended."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.conftest import PASSWORD
from tuki.doors import once
from tuki.files import actions as files
from tuki.tickets.models import Ticket

NEW = "/hc/en/requests/new"


@pytest.fixture
def sign_in_again():
    def sign_in(browser, actor, answer) -> str:
        """Where the sign-in page leads, after the answer that led there."""
        assert answer.url.startswith("/account/login/?next=")
        return browser.post(answer.url, {"login": actor.person.email, "password": PASSWORD}).url

    return sign_in


def test_a_request_typed_by_who_was_signed_out_is_there_again_to_send(browser_of, ada, sign_in_again, words_of):
    kept = files.store(b"x", "log.txt", by=ada)
    browser = browser_of()
    sent = browser.post(
        NEW, {"subject": "Half a day's work", "body": "Long text", "severity": "stops", "file": kept.pk}
    )

    page = browser.get(sign_in_again(browser, ada, sent))

    assert not Ticket.objects.exists()
    assert "It has not been sent yet." in words_of(page)
    assert 'value="Half a day&#x27;s work"' in page.content.decode()
    assert "Long text" in page.content.decode()
    assert f'name="file" value="{kept.pk}"' in page.content.decode()
    assert page.context["form"]["severity"].value() == "stops"


def test_a_reply_typed_by_who_was_signed_out_is_there_again_to_send(browser_of, ada, ticket, sign_in_again):
    browser = browser_of()
    sent = browser.post(f"/hc/en/requests/{ticket.number}/replies", {"body": "My answer", "subject": "Better"})

    page = browser.get(sign_in_again(browser, ada, sent)).content.decode()

    assert "My answer" in page
    assert 'value="Better"' in page
    assert ticket.messages.count() == 1


def test_it_is_given_back_once_and_on_its_own_page(browser_of, ada, ticket, sign_in_again):
    browser = browser_of()
    back = sign_in_again(browser, ada, browser.post(NEW, {"subject": "Mine", "body": "Long text"}))

    assert "Long text" not in browser.get(f"/hc/en/requests/{ticket.number}").content.decode()
    assert "Long text" in browser.get(back).content.decode()
    assert "Long text" not in browser.get(back).content.decode()


def test_files_that_could_not_wait_are_named(browser_of, ada, sign_in_again, words_of):
    browser = browser_of()
    sent = browser.post(NEW, {"subject": "Mine", "body": "x", "files": [SimpleUploadedFile("a.txt", b"one")]})

    assert "Please attach the file once more: a.txt." in words_of(browser.get(sign_in_again(browser, ada, sent)))


def test_another_persons_upload_does_not_come_back_with_it(browser_of, ada, bert, sign_in_again):
    theirs = files.store(b"x", "theirs.txt", by=ada)
    browser = browser_of()
    sent = browser.post(NEW, {"subject": "Mine", "body": "x", "file": theirs.pk})

    assert "theirs.txt" not in browser.get(sign_in_again(browser, bert, sent)).content.decode()


def test_what_was_typed_is_not_shown_to_another_person_who_signs_in_there(browser_of, ada, bert, sign_in_again):
    form = {"subject": "Mine", "body": "Long text", "once": once.new_token(ada)}
    browser = browser_of()
    sent = browser.post(NEW, form)
    assert "Long text" not in browser.get(sign_in_again(browser, bert, sent)).content.decode()

    browser = browser_of()
    sent = browser.post(NEW, form)
    assert "Long text" in browser.get(sign_in_again(browser, ada, sent)).content.decode()


def test_what_was_typed_long_ago_is_forgotten(browser_of, ada, sign_in_again):
    browser = browser_of()
    sent = browser.post(NEW, {"subject": "Mine", "body": "Long text"})
    session = browser.session
    session["kept"] = session["kept"] | {"at": (timezone.now() - timedelta(hours=3)).isoformat()}
    session.save()

    assert "Long text" not in browser.get(sign_in_again(browser, ada, sent)).content.decode()


def test_a_stranger_cant_make_us_keep_a_book(browser_of, desk):
    browser = browser_of()
    browser.post(NEW, {"subject": "x", "body": "x" * 200_000})

    assert "kept" not in browser.session


def test_reading_while_signed_out_keeps_nothing_and_leads_back(browser_of, ticket):
    browser = browser_of()

    answer = browser.get(f"/hc/en/requests/{ticket.number}")

    assert answer.url == f"/account/login/?next=%2Fhc%2Fen%2Frequests%2F{ticket.number}"
    assert "kept" not in browser.session
