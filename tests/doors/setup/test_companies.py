"""Setup's pages of companies, their people and packages."""

import pytest

from tuki.desk.models import WhoSees
from tuki.people import actions, lists
from tuki.people.models import Membership, Organization, Package, Person, Seat
from tuki.tickets import actions as tickets
from tuki.tickets.policy import organizations_seen


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def place_of(actor) -> Membership:
    return Membership.objects.get(person=actor.person)


@pytest.fixture
def small(acme) -> Package:
    """Acme's package: one seat."""
    package = Package.objects.create(key="small", labels={"en": "Small"}, seats=1)
    Organization.objects.filter(pk=acme.pk).update(package=package)
    return package


@pytest.mark.parametrize(
    ("query", "shown"), [("", ["Acme Oy", "Globex Oy"]), ("?q=glob", ["Globex Oy"]), ("?q=1001", ["Acme Oy"])]
)
def test_companies_are_found_by_name_and_number(setup_of, acme, globex, query, shown):
    page = setup_of.get(f"/setup/companies{query}").context["page"]

    assert [str(one) for one in page.rows] == shown


def test_the_list_asks_as_many_questions_however_many_there_are(setup_of, queries_of, acme, machine):
    few = queries_of(setup_of, "/setup/companies")
    for number in range(20):
        actions.add_organization(f"Company {number}", by=machine)

    assert queries_of(setup_of, "/setup/companies") == few


def test_a_companys_page_asks_as_many_questions_however_many_its_people_are(
    setup_of, queries_of, ada, bert, nils, person, acme
):
    few = queries_of(setup_of, f"/setup/companies/{acme.pk}")
    for number in range(20):
        person(f"p{number}@acme.example", f"P{number}", seat=True)

    assert queries_of(setup_of, f"/setup/companies/{acme.pk}") == few


@pytest.mark.parametrize("rule", [*WhoSees, ""])
def test_who_sees_the_requests_is_told_by_name_as_the_policy_has_it(
    rule, rules, ada, bert, carol, nils, dora, acme, eva
):
    rules(who_sees=WhoSees.MANAGERS)
    actions.suspend(place_of(bert), by=eva)
    actions.change_visibility(acme, rule, by=eva)
    people = [Person.objects.get(pk=one.person_id) for one in (ada, bert, carol, nils, dora)]

    told = lists.who_sees(Organization.objects.get(pk=acme.pk))
    assert {one.person for one in told} == {one for one in people if acme.pk in organizations_seen(one)}


def test_a_seat_too_many_is_refused_on_the_page_with_names(setup_of, ada, nils, small):
    answer = setup_of.post(f"/setup/members/{place_of(nils).pk}/seat", {"value": "give"})

    assert answer.status_code == 409
    assert "these hold it: Ada Aalto" in words(answer)


def test_a_seat_is_moved_and_its_history_names_who_gave_and_ended_it(setup_of, ada, nils, small, acme, root):
    setup_of.post(f"/setup/members/{place_of(ada).pk}/seat", {"value": "move", "to": place_of(nils).pk})

    assert Seat.objects.get(ended_at=None).membership == place_of(nils)
    page = words(setup_of.get(f"/setup/companies/{acme.pk}"))
    assert "ended by Root" in page


def test_a_day_that_is_none_gives_no_seat_without_end(setup_of, nils):
    answer = setup_of.post(f"/setup/members/{place_of(nils).pk}/seat", {"value": "give", "until": "2099-02-31"})

    assert "“2099-02-31” is not a date." in answer.content.decode()
    assert not Seat.objects.filter(membership__person=nils.person).exists()


def test_a_seat_is_given_until_the_end_of_a_day(setup_of, nils):
    setup_of.post(f"/setup/members/{place_of(nils).pk}/seat", {"value": "give", "until": "2099-01-31"})

    assert str(Seat.objects.get(membership__person=nils.person).until) == "2099-01-31 22:00:00+00:00"  # Helsinki


def test_somebody_is_invited_with_a_seat(setup_of, acme):
    form = {"new-email": "new@acme.example", "new-name": "New", "new-language": "fi", "new-with_seat": "on"}
    setup_of.post(f"/setup/companies/{acme.pk}/invitations", form)

    assert Seat.objects.get().membership.person.email == "new@acme.example"


def test_fewer_seats_than_a_company_uses_are_refused_with_its_name(setup_of, ada, small):
    answer = setup_of.post(f"/setup/packages/{small.pk}", {"seats": "0", "note": ""})

    assert answer.status_code == 422
    assert "Acme Oy (1)" in words(answer)


def test_a_code_that_another_company_has_is_told_beside_the_form(setup_of, acme, globex):
    answer = setup_of.post(f"/setup/companies/{acme.pk}", {"facts-name": "Acme Oy", "facts-code": "1002"})

    assert answer.status_code == 422
    assert "Another company has this code." in words(answer)


def test_an_agent_who_leaves_is_followed_on_a_page(setup_of, eva, otto, submitted, work, root):
    tickets.assign(submitted(), eva.person, by=eva)
    page = f"/setup/people/{eva.person_id}/departure"
    assert setup_of.get(page).context["has"].tickets == "1"
    setup_of.post(page, {"successor": str(otto.person_id)})
    assert "being handed over" in words(setup_of.get(page))
    work()

    assert "all handed over" in words(setup_of.get(page))
    assert setup_of.get(page).context["has"].tickets == "0"
