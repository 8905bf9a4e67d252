"""What was done to a company, as support and its managers read it."""

import pytest

from tuki.desk.models import WhoGivesSeats
from tuki.people import actions
from tuki.people.history import history_of
from tuki.people.models import Membership, Package


@pytest.fixture(autouse=True)
def _companies_give(rules):
    rules(who_gives_seats=WhoGivesSeats.COMPANY)


def lines(viewer, company) -> list[str]:
    """As they are read, without what made the cast."""
    return [f"{line.who} {line.text}" for line in history_of(viewer, company).rows if not line.who.startswith("Festum")]


def test_a_companys_history_names_people_packages_and_roles_the_newest_first(acme, ada, carol, nils, eva):
    small = Package.objects.create(key="small", labels={"en": "Small"})
    actions.sell_package(acme, small, by=eva)
    actions.make_manager(Membership.objects.get(person=nils.person), True, by=carol)
    actions.take_seat(Membership.objects.get(person=ada.person), by=carol)

    assert lines(eva, acme) == [
        "Carol Cederberg removed from Ada Aalto: seat",
        "Carol Cederberg made Nils Niemi a manager",
        "Eva Eskola changed the package from none to Small",
    ]


def test_a_right_is_called_what_the_desk_calls_it(acme, ada, carol, eva, rules):
    rules(who_gives_seats=WhoGivesSeats.COMPANY, seat_labels={"en": "service account"})
    actions.take_seat(Membership.objects.get(person=ada.person), by=carol)

    assert lines(eva, acme)[0] == "Carol Cederberg removed from Ada Aalto: service account"


def test_managers_read_no_housekeeping_and_agents_names_as_customers_know_them(acme, carol, eva):
    eva.person.display_name = "Eva from support"
    eva.person.save()
    actions.change_organization(acme, note="Pays late.", by=eva)
    actions.change_organization(acme, name="Acme Group", note="Pays later.", by=eva)

    assert lines(carol, acme) == ["Eva from support changed the company’s facts"]
    assert len(lines(eva, acme)) == 2


def test_no_manager_learns_who_was_invited_before_they_accept(acme, carol, dora, eva):
    place = actions.invite_colleague(acme, "dora@globex.example", name="Somebody", by=carol)
    assert "Carol Cederberg invited Somebody" in lines(carol, acme)

    actions.end_invitation(place, by=dora)
    assert not any("Dora" in line.who + line.text for line in history_of(carol, acme).rows)
    assert "Carol Cederberg invited Dora Dahl" in lines(eva, acme)


def test_whoever_was_found_to_be_a_colleague_is_named_as_that_colleague(acme, ada, bert, nils, carol, eva):
    actions.make_manager(Membership.objects.get(person=nils.person), True, by=carol)
    actions.take_seat(Membership.objects.get(person=ada.person), by=nils)
    actions.merge_persons(bert.person, nils.person, by=eva)

    assert lines(carol, acme)[-2:] == [
        "Bert Berg removed from Ada Aalto: seat",
        "Carol Cederberg made Bert Berg a manager",
    ]


def test_whoever_is_asked_to_join_is_told_to_be_invited_and_not_added(acme, carol):
    actions.invite_colleague(acme, "new@acme.example", name="Noora", by=carol)

    assert lines(carol, acme) == ["Carol Cederberg invited Noora"]


def test_a_long_history_costs_as_many_questions_as_a_short_one(
    acme, ada, bert, carol, nils, eva, django_assert_num_queries
):
    with django_assert_num_queries(2):  # the entries, and the names
        history_of(eva, acme)
    for person in (ada, bert, nils):
        actions.make_manager(Membership.objects.get(person=person.person), True, by=carol)
        actions.make_manager(Membership.objects.get(person=person.person), False, by=carol)
    with django_assert_num_queries(2):
        history_of(eva, acme)


def test_history_goes_on_where_the_page_ended(acme, ada, carol, eva):
    whole = history_of(eva, acme).rows
    first = history_of(eva, acme, size=2)
    second = history_of(eva, acme, first.older, size=2)

    assert [line.entry for line in first.rows + second.rows] == [line.entry for line in whole[:4]]
