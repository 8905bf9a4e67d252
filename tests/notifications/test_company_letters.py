"""Mails about a company's people: invitations, and the introduction of its main contact (A3)."""

import re

import pytest

from tuki.desk.models import WhoGivesSeats
from tuki.jobs.worker import run_ready
from tuki.journal.via import Via
from tuki.mail.models import Delivery
from tuki.people import actions, invitations
from tuki.people.actor import Actor
from tuki.people.models import Membership, Package, Person


@pytest.fixture(autouse=True)
def _companies_give(rules):
    rules(who_gives_seats=WhoGivesSeats.COMPANY, seat_labels={"en": "service account", "fi": "palvelutili"})


def mail_to(address: str) -> Delivery:
    run_ready()
    return Delivery.objects.get(address=address)


def test_a_new_colleague_gets_the_link_that_lets_them_in_in_their_language(acme, carol):
    actions.invite_colleague(acme, "new@acme.example", name="Noora", language="fi", with_seat=True, by=carol)
    mail = mail_to("new@acme.example")

    (link,) = set(re.findall(r"/hc/fi/welcome/([^\s)>]+)", mail.text))
    assert invitations.person_of(link) == Person.objects.get(email="new@acme.example")
    assert "Acme Oy" in mail.subject
    assert "Carol Cederberg" in mail.text
    assert "palvelutili" in mail.text
    assert mail.language == "fi"
    assert mail.is_secret  # nobody of the desk reads the link


def test_whoever_wrote_by_mail_and_never_signed_in_gets_a_link_that_accepts(acme, carol):
    known = actions.meet("known@elsewhere.example", by=Actor(None, Via.EMAIL))
    place = actions.invite_colleague(acme, known.email, name="Somebody", by=carol)
    mail = mail_to(known.email)

    (link,) = set(re.findall(r"/hc/en/welcome/([^\s)>]+)", mail.text))
    assert invitations.place_of(link) == place
    assert "Somebody" not in mail.text


def test_whom_the_desk_knows_is_asked_to_sign_in_and_gets_no_link_that_lets_them_in(acme, carol, dora):
    actions.invite_colleague(acme, "dora@globex.example", name="Somebody", by=carol)
    mail = mail_to("dora@globex.example")

    assert "/hc/en/invitations" in mail.text
    assert "/welcome/" not in mail.text
    assert "Somebody" not in mail.text


def test_an_invitation_that_was_taken_back_before_its_mail_was_made_is_not_sent(acme, carol):
    place = actions.invite_colleague(acme, "new@acme.example", name="Noora", by=carol)
    actions.end_invitation(place, by=carol)
    run_ready()

    assert not Delivery.objects.exists()


def test_an_invitation_sent_again_is_another_mail(acme, carol):
    place = actions.invite_colleague(acme, "new@acme.example", name="Noora", by=carol)
    actions.invite_again(place, by=carol)
    run_ready()

    assert Delivery.objects.filter(address="new@acme.example", kind="colleague").count() == 2


def test_the_main_contact_is_introduced_to_what_was_bought_and_how_support_works_A3(acme, eva, machine):
    silver = Package.objects.create(key="silver", labels={"en": "Silver"}, seats=5)
    actions.sell_package(acme, silver, by=machine)
    person = actions.add_person("boss@acme.example", name="Bo Boss", language="en", by=eva)
    actions.name_main_contact(Membership.objects.get(person=person), by=eva)
    mail = mail_to("boss@acme.example")

    for words in ("Silver", "service account", "for 5 people", f"/hc/en/company/{acme.pk}", "/welcome/"):
        assert words in mail.text
    assert mail.kind == "main_contact"


def test_a_main_contact_who_has_signed_in_before_gets_no_link_that_lets_them_in(acme, eva, nils):
    actions.name_main_contact(Membership.objects.get(person=nils.person), by=eva)
    mail = mail_to("nils@acme.example")

    assert "/welcome/" not in mail.text
    assert f"/hc/en/company/{acme.pk}" in mail.text


def test_who_is_main_contact_no_longer_when_the_mail_is_made_gets_none(acme, eva, nils, ada):
    actions.name_main_contact(Membership.objects.get(person=nils.person), by=eva)
    actions.name_main_contact(Membership.objects.get(person=ada.person), by=eva)
    run_ready()

    assert {mail.address for mail in Delivery.objects.all()} == {"ada@acme.example"}


def test_the_link_of_somebody_suspended_lets_them_in_and_shows_them_nothing(acme, carol, ada, ticket, client):
    from tuki.tickets import policy

    place = actions.invite_colleague(acme, "new@acme.example", name="Noora", with_seat=True, by=carol)
    token = invitations.token_for(place.person, place)
    actions.accept_place(place, by=Actor(place.person))
    actions.suspend(Membership.objects.get(pk=place.pk), by=carol)
    person = invitations.person_of(token)

    assert person is not None
    assert not policy.visible_tickets(Actor(person)).exists()
    assert not policy.may_submit(Actor(person))
