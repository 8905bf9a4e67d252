"""A ticket's facts, changed where they stand."""

import pytest

from tuki.people.models import Person
from tuki.tickets import actions, queries


@pytest.fixture
def set_fact(desk_of, ticket):
    def change(name: str, value: object = "", **more: object):
        answer = desk_of.post(f"/workspace/tickets/{ticket.number}/facts/{name}", {"value": value, **more})
        ticket.refresh_from_db()
        return answer

    return change


def test_each_fact_is_set_and_the_page_comes_back(set_fact, ticket, status, teams, otto, eva, desk):
    for name, value in [
        ("status", "hold"),
        ("priority", "2"),
        ("severity", "stops"),
        ("team", "accounting"),
        ("assignee", otto.person_id),
        ("subject", "Stuck invoices"),
        ("tags", "bank, sepa"),
        ("copies", "bert@nowhere.example"),
        ("following", "yes"),
    ]:
        answer = set_fact(name, value)
        assert answer.status_code in ({409} if name == "copies" else {302}), name

    assert (ticket.status, ticket.priority, ticket.severity) == (status("hold"), 2, "stops")
    assert (ticket.team, ticket.assignee, ticket.subject) == (teams["accounting"], otto.person, "Stuck invoices")
    assert [tag.name for tag in ticket.tags.all()] == ["bank", "sepa"]
    assert queries.people_who_follow(ticket) == [eva.person]


def test_facts_can_be_emptied(set_fact, ticket, eva, teams):
    actions.hand_over(ticket, teams["support"], by=eva)
    actions.assign(ticket, eva.person, by=eva)
    actions.set_priority(ticket, 1, by=eva)

    for name in ("team", "assignee", "priority"):
        set_fact(name)

    assert (ticket.team, ticket.assignee, ticket.priority) == (None, None, None)


def test_the_product_is_chosen_with_its_module(set_fact, ticket, desk):
    from tuki.desk.models import Module

    module = Module.objects.get()

    set_fact("about", f"{module.product_id}.{module.pk}")
    assert (ticket.product, ticket.module) == (module.product, module)
    set_fact("about", module.product_id)
    assert (ticket.product, ticket.module) == (module.product, None)
    assert set_fact("about", "999").status_code == 409


def test_copies_and_tags_are_taken_off(set_fact, ticket, eva, bert):
    actions.add_copies(ticket, ["bert@acme.example"], by=eva)
    actions.tag(ticket, add=["bank"], by=eva)

    set_fact("copies", remove=bert.person_id)
    set_fact("tags", remove="bank")

    assert queries.people_in_copy(ticket) == []
    assert not ticket.tags.exists()


def test_what_can_not_be_is_said_beside_the_fact(set_fact, desk_of, ticket):
    answer = set_fact("copies", "stranger@else.example")

    assert answer.status_code == 409
    page = answer.content.decode()
    mistake = page.index("“stranger@else.example” can&#x27;t be added")
    assert page.index("In copy") < mistake < page.index("Followers")
    assert not Person.objects.filter(email="stranger@else.example").exists()


def test_a_script_gets_the_parts_that_changed(browser_of, eva, ticket):
    browser = browser_of(eva, htmx=True)

    answer = browser.post(f"/workspace/tickets/{ticket.number}/facts/subject", {"value": "Better"})
    assert answer.status_code == 200
    assert '<hx-partial id="facts"' in answer.content.decode()
    refused = browser.post(f"/workspace/tickets/{ticket.number}/facts/subject", {"value": " "})
    assert refused.status_code == 409
    assert "A request needs a subject." in refused.content.decode()


def test_confidential_and_trash_go_both_ways(set_fact, desk_of, ticket):
    set_fact("confidential", "yes")
    assert ticket.confidential
    set_fact("confidential", "no")
    set_fact("trash", "yes")
    assert ticket.trashed_at
    assert "In the trash" in desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()
    set_fact("trash", "no")
    assert (ticket.confidential, ticket.trashed_at) == (False, None)


def test_a_ticket_handed_to_a_private_team_leads_back_to_the_list(browser_of, eva, ticket, teams):
    path = f"/workspace/tickets/{ticket.number}/facts/team"

    plain = browser_of(eva).post(path, {"value": "payroll", "view": "open"})
    assert plain.url == "/workspace/views/open/"
    assert browser_of(eva, htmx=True).post(path, {"value": ""}).status_code == 404


def test_the_requester_is_found_and_changed(set_fact, desk_of, ticket, dora):
    page = desk_of.get(f"/workspace/tickets/{ticket.number}/requester", {"q": "dora"}).content.decode()
    assert "dora@globex.example" in page

    set_fact("requester", dora.person_id)

    assert ticket.requester == dora.person
    assert ticket.organization.name == "Globex Oy"


def test_there_is_no_other_fact(set_fact):
    assert set_fact("number", 7).status_code == 404
