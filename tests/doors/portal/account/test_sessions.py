"""Where one is signed in, in words, and signing out there."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.conftest import PASSWORD
from tests.doors.portal.account.test_sign_in import is_in
from tuki.doors.arrivals import SEEN_AT
from tuki.doors.portal.account.devices import device

PAGE = "/hc/en/account/sessions"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (CHROME, "Chrome on Linux"),
        (CHROME + " Edg/142.0.0.0", "Edge on Linux"),
        (CHROME.replace("X11; Linux x86_64", "Linux; Android 15; Pixel 9"), "Chrome on Android"),
        (CHROME.replace("X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7"), "Chrome on macOS"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(said, words):
    assert device(said) == words


@pytest.fixture
def two(ada_person, sign_in) -> list[Client]:
    """Ada at her desk, and on her phone."""
    browsers = [Client(), Client()]
    for browser, agent in zip(browsers, [FIREFOX, IPHONE], strict=True):
        browser.defaults["HTTP_USER_AGENT"] = agent
        sign_in(browser, ada_person.email, PASSWORD)
    return browsers


def test_every_session_is_listed_this_one_first(two):
    page = two[1].get(PAGE).content.decode()

    assert page.index("Safari on iPhone") < page.index("You are here") < page.index("Firefox on Windows")


def test_one_signs_out_there(two):
    (other,) = UserSession.objects.filter(user_agent=IPHONE)
    two[0].post(f"{PAGE}/{other.pk}/end")

    assert [is_in(browser) for browser in two] == [True, False]


def test_one_signs_out_everywhere_else(two):
    two[0].post(f"{PAGE}/others")

    assert [is_in(browser) for browser in two] == [True, False]
    assert len(two[0].get(PAGE).context["rows"]) == 1


def test_nobody_signs_another_out(two, bert, sign_in):
    bert_browser = Client()
    sign_in(bert_browser, bert.person.email, PASSWORD)
    for session in UserSession.objects.filter(user__email="ada@acme.example"):
        assert bert_browser.post(f"{PAGE}/{session.pk}/end").status_code == 404
    bert_browser.post(f"{PAGE}/others")

    assert all(is_in(browser) for browser in two)


def test_the_session_that_one_is_in_is_not_ended_there(two):
    (mine,) = UserSession.objects.filter(user_agent=FIREFOX)

    assert two[0].post(f"{PAGE}/{mine.pk}/end").status_code == 404


def test_when_and_with_what_a_session_was_last_used_is_noted_now_and_then(inside, ada_person):
    long_ago = timezone.now() - timedelta(days=3)
    UserSession.objects.filter(user=ada_person).update(last_seen_at=long_ago)
    inside.get(PAGE)
    assert UserSession.objects.get(user=ada_person).last_seen_at == long_ago  # it began a moment ago

    session = inside.session
    session[SEEN_AT] = int(long_ago.timestamp())
    session.save()
    inside.get(PAGE, headers={"user-agent": FIREFOX})
    row = UserSession.objects.get(user=ada_person)
    assert row.last_seen_at > timezone.now() - timedelta(minutes=1)
    assert row.user_agent == FIREFOX


def test_to_go_on_reading_writes_nothing(inside):
    session = inside.session
    session[SEEN_AT] = 0
    session.save()
    inside.get(PAGE)  # is noted

    with CaptureQueriesContext(connection) as asked:
        inside.get(PAGE)
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []


def test_the_list_costs_the_same_however_many_sessions_there_are(inside, ada_person):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            inside.get(PAGE)
        return len(asked)

    before = cost()
    later = timezone.now() + timedelta(days=1)
    for number in range(20):
        key = f"session-{number}"
        Session.objects.create(session_key=key, session_data="", expire_date=later)
        UserSession.objects.create(user=ada_person, session_key=key, ip="192.0.2.1", user_agent=FIREFOX)

    assert cost() == before
    assert len(inside.get(PAGE).context["rows"]) == 21
