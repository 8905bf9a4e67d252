"""Second factors: taken away by their owner, reset by an administrator."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession

from tests.passkeys import passkey_of
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, factors


@pytest.fixture
def app(eva) -> Authenticator:
    """Eva's, with recovery codes beside it."""
    app = TOTP.activate(eva.person, generate_totp_secret()).instance
    RecoveryCodes.activate(eva.person)
    return app


@pytest.fixture
def key(eva) -> Authenticator:
    return passkey_of(eva.person)[1]


@pytest.fixture
def elsewhere(eva) -> UserSession:
    return UserSession.objects.create(user=eva.person, session_key="elsewhere", ip="127.0.0.1", user_agent="Firefox")


def test_nobody_but_its_owner_takes_one_away(app, root, told_of, eva):
    with pytest.raises(Denied):
        actions.remove_factor(app, by=root)

    assert factors.factors_of(eva.person_id) == [app]
    assert told_of(eva.person) == []


def test_with_the_last_one_go_the_recovery_codes_and_the_other_sessions(app, eva, elsewhere, told_of):
    actions.remove_factor(app, by=eva)

    assert not Authenticator.objects.filter(user=eva.person).exists()
    assert not UserSession.objects.filter(pk=elsewhere.pk).exists()
    assert told_of(eva.person) == ["person.two_factor_changed"]


def test_where_one_is_left_nothing_else_goes(app, key, eva, elsewhere, told_of):
    actions.remove_factor(key, by=eva)

    assert {one.type for one in Authenticator.objects.filter(user=eva.person)} == {"totp", "recovery_codes"}
    assert UserSession.objects.filter(pk=elsewhere.pk).exists()
    assert told_of(eva.person) == ["person.passkey_removed"]


def test_the_last_one_stays_where_the_role_must_have_one(app, key, eva, rules, told_of):
    rules(two_step_for=["agent"])
    actions.remove_factor(app, by=eva)

    with pytest.raises(Refused, match="Your role signs in with two steps"):
        actions.remove_factor(key, by=eva)

    assert factors.factors_of(eva.person_id) == [key]
    assert told_of(eva.person) == ["person.two_factor_changed"]


def test_one_that_is_gone_already_goes_once(app, key, eva, told_of):
    for _time in range(2):
        actions.remove_factor(key, by=eva)

    assert told_of(eva.person) == ["person.passkey_removed"]


def test_a_reset_takes_all_of_them_and_ends_every_session(app, key, eva, root, elsewhere, rules, told_of):
    rules(two_step_for=["agent"])
    actions.reset_two_factor(eva.person, by=root)

    assert not Authenticator.objects.filter(user=eva.person).exists()
    assert not UserSession.objects.filter(user=eva.person).exists()
    assert told_of(eva.person) == ["person.two_factor_reset"]


def test_only_an_administrator_resets_and_only_for_somebody_else(app, eva, otto, ada, root):
    passkey_of(root.person)
    for person, by in [(eva.person, otto), (eva.person, ada), (eva.person, eva), (root.person, root)]:
        with pytest.raises(Denied):
            actions.reset_two_factor(person, by=by)

    assert factors.factors_of(eva.person_id) == [app]


def test_there_is_nothing_to_reset_where_there_is_none(otto, root, told_of):
    with pytest.raises(Refused):
        actions.reset_two_factor(otto.person, by=root)

    assert told_of(otto.person) == []
