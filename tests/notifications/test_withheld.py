"""Mails that let their reader in, and waited: they leave only while what they ask for still stands."""

import pytest
from django.utils import timezone

from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.mail.models import Delivery, State, Why
from tuki.people import actions
from tuki.people.models import Membership, Person

WITHHELD = (State.CANCELLED, Why.NO_RIGHT)


@pytest.fixture(autouse=True)
def _no_server_yet(settings):
    settings.DEMO, settings.SMTP = False, None


@pytest.fixture
def sent(settings):
    """Let what waits leave now; what became of the one mail to an address."""

    def leave(address: str) -> tuple[str, str]:
        settings.DEMO = True
        Job.objects.update(run_at=timezone.now())
        run_ready()
        run_ready()
        mail = Delivery.objects.get(address=address)
        return mail.state, mail.held_because

    return leave


@pytest.fixture
def invited(acme, carol) -> Membership:
    place = actions.invite_colleague(acme, "new@acme.example", name="Noora", by=carol)
    run_ready()
    return place


@pytest.fixture
def named(nils, eva) -> Membership:
    """A new main contact, whose introduction waits."""
    place = Membership.objects.get(person=nils.person)
    actions.name_main_contact(place, by=eva)
    run_ready()
    return place


def test_an_invitation_that_stands_leaves(invited, sent):
    assert sent("new@acme.example") == (State.SENT, "")


def test_an_invitation_that_was_taken_back_while_it_waited_does_not_leave(invited, sent, carol):
    actions.end_invitation(invited, by=carol)

    assert sent("new@acme.example") == WITHHELD


def test_an_invitation_to_whom_the_desk_knows_does_not_leave_once_they_have_answered(acme, carol, dora, sent):
    place = actions.invite_colleague(acme, "dora@globex.example", by=carol)
    run_ready()
    actions.accept_place(place, by=dora)

    assert sent("dora@globex.example") == WITHHELD


def test_a_main_contact_is_introduced_though_the_mail_had_to_wait(named, sent):
    assert sent("nils@acme.example") == (State.SENT, "")


def test_who_was_suspended_while_their_introduction_waited_does_not_get_it(named, sent, eva):
    actions.suspend(named, by=eva)

    assert sent("nils@acme.example") == WITHHELD


def test_who_is_main_contact_no_longer_does_not_get_the_introduction(named, sent, ada, eva):
    actions.name_main_contact(Membership.objects.get(person=ada.person), by=eva)

    assert sent("nils@acme.example") == WITHHELD


def test_who_was_asked_to_sign_in_and_whose_account_was_closed_gets_no_link(mallory, eva, sent):
    actions.invite(mallory.person, by=eva)
    run_ready()
    Person.objects.filter(pk=mallory.person_id).update(is_active=False)

    assert sent("mallory@nowhere.example") == WITHHELD
