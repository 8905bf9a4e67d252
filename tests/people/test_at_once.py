"""Seats that many ask for at the same moment, each by a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection, connections

from tuki.lib.refusal import Refused
from tuki.people import actions
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Package, Person, Seat

MANY = 20


@pytest.fixture
def crowd(person, acme) -> list[int]:
    """The places of twenty people of Acme, whose package brings two seats, of which one is free."""
    package = Package.objects.create(key="small", labels={"en": "Small"}, seats=2)
    Organization.objects.filter(pk=acme.pk).update(package=package)
    person("holder@acme.example", "Holder", seat=True)
    made = [person(f"p{number}@acme.example", f"P{number}") for number in range(MANY)]
    return [one.memberships.get().pk for one in made]


def at_once(does, asked: list[int]) -> list[str]:
    """What became of each, all of whom begin together: "given", or why not."""
    gate = Barrier(len(asked), timeout=30)

    def ask(one: int) -> str:
        close_old_connections()
        try:
            connection.ensure_connection()
            gate.wait()
            does(one)
        except Refused as refusal:
            return str(refusal)
        else:
            return "given"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(ask, asked))


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_are_given_the_last_seat_at_once_one_gets_it(crowd, eva):
    def give(place: int) -> None:
        actions.give_seat(Membership.objects.get(pk=place), by=Actor(Person.objects.get(pk=eva.person_id)))

    ends = at_once(give, crowd)

    assert ends.count("given") == 1
    assert all("Holder" in end for end in ends if end != "given")
    assert Seat.objects.filter(ended_at=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_are_invited_to_the_last_seat_at_once_one_gets_it(crowd, eva, acme):
    def invite(number: int) -> None:
        by = Actor(Person.objects.get(pk=eva.person_id))
        actions.invite_colleague(acme, f"new{number}@acme.example", name=f"New {number}", with_seat=True, by=by)

    ends = at_once(invite, list(range(MANY)))

    assert ends.count("given") == 1
    assert Person.objects.filter(email__startswith="new").count() == 1
    assert Seat.objects.filter(ended_at=None).count() == 2
