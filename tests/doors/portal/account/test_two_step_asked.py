"""What a desk asks of a role: a second factor, before anything else."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import nodes
from tests.conftest import PASSWORD
from tests.doors.portal.account.test_sign_in import is_in
from tests.doors.portal.account.test_two_step import code_now, turn_on
from tests.passkeys import passkey_of
from tuki.desk.models import TwoStepFor
from tuki.files.actions import store
from tuki.live import streams
from tuki.people.models import Role
from tuki.tickets.models import Ticket


@pytest.fixture(autouse=True)
def _what_follows_a_commit_follows(transactional_db):
    """allauth tells of a change once it is committed."""


@pytest.fixture(autouse=True)
def _agents_have_two_steps(rules):
    rules(two_step_for=["agent"])


@pytest.fixture
def in_as(sign_in):
    """The browser of somebody who has signed in with a password."""

    def open_one(actor) -> Client:
        browser = Client()
        sign_in(browser, actor.person.email, PASSWORD)
        return browser

    return open_one


def test_the_roles_are_those_of_people():
    assert {*TwoStepFor.values, Role.SYSTEM} == {*Role.values}


@pytest.mark.parametrize(
    "address", ["/workspace/", "/hc/en", "/hc/en/requests", "/hc/en/account", "/setup/", "/account/password/change/"]
)
def test_an_agent_without_a_second_factor_is_led_to_setting_one_up(in_as, eva, address):
    answer = in_as(eva).get(address, follow=True)

    assert answer.redirect_chain[-1][0] == "/account/2fa/"
    assert "Festum support asks people in your role to sign in with two steps" in answer.content.decode()


def test_others_are_not(in_as, ada, root):
    assert in_as(ada).get("/hc/en/requests").status_code == 200
    assert in_as(root).get("/setup/").status_code in {200, 302}


@pytest.mark.parametrize(
    "address",
    [
        "/account/2fa/",
        "/account/reauthenticate/",
        "/account/logout/",
        "/hc/en/privacy",
        "/hc/en/accessibility",
        "/hc/theme.css",
        "/hc/icon.svg",
    ],
)
def test_to_that_they_get_and_out_and_to_what_the_law_wants(in_as, eva, address):
    assert in_as(eva).get(address).status_code == 200


def test_they_may_choose_another_language_and_sign_out(in_as, eva):
    browser = in_as(eva)
    answer = browser.post("/hc/language", {"language": "fi", "next": "/account/2fa/"})
    assert answer["Location"] == "/account/2fa/"

    browser.post("/account/logout/")
    assert not is_in(browser)


def test_the_app_is_set_up_and_they_come_to_the_page_that_they_wanted(in_as, eva):
    browser = in_as(eva)
    browser.get("/workspace/search?q=walnut", follow=True)
    turn_on(browser)
    assert 'href="/account/2fa/done/"' in browser.get("/account/2fa/recovery-codes/").content.decode()

    assert browser.get("/account/2fa/done/")["Location"] == "/workspace/search?q=walnut"
    assert browser.get("/workspace/search?q=walnut").status_code == 200
    assert browser.get("/account/2fa/done/")["Location"] == "/account/2fa/"


def test_a_passkey_is_a_second_factor_too(in_as, eva):
    browser = in_as(eva)
    assert browser.get("/workspace/settings").status_code == 302
    passkey_of(eva.person)

    assert browser.get("/workspace/settings").status_code == 200


def test_recovery_codes_alone_are_none(in_as, eva):
    Authenticator.objects.create(user=eva.person, type="recovery_codes", data={"seed": "x", "used_mask": 0})

    assert in_as(eva).get("/workspace/settings").status_code == 302


@pytest.mark.parametrize("header", ["HX-Request", "X-Requested-With"])
def test_a_script_is_answered_as_it_is_to_whoever_is_signed_out(in_as, eva, header):
    answers = [browser.get("/workspace/settings", headers={header: "true"}) for browser in (in_as(eva), Client())]

    for answer in answers:
        assert (answer.status_code, answer["HX-Trigger"], answer["HX-Reswap"]) == (401, "signed-out", "none")


def test_what_was_typed_into_a_form_comes_back(in_as, eva):
    answer = in_as(eva).post("/workspace/tickets/new", {"subject": "A call", "body": "She called about walnuts."})

    assert answer.status_code == 403
    assert "She called about walnuts." in answer.content.decode()
    assert not Ticket.objects.exists()


def test_files_are_neither_handed_out_nor_taken_up(in_as, eva):
    browser = in_as(eva)
    kept = store(b"within", "a.txt", by=eva)

    for address in (f"/hc/files/{kept.pk}", f"/hc/files/{kept.pk}/a.txt"):
        answer = browser.get(address)
        assert answer.status_code == 403
        assert b"within" not in b"".join(answer)
    assert browser.post("/hc/uploads").status_code == 403
    assert "set up two-step sign-in first" in browser.post("/hc/uploads").json()["why"]


def test_no_live_stream_is_for_them_until_they_have_one(eva):
    cookies = nodes.cookie_of(eva.person)
    assert streams._allowed(cookies, ["desk"]) is None

    passkey_of(eva.person)
    assert streams._allowed(cookies, ["desk"]) is not None


def test_the_last_one_stays_and_is_told_why(in_as, eva):
    browser = in_as(eva)
    turn_on(browser)
    assert "/account/2fa/totp/deactivate/" not in browser.get("/account/2fa/").content.decode()

    answer = browser.post("/account/2fa/totp/deactivate/", follow=True)

    assert "Your role signs in with two steps" in answer.content.decode()
    assert Authenticator.objects.filter(user=eva.person, type="totp").exists()


def test_one_of_two_may_go(in_as, eva):
    browser = in_as(eva)
    turn_on(browser)
    passkey_of(eva.person)
    browser.post("/account/2fa/totp/deactivate/")

    assert [one.type for one in Authenticator.objects.filter(user=eva.person)] == ["recovery_codes", "webauthn"]


def test_who_took_theirs_away_while_nobody_asked_is_asked_again(in_as, eva, rules):
    browser = in_as(eva)
    turn_on(browser)
    assert browser.get("/workspace/settings").status_code == 200
    rules(two_step_for=[])
    browser.post("/account/2fa/totp/deactivate/")
    rules(two_step_for=["agent"])

    assert browser.get("/workspace/settings").status_code == 302


def test_once_it_is_known_no_request_asks_again(in_as, eva, sign_in):
    secret = generate_totp_secret()
    TOTP.activate(eva.person, secret)
    browser = in_as(eva)
    browser.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    browser.get("/workspace/settings")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get("/workspace/settings").status_code == 200

    assert not [query for query in asked.captured_queries if "mfa_authenticator" in query["sql"]]


def test_an_administrator_resets_it_for_an_agent_whose_phone_is_lost(in_as, eva, root, mailed):
    agent, administrator = in_as(eva), in_as(root)
    turn_on(agent)
    page = f"/workspace/people/{eva.person.pk}"
    assert "Reset two-step sign-in" in administrator.get(page).content.decode()

    answer = administrator.post(f"{page}/two-step-reset")
    assert answer["Location"].startswith("/account/reauthenticate/")
    answer = administrator.post(answer["Location"], {"password": PASSWORD}, follow=True)

    assert "signs in without a second step" in answer.content.decode()
    assert not Authenticator.objects.filter(user=eva.person).exists()
    assert not is_in(agent)
    assert not UserSession.objects.filter(user=eva.person).exists()
    assert mailed(eva.person.email)[-1].kind == "two_factor_reset"
    assert "Reset two-step sign-in" not in administrator.get(page).content.decode()


def test_the_button_is_for_administrators_and_never_for_oneself(in_as, otto, eva, root, rules):
    rules(two_step_for=[])
    for person in (eva.person, root.person):
        passkey_of(person)

    assert "Reset two-step" not in in_as(otto).get(f"/workspace/people/{eva.person.pk}").content.decode()
    browser = Client()
    browser.force_login(root.person)
    assert "Reset two-step" in browser.get(f"/workspace/people/{eva.person.pk}").content.decode()
    assert "Reset two-step" not in browser.get(f"/workspace/people/{root.person.pk}").content.decode()
