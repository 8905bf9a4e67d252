"""Companies and the right to use support (H6, A2)."""

import pytest

from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, queries
from tuki.people.models import Membership, Organization, Package, Person, Seat


def now(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_support_gives_a_seat_and_takes_it_away(nils, acme, eva):
    membership = Membership.objects.get(person=nils.person)
    actions.give_seat(membership, by=eva)
    assert queries.place(now(nils.person)).seated == {acme.pk}

    actions.take_seat(membership, by=eva)
    assert queries.place(now(nils.person)).seated == frozenset()


def test_customers_give_no_seats(nils, carol):
    with pytest.raises(Denied):
        actions.give_seat(Membership.objects.get(person=nils.person), by=carol)


def test_a_package_has_so_many_seats_and_no_more(ada, nils, acme, eva):
    package = Package.objects.create(key="basic", name="Basic", seats=1)
    Organization.objects.filter(pk=acme.pk).update(package=package)

    with pytest.raises(Refused):
        actions.give_seat(Membership.objects.get(person=nils.person), by=eva)
    assert Seat.objects.count() == 1


def test_a_seat_is_given_once(ada, eva):
    membership = Membership.objects.get(person=ada.person)

    assert actions.give_seat(membership, by=eva) == Seat.objects.get(membership=membership)


def test_two_companies_do_not_have_one_code(acme, eva):
    with pytest.raises(Refused) as refused:
        actions.add_organization("Another", code="1001", by=eva)

    assert refused.value.field == "code"


def test_a_company_asks_that_its_people_see_all_its_tickets(acme, ada, eva):
    with pytest.raises(Denied):
        actions.share_tickets(acme, True, by=ada)
    actions.share_tickets(acme, True, by=eva)

    assert queries.place(now(ada.person)).sharing == {acme.pk}


def test_only_the_administrator_gives_roles_and_teams(eva, nils, root, teams):
    with pytest.raises(Denied):
        actions.change_role(nils.person, "agent", by=eva)
    with pytest.raises(Denied):
        actions.set_teams(eva.person, [teams["payroll"]], by=eva)

    assert actions.change_role(nils.person, "agent", by=root).is_agent
    assert nils.person in queries.agents()
