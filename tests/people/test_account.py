"""How people sign in, and which addresses they are known by."""

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.conftest import PASSWORD
from tuki.journal.via import Via
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, invitations, policy, queries
from tuki.people.actor import Actor
from tuki.people.models import Person

NEW = "another long password"


@pytest.fixture
def met(desk):
    return actions.meet("new@somewhere.example", name="New One", by=Actor(None, Via.EMAIL))


@pytest.fixture
def signed_in(client):
    """Be signed in once more, as somebody; the session's key."""

    def sign_in(person: Person) -> str:
        browser = type(client)()
        browser.force_login(person)
        key = browser.session.session_key
        UserSession.objects.create(user=person, session_key=key, ip="127.0.0.1", user_agent="Firefox")
        return key

    return sign_in


def test_an_invitation_lets_its_person_set_a_password(met, told_of):
    token = invitations.token_for(met)
    assert invitations.person_of(token) == met

    actions.accept_invitation(met, NEW, by=Actor(met))

    met.refresh_from_db()
    assert met.check_password(NEW)
    assert told_of(met) == ["person.password_changed"]


def test_whoever_accepts_an_invitation_has_shown_that_the_address_is_theirs(met):
    actions.accept_invitation(met, NEW, by=Actor(met))

    assert EmailAddress.objects.get(user=met, email=met.email).verified


def test_an_invitation_works_once(met):
    token = invitations.token_for(met)
    actions.accept_invitation(met, NEW, by=Actor(met))

    assert invitations.person_of(token) is None
    assert invitations.person_once_meant(token) == met


def test_of_two_who_use_an_invitation_at_once_the_second_is_refused(met):
    first, second = Person.objects.get(pk=met.pk), Person.objects.get(pk=met.pk)
    actions.accept_invitation(first, NEW, by=Actor(first))

    with pytest.raises(Refused):
        actions.accept_invitation(second, "the thief's password", by=Actor(second))
    met.refresh_from_db()
    assert met.check_password(NEW)


@pytest.mark.parametrize(("days", "lives"), [(13, True), (15, False)])
def test_an_invitation_dies_after_fourteen_days(met, monkeypatch, days, lives):
    then = time.time() - days * 24 * 3600
    with monkeypatch.context() as past:
        past.setattr("django.core.signing.time.time", lambda: then)
        token = invitations.token_for(met)

    assert (invitations.person_of(token) is not None) == lives


def test_an_invitation_dies_with_the_address(ada, ada_person):
    token = invitations.token_for(ada_person)
    further = actions.add_address(ada_person, "ada@home.example", by=ada)
    actions.confirm_address(further, by=ada)
    actions.write_to(further, by=ada)

    assert invitations.person_of(token) is None


def test_an_invitation_that_was_altered_was_for_nobody(met):
    token = invitations.token_for(met)

    assert invitations.person_once_meant(f"{token}x") is None
    assert invitations.person_once_meant("") is None


def test_an_invitation_leads_nobody_to_a_closed_account(met):
    token = invitations.token_for(met)
    Person.objects.filter(pk=met.pk).update(is_active=False)

    assert invitations.person_of(token) is None
    assert invitations.person_once_meant(token) is None


def test_support_invites_and_so_does_one_oneself_but_nobody_else(met, eva, mallory, told_of):
    with pytest.raises(Denied):
        actions.invite(met, by=mallory)
    actions.invite(met, by=eva)
    actions.invite(met, by=Actor(met))

    assert told_of(met) == ["person.invited", "person.invited"]


def test_nobody_is_invited_who_could_not_sign_in(met, eva):
    Person.objects.filter(pk=met.pk).update(is_active=False)
    met.refresh_from_db()

    with pytest.raises(Refused):
        actions.invite(met, by=eva)
    with pytest.raises(Refused):
        actions.invite(queries.system(), by=eva)


def test_a_new_password_signs_one_out_everywhere_but_here(ada, ada_person, bert, signed_in):
    here, elsewhere, of_bert = signed_in(ada_person), signed_in(ada_person), signed_in(bert.person)
    actions.set_password(ada_person, NEW, keep_session=here, by=ada)

    assert set(Session.objects.values_list("session_key", flat=True)) == {here, of_bert}
    assert [session.session_key for session in queries.sessions(ada_person)] == [here]
    assert elsewhere not in UserSession.objects.values_list("session_key", flat=True)


