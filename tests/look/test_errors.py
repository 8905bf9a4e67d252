"""Pages for when there is no page."""

import errno

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tuki.desk.queries import forget
from tuki.doors.arrivals import refusals
from tuki.look.errors import failed


@pytest.mark.parametrize("language", ["en", "fi"])
def test_a_page_that_is_not_there_keeps_the_frame_and_leads_on(client, desk, language):
    answer = client.get(f"/hc/{language}/nowhere")

    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.content.decode()
    assert f'href="/hc/{language}"' in answer.content.decode()


def test_a_404_tells_a_visitor_that_signing_in_may_help_and_brings_them_back(client, desk):
    assert "/account/login/?next=/hc/en/nowhere" in client.get("/hc/en/nowhere").content.decode()


@pytest.mark.parametrize(("path", "language"), [("/hc/fi/requests", "fi"), ("/workspace/", "en")])
def test_our_own_failure_says_so_in_the_readers_language_without_asking_the_database(path, language):
    forget()  # and this test has no database

    answer = failed(RequestFactory().post(path, {"body": "My long text"}))

    assert answer.status_code == 500
    assert f'<html lang="{language}">' in answer.content.decode()
    assert "My long text" in answer.content.decode()


def test_a_database_that_is_locked_before_any_page_is_asked_gives_the_text_back_too():
    forget()
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        answer = failed(RequestFactory().post("/hc/en/requests/new", {"body": "My long text"}))

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Nothing was saved" in page
    assert "My long text" in page


@pytest.mark.parametrize("error", [OperationalError("database is locked"), OSError(errno.ENOSPC, "No space left")])
def test_a_database_that_stays_locked_or_a_full_disk_gives_the_text_back(desk, error):
    """E2: visibly not accepted, and not lost."""
    typed = {"subject": "Half a day", "body": "A long <text>\nin two lines", "severity": "stops", "once": "abc"}
    request = RequestFactory().post("/hc/en/requests/new", typed)

    answer = refusals(lambda request: HttpResponse()).process_exception(request, error)

    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Nothing was saved" in page
    assert "A long &lt;text&gt;" in page
    assert "Half a day" in page
    assert "stops" not in page
    assert ">abc<" not in page


def test_a_form_of_before_a_sign_in_gives_the_text_back(ada):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada.person)

    answer = browser.post("/hc/en/requests/new", {"subject": "x", "body": "My long text", "password": "my pass word"})

    assert answer.status_code == 403
    assert "My long text" in answer.content.decode()
    assert "my pass word" not in answer.content.decode()
