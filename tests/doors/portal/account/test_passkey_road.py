"""Passkeys in a real browser, which keeps them in an authenticator of its own making."""

import pytest
from playwright.sync_api import Page

from tests import nodes
from tests.conftest import PASSWORD
from tests.doors.portal.account.test_two_step import code_now
from tests.ports import free_port
from tuki.desk.models import Desk


@pytest.fixture(autouse=True)
def _quick_passwords():
    """The server has its own settings: passwords are made as slowly as in life."""


@pytest.fixture(autouse=True)
def _static_files_as_they_are():
    """They are collected for the server."""


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture
def address(transactional_db, desk, tmp_path, port):
    """A server under a name: browsers make no passkey for a number."""
    here = f"http://localhost:{port}"
    with nodes.tuki("web", env=nodes.environment(tmp_path / "data") | {"TUKI_URL": here}, port=port):
        yield here


@pytest.fixture
def keyring(page) -> dict:
    """The browser's authenticator: one with a finger on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    return {"devtools": devtools, "authenticatorId": made["authenticatorId"]}


def sign_in(page: Page, address: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/hc/en")


def test_an_agent_who_must_have_two_steps_makes_a_passkey_and_signs_in_with_it(page, address, keyring, eva, axe):
    Desk.objects.update(two_step_for=["agent"])
    sign_in(page, eva.person.email)
    page.wait_for_url("**/account/2fa/")
    axe(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    axe(page)
    page.get_by_role("textbox", name="Name").fill("My laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.get_by_role("link", name="Done").click()
    page.wait_for_url("**/workspace/**")
    sign_out(page)

    page.goto("/account/login/?next=/workspace/settings")
    axe(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{address}/workspace/settings")

    page.goto("/account/2fa/")
    axe(page)
    page.get_by_role("link", name="Rename My laptop").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("textbox", name="Name").fill("The old laptop")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("The old laptop").first.is_visible()
    assert page.get_by_role("link", name="Remove The old laptop").count() == 0


def test_it_is_the_second_step_too_and_removed_it_is_known_no_more(page, keyring, ada, axe):
    sign_in(page, ada.person.email)
    page.wait_for_url("**/hc/en/requests")
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_text("This device keeps a passkey of yours already.").wait_for()
    sign_out(page)

    sign_in(page, ada.person.email)
    page.get_by_role("heading", name="One more step").wait_for()
    axe(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/hc/en/requests")

    page.goto("/account/2fa/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    axe(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("The passkey is removed.").wait_for()
    sign_out(page)

    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey is not known here").wait_for()


def test_who_says_no_to_the_browser_reads_what_else_to_do(page, keyring, desk):
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_text("No passkey was used.").wait_for()
    assert page.get_by_role("button", name="Sign in with a passkey").is_enabled()


def test_without_a_script_nothing_offers_one_and_a_code_does(new_context, eva):
    Desk.objects.update(two_step_for=["agent"])
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, eva.person.email)
    page.wait_for_url("**/account/2fa/")
    page.get_by_role("link", name="Turn on").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.get_by_label("The code that the app shows").fill(code_now(secret))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("link", name="Done").click()
    page.wait_for_url("**/workspace/**")
    page.goto("/account/2fa/webauthn/add/")
    assert page.get_by_text("Passkeys don't work in this browser").is_visible()
    assert not page.get_by_role("button", name="Make a passkey").is_visible()

    page.context.clear_cookies()
    page.goto("/account/login/")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
