"""The whole road in a real browser, as somebody walks it who has never been here."""

import re

import pytest
from django.db import connection

from tests.doors.portal.account.test_two_step import code_now
from tuki.people import actions
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.people.queries import system

PASSWORD = "a fresh long password"
ADDRESS = "new@somewhere.example"


@pytest.fixture
def met(live_desk) -> Person:
    return actions.add_person(ADDRESS, name="Nelli Newman", language="en", by=Actor(system()))


@pytest.fixture
def newest_mail(live_desk, page):
    """The newest mail to the newcomer that the desk has sent, by its kind."""
    from tuki.mail.models import Delivery

    def wait(kind: str) -> Delivery:
        for _ in range(100):
            mail = Delivery.objects.filter(address=ADDRESS, kind=kind, state="sent").order_by("-pk").first()
            if mail:
                return mail
            connection.close()
            page.wait_for_timeout(100)
        pytest.fail(f"no {kind} was sent")

    return wait


def test_invited_then_a_password_then_two_steps_then_out_and_in_by_code(met, page, axe, newest_mail):
    actions.invite(met, by=Actor(system()))
    page.goto(re.search(r"https?://\S+/welcome/[^\s)]+", newest_mail("invitation").text)[0])
    axe(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Welcome, Nelli Newman"
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Show the password").first.click()
    assert page.get_by_label("New password").get_attribute("type") == "text"
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    page.wait_for_url("**/hc/en/requests")

    page.goto("/hc/en/account")
    axe(page)
    page.get_by_role("link", name="Addresses").click()
    axe(page)
    page.get_by_role("link", name="Sessions").click()
    axe(page)
    assert page.get_by_text("You are here").is_visible()
    page.get_by_role("link", name="Password").click()
    axe(page)
    page.get_by_role("link", name="Two-step sign-in").click()
    axe(page)
    page.get_by_role("link", name="Turn on").click()
    axe(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    axe(page)
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.get_by_label("The code that the app shows").fill(code_now(secret))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    axe(page)
    recovery = page.locator(".codes code").first.inner_text()

    page.get_by_role("button", name="Nelli Newman").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.click()
    axe(page)
    page.get_by_role("link", name="Send me a code").click()
    axe(page)
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_role("button", name="Send the code").click()
    axe(page)
    page.get_by_label("Code").fill(re.search(r"\d{4}-\d{4}", newest_mail("login_code").text)[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="One more step").wait_for()
    axe(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Nelli Newman").wait_for()
    page.goto("/account/2fa/")
    axe(page)
    assert page.get_by_text("9 codes are left").is_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_mistakes_are_said_beside_their_fields_without_a_script(met, new_context, axe, color_scheme):
    page = new_context(java_script_enabled=False, color_scheme=color_scheme).new_page()
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()

    assert page.get_by_text("The address or the password is not right.").count() == 1
    assert page.get_by_label("E-mail address").input_value() == ADDRESS
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_role("button", name="Send the link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Look in your mail"
