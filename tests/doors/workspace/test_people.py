"""Customers: recorded, invited, found and merged."""

import pytest

from tests.conftest import LONG_AGO
from tuki.journal.models import Entry, Via
from tuki.people import actions as people_actions
from tuki.people.models import Person
from tuki.tickets.models import Ticket

NEW = "/workspace/tickets/new"


@pytest.fixture
def call() -> dict[str, str]:
    return {
        "via": "phone",
        "requester": "ada@acme.example",
        "subject": "Can't log in",
        "body": "She called.",
        "mine": "on",
    }


def test_a_call_is_recorded_as_a_ticket_of_the_caller(desk_of, ada, eva, call, teams):
    answer = desk_of.post(NEW, {**call, "team": "support", "severity": "stops"})

    ticket = Ticket.objects.get()
    assert answer.url == f"/workspace/tickets/{ticket.number}"
    assert (ticket.requester, ticket.assignee, ticket.via) == (ada.person, eva.person, Via.PHONE)
    assert (ticket.team, ticket.priority) == (teams["support"], 1)
    assert ticket.messages.get().author == eva.person


def test_an_address_nobody_is_known_by_makes_a_person(desk_of, acme, call):
    desk_of.post(NEW, {**call, "requester": "new@acme.example", "name": "Nelli New"})

    person = Person.objects.get(email="new@acme.example")
    assert person.name == "Nelli New"
    assert Ticket.objects.get().organization == acme


def test_a_name_is_enough_where_only_one_is_called_that(desk_of, ada, call):
    desk_of.post(NEW, {**call, "requester": "aalto"})

    assert Ticket.objects.get().requester == ada.person


def test_where_several_are_called_that_one_is_asked_for_and_nothing_is_lost(desk_of, ada, person, call):
    person("other@acme.example", "Ada Other")

    answer = desk_of.post(NEW, {**call, "requester": "Ada"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Which of them is it?" in page
    assert 'value="other@acme.example"' in page
    assert "She called." in page
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"requester": "Nobody Known"}, "Nobody is known by that name."),
        ({"requester": "no@address@x"}, "is not an e-mail address."),
        ({"subject": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(desk_of, ada, call, wrong, words):
    answer = desk_of.post(NEW, {**call, **wrong})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "She called." in answer.content.decode()


def test_support_sends_a_new_sign_in_link(desk_of, ada):
    answer = desk_of.post(f"/workspace/people/{ada.person_id}/invitation", follow=True)

    assert "A sign-in link is on its way to ada@acme.example." in answer.content.decode()
    assert Entry.objects.filter(event="person.invited", on_id=ada.person_id).exists()


def test_people_and_companies_are_found(desk_of, ada, dora):
    page = desk_of.get("/workspace/people/", {"q": "aalto"}).content.decode()
    assert "Ada Aalto" in page
    assert "Dora Dahl" not in page
    assert "Acme Oy" in desk_of.get("/workspace/people/", {"q": "1001"}).content.decode()


def test_a_box_is_offered_people_while_one_types(browser_of, eva, ada):
    page = browser_of(eva, htmx=True).get("/workspace/people/", {"q": "aal"}).content.decode()

    assert '<option value="ada@acme.example">Ada Aalto – Acme Oy</option>' in page


def test_a_person_and_a_company_show_what_they_asked_for(desk_of, ada, acme, ticket):
    for path in (f"/workspace/people/{ada.person_id}", f"/workspace/organizations/{acme.pk}"):
        page = desk_of.get(path).content.decode()
        assert ticket.subject in page
        assert "Acme Oy" in page


def test_duplicates_are_laid_side_by_side_and_become_one(desk_of, ada, dora, submitted):
    ticket = submitted(by=dora)
    path = f"/workspace/people/{ada.person_id}/merge"

    assert "dora@globex.example" in desk_of.get(path, {"q": "dora"}).content.decode()
    assert "Are these the same person?" in desk_of.get(path, {"other": dora.person_id}).content.decode()
    answer = desk_of.post(path, {"other": dora.person_id, "keep": ada.person_id})

    ticket.refresh_from_db()
    assert answer.url == f"/workspace/people/{ada.person_id}"
    assert ticket.requester == ada.person
    assert desk_of.get(f"/workspace/people/{dora.person_id}").url == f"/workspace/people/{ada.person_id}"


def test_an_agent_is_merged_with_nobody(desk_of, ada, otto):
    answer = desk_of.post(f"/workspace/people/{ada.person_id}/merge", {"other": otto.person_id, "keep": ada.person_id})

    assert answer.status_code == 409
    assert "Only customers can be merged." in answer.content.decode()


def test_companies_become_one_and_the_other_may_be_the_one_that_is_kept(desk_of, acme, globex, ticket):
    path = f"/workspace/organizations/{acme.pk}/merge"

    assert "1002" in desk_of.get(path, {"q": "Glob"}).content.decode()
    assert "globex.example" in desk_of.get(path, {"other": globex.pk}).content.decode()
    answer = desk_of.post(path, {"other": globex.pk, "keep": globex.pk})

    ticket.refresh_from_db()
    assert answer.url == f"/workspace/organizations/{globex.pk}"
    assert ticket.organization == globex
    assert desk_of.get(f"/workspace/organizations/{acme.pk}").status_code == 404


def test_a_company_costs_the_same_however_many_its_people(desk_of, acme, machine, queries_of):
    path = f"/workspace/organizations/{acme.pk}"

    def hire(many: int, start: int) -> None:
        for n in range(start, start + many):
            people_actions.meet(f"p{n}@acme.example", by=machine.when(LONG_AGO))

    hire(2, 0)
    desk_of.get(path)
    few = queries_of(desk_of, path)
    hire(20, 2)
    assert queries_of(desk_of, path) == few
