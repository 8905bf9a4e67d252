"""A company's page: its people with their rights, what it bought, who of it sees what; run by support."""

import pytest

from tuki.desk.models import WhoGivesSeats, WhoSees
from tuki.people import actions as people
from tuki.people.models import Membership, Organization, Package


@pytest.fixture(autouse=True)
def _companies_give(rules):
    rules(who_gives_seats=WhoGivesSeats.COMPANY)


def place_of(actor) -> Membership:
    return Membership.objects.get(person=actor.person)


def page(company, rest: str = "") -> str:
    return f"/workspace/organizations/{company.pk}{rest}"


def test_support_reads_what_managers_see_and_its_own_note(desk_of, acme, ada, nils, carol, eva):
    people.sell_package(acme, Package.objects.create(key="two", labels={"en": "Two seats"}, seats=5), by=eva)
    people.change_organization(acme, note="Pays late.", by=eva)
    people.suspend(place_of(nils), by=eva)

    told = desk_of.get(page(acme)).content.decode()
    for words in ("Two seats", "2 of 5 in use", "Pays late.", "suspended", "Carol Cederberg", "suspended Nils Niemi"):
        assert words in told


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("note", "Call first.", "note"),
        ("package", "{package}", "package_id"),
        ("account_manager", "{eva}", "account_manager_id"),
    ],
)
def test_a_fact_is_changed_in_its_place(desk_of, acme, eva, name, value, field):
    package = Package.objects.create(key="one", labels={"en": "One"})
    value = value.format(package=package.pk, eva=eva.person_id)
    assert desk_of.post(page(acme, f"/facts/{name}"), {"value": value}).status_code == 302

    assert str(getattr(Organization.objects.get(pk=acme.pk), field)) == value


def test_who_sees_is_changed_from_there_and_told_in_words(desk_of, acme):
    desk_of.post(page(acme, "/facts/visibility"), {"who_sees": "managers", "take_part": "no"})

    asked = Organization.objects.get(pk=acme.pk)
    assert (asked.who_sees, asked.colleagues_take_part) == (WhoSees.MANAGERS, False)
    told = " ".join(desk_of.get(page(acme)).content.decode().split())
    assert "and the company&#x27;s managers" in told
    assert "colleagues only read" in told
    assert desk_of.post(page(acme, "/facts/visibility"), {"who_sees": "nonsense"}).status_code == 409


def test_what_cannot_be_is_told_where_it_was_asked_and_changes_nothing(desk_of, acme, ada, carol, eva):
    small = Package.objects.create(key="small", labels={"en": "Small"}, seats=1)
    answer = desk_of.post(page(acme, "/facts/package"), {"value": small.pk})

    assert answer.status_code == 409
    assert "Ada Aalto, Carol Cederberg" in answer.content.decode()
    assert Organization.objects.get(pk=acme.pk).package is None


def test_seats_are_given_taken_and_moved(desk_of, acme, ada, nils):
    desk_of.post(page(acme, "/seat"), {"held": place_of(ada).pk, "to": place_of(nils).pk})
    assert (place_of(ada).seat, place_of(nils).seat is None) == (None, False)

    desk_of.post(page(acme, f"/places/{place_of(nils).pk}/seat"), {"value": "no"})
    desk_of.post(page(acme, f"/places/{place_of(ada).pk}/seat"), {"value": "yes"})
    assert (place_of(ada).seat is None, place_of(nils).seat) == (False, None)


def test_people_are_invited_suspended_let_back_and_made_managers(desk_of, acme, nils):
    desk_of.post(page(acme, "/invitations"), {"email": "new@acme.example", "name": "Noora", "seat": "yes"})
    assert Membership.objects.get(person__email="new@acme.example").seat

    place = f"/places/{place_of(nils).pk}"
    desk_of.post(page(acme, f"{place}/manager"), {"value": "yes"})
    assert place_of(nils).role == "manager"
    desk_of.post(page(acme, f"{place}/main_contact"), {"value": "yes"})
    assert Organization.objects.get(pk=acme.pk).main_contact == nils.person
    desk_of.post(page(acme, f"{place}/suspended"), {"value": "yes"})
    assert place_of(nils).suspended_at
    desk_of.post(page(acme, f"{place}/suspended"), {"value": "no"})
    assert not place_of(nils).suspended_at


def test_another_companys_people_are_not_reached_through_this_one(desk_of, acme, globex, ada, dora):
    assert desk_of.post(page(acme, f"/places/{place_of(dora).pk}/suspended"), {"value": "yes"}).status_code == 404
    assert desk_of.post(page(acme, "/seat"), {"held": place_of(ada).pk, "to": place_of(dora).pk}).status_code == 404


def test_the_page_asks_as_much_for_many_people_and_requests_as_for_few(
    desk_of, acme, ada, submitted, person, queries_of
):
    submitted()
    few = queries_of(desk_of, page(acme))
    for n in range(10):
        person(f"p{n}@acme.example", f"P {n}", seat=True)
        submitted(f"Matter {n}")

    assert queries_of(desk_of, page(acme)) == few


def test_the_history_is_told_page_by_page(desk_of, acme, ada, eva):
    for n in range(40):
        people.change_organization(acme, note=f"Note {n}", by=eva)

    first = desk_of.get(page(acme, "/history")).content.decode()
    assert first.count("changed the company’s facts") == 30
    assert 'rel="next"' in first
