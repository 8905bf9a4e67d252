"""Readers sign up: with an address that a mail confirms, for themselves alone."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.conftest import PASSWORD
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.mail.models import Delivery
from tuki.people.actor import Actor
from tuki.people.models import Membership, Person
from tuki.tickets import policy

THERE = "/account/signup/"


@pytest.fixture(autouse=True)
def _readers_sign_up(rules):
    cache.clear()
    rules(readers_sign_up=True)


def sign_up(client: Client, address: str):
    return client.post(THERE, {"email": address})


def mail_to(address: str) -> Delivery:
    run_ready()
    return Delivery.objects.get(kind="signed_up", address=address)


def test_a_reader_signs_up_and_is_let_in_by_the_link_in_the_mail_H5(client, desk):
    assert "Create an account" in client.get("/account/login/").content.decode()
    sign_up(client, "Reader@Nowhere.example")
    link = re.search(r"/hc/en/welcome/[\w:-]+", mail_to("reader@nowhere.example").html)[0]
    client.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    person = Person.objects.get(email="reader@nowhere.example")

    assert client.get("/hc/en/following").status_code == 200
    assert person.emailaddress_set.get().verified
    events = Entry.objects.filter(on_kind="person", on_id=person.pk).order_by("pk").values_list("event", flat=True)
    assert list(events)[:2] == ["person.added", "person.signed_up"]


def test_it_makes_nobody_a_companys_and_gives_no_right(client, acme):
    sign_up(client, "new@acme.example")
    person = Person.objects.get(email="new@acme.example")

    assert not Membership.objects.filter(person=person).exists()
    assert not policy.may_submit(Actor(person))


def test_no_answer_tells_whether_an_address_is_known(client, ada_person):
    answers = [sign_up(client, address) for address in ("ada@acme.example", "new@elsewhere.example")]

    assert {(one.status_code, one["Location"]) for one in answers} == {(302, "/hc/en/signed-up")}
    known = mail_to("ada@acme.example")
    assert "you have one already" in known.text
    assert "/welcome/" not in known.text


def test_a_mail_repeats_nothing_and_comes_a_few_times_a_day_at_most(desk):
    for _ in range(5):
        cache.clear()
        sign_up(Client(), "reader@nowhere.example")
        run_ready()

    assert Delivery.objects.filter(kind="signed_up").count() == 3


def test_whoever_asks_again_and_again_is_asked_to_wait(client, desk):
    assert [sign_up(client, "reader@nowhere.example").status_code for _ in range(4)] == [302, 302, 302, 429]


def test_where_the_desk_says_no_nobody_signs_up(client, rules):
    rules(readers_sign_up=False)
    assert "You don't have to sign up" in client.get(THERE).content.decode()
    sign_up(client, "new@acme.example")

    assert "Create an account" not in client.get("/account/login/").content.decode()
    assert not Person.objects.filter(email="new@acme.example").exists()