def test_nobody_sets_anothers_password(ada_person, eva, root):
    for somebody in (eva, root):
        with pytest.raises(Denied):
            actions.set_password(ada_person, NEW, by=somebody)

    ada_person.refresh_from_db()
    assert ada_person.check_password(PASSWORD)


def test_sessions_that_are_over_are_not_listed(ada_person, signed_in):
    over, alive = signed_in(ada_person), signed_in(ada_person)
    Session.objects.filter(session_key=over).update(expire_date=timezone.now())

    assert [session.session_key for session in queries.sessions(ada_person)] == [alive]


@pytest.fixture
def home(ada, ada_person):
    """Ada's further address, confirmed."""
    added = actions.add_address(ada_person, "ada@home.example", by=ada)
    actions.confirm_address(added, by=ada)
    return added


def test_an_address_is_added_confirmed_chosen_and_given_up(ada, ada_person, told_of):
    home = actions.add_address(ada_person, "Ada@Home.example", by=ada)
    actions.confirm_address(home, by=ada)
    changed = actions.write_to(home, by=ada)
    assert changed.email == "ada@home.example"
    assert [(row.email, row.primary) for row in queries.addresses(changed)] == [
        ("ada@home.example", True),
        ("ada@acme.example", False),
    ]

    actions.remove_address(EmailAddress.objects.get(email="ada@acme.example"), by=ada)
    assert queries.by_address("ada@acme.example") is None
    assert queries.by_address("ada@home.example") == ada_person
    assert told_of(ada_person) == [
        "person.address_added",
        "person.address_confirmed",
        "person.address_chosen",
        "person.address_removed",
    ]


@pytest.mark.parametrize("address", ["nobody", f"ada@{'a.' * 130}example"])
def test_what_is_no_address_is_not_added(ada, ada_person, address):
    with pytest.raises(Refused, match="is not an e-mail address"):
        actions.add_address(ada_person, address, by=ada)


def test_nobody_runs_anothers_addresses(ada_person, home, bert, eva):
    for somebody in (bert, eva):
        for verb in (actions.confirm_address, actions.write_to, actions.remove_address):
            with pytest.raises(Denied):
                verb(home, by=somebody)
        with pytest.raises(Denied):
            actions.add_address(ada_person, "more@home.example", by=somebody)


def test_we_write_to_no_address_that_is_not_confirmed(ada, ada_person):
    added = actions.add_address(ada_person, "ada@home.example", by=ada)

    with pytest.raises(Refused):
        actions.write_to(added, by=ada)


def test_the_address_that_we_write_to_is_not_removed(ada, ada_person):
    with pytest.raises(Refused):
        actions.remove_address(EmailAddress.objects.get(user=ada_person), by=ada)


@pytest.mark.parametrize("address", ["ada@acme.example", "ADA@acme.example", "ada@home.example", "not an address"])
def test_an_address_is_refused_that_is_ones_own_already_or_none(ada, ada_person, home, address):
    with pytest.raises(Refused) as refused:
        actions.add_address(ada_person, address, by=ada)

    assert refused.value.field == "email"


def test_a_person_has_so_many_addresses_and_no_more(ada, ada_person):
    for number in range(9):
        actions.add_address(ada_person, f"ada{number}@home.example", by=ada)

    with pytest.raises(Refused):
        actions.add_address(ada_person, "ada10@home.example", by=ada)


def test_anothers_address_is_taken_but_can_not_be_confirmed(ada, ada_person, bert):
    added = actions.add_address(ada_person, bert.person.email, by=ada)  # or it would tell that Bert is known here

    with pytest.raises(Refused):
        actions.confirm_address(added, by=ada)
    assert queries.by_address(bert.person.email) == bert.person


def test_an_address_that_another_has_confirmed_can_not_be_confirmed_again(ada, home, bert):
    added = actions.add_address(bert.person, home.email, by=bert)

    with pytest.raises(Refused):
        actions.confirm_address(added, by=bert)


def test_closed_and_merged_accounts_and_the_desk_itself_do_not_sign_in(ada_person, bert, eva, machine):
    Person.objects.filter(pk=ada_person.pk).update(is_active=False)
    actions.merge_persons(bert.person, actions.meet("b@home.example", by=eva), by=eva)

    assert not policy.may_sign_in(Person.objects.get(pk=ada_person.pk))
    assert not policy.may_sign_in(Person.objects.get(email="b@home.example"))
    assert not policy.may_sign_in(machine.person)
    assert queries.account("ada@acme.example") is None
    assert queries.account("b@home.example") == bert.person
