"""Setup's pages of people, teams and roles."""

import pytest

from tuki.people import actions
from tuki.people.models import Person, Role


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Ada Aalto", "Dora Dahl", "Eva Eskola", "Root"}),
        ("?role=agent", {"Eva Eskola"}),
        ("?role=administrator", {"Root"}),
        ("?q=aal", {"Ada Aalto"}),
        ("?q=dora@globex.example", {"Dora Dahl"}),
        ("?role=closed", {"Nils Niemi"}),
    ],
)
def test_people_are_found_by_role_name_and_address(setup_of, ada, dora, eva, nils, root, query, shown):
    actions.close_account(nils.person, by=root)
    page = setup_of.get(f"/setup/people{query}")
    everybody = {"Ada Aalto", "Dora Dahl", "Eva Eskola", "Root", "Nils Niemi"}

    found = {str(person) for person in page.context["page"].rows} & everybody
    assert found == shown | ({"Nils Niemi"} if not query else set())


def test_people_are_paged_by_name_and_each_is_shown_once(setup_of, person, root, monkeypatch):
    monkeypatch.setattr("tuki.doors.setup.views.people.SIZE", 3)
    for name in ("Bo", "Bo", "Bo", "Bo", "Cia", "Åke", ""):
        person(f"p{Person.objects.count()}@acme.example", name)
    seen, at = [], ""
    while True:
        page = setup_of.get("/setup/people", {"at": at}).context["page"]
        seen += [one.pk for one in page.rows]
        if not page.older:
            break
        at = page.older
    back = setup_of.get("/setup/people", {"at": page.newer}).context["page"]

    assert sorted(seen) == sorted(Person.objects.exclude(role=Role.SYSTEM).values_list("pk", flat=True))
    assert [one.pk for one in back.rows] == seen[-len(page.rows) - 3 : -len(page.rows)]


def test_the_list_asks_as_many_questions_however_many_there_are(setup_of, queries_of, person, ada):
    few = queries_of(setup_of, "/setup/people")
    for number in range(30):
        person(f"p{number}@acme.example", f"P{number}", seat=True)

    assert queries_of(setup_of, "/setup/people") == few


def test_a_page_tells_what_was_done_to_somebody_with_names(setup_of, eva, root, person):
    second = person("second@festum.example", "Sari Salo")
    actions.change_role(second, Role.AGENT, by=root)
    actions.change_profile(second, display_name="Sari", by=root)

    page = words(setup_of.get(f"/setup/people/{second.pk}"))
    assert "changed the role from customer to agent" in page
    assert "changed the profile: name shown to customers" in page


def test_an_administrator_adds_an_agent_who_gets_a_link(setup_of, teams, done_to, work):
    form = {"email": "sari@festum.example", "name": "Sari", "language": "fi", "role": "agent", "teams": "support"}
    setup_of.post("/setup/people/new", form | {"invite": "on"})

    sari = Person.objects.get(email="sari@festum.example")
    assert (sari.role, [team.key for team in sari.teams.all()]) == (Role.AGENT, ["support"])
    assert done_to(sari)[-1] == "person.invited"


def test_a_taken_address_is_told_beside_the_form(setup_of, ada):
    form = {"email": "ada@acme.example", "name": "Ada", "language": "en", "role": "customer"}
    answer = setup_of.post("/setup/people/new", form)

    assert answer.status_code == 422
    assert "There is already a person with this address." in words(answer)


def test_an_account_is_closed_and_opened_from_its_page(setup_of, ada, done_to):
    setup_of.post(f"/setup/people/{ada.person_id}/closure", {"value": "close"})
    assert not Person.objects.get(pk=ada.person_id).is_active
    assert "closed" in words(setup_of.get(f"/setup/people/{ada.person_id}"))

    setup_of.post(f"/setup/people/{ada.person_id}/closure", {"value": "open"})
    assert done_to(ada.person)[-2:] == ["person.closed", "person.reopened"]


def test_the_last_administrator_keeps_the_role(setup_of, root):
    answer = setup_of.post(f"/setup/people/{root.person_id}/role", {"role-role": "agent"})

    assert answer.status_code == 422
    assert "Root is the only administrator." in words(answer)


def test_a_teams_members_are_chosen_on_its_page(setup_of, eva, otto, teams, done_to):
    setup_of.post(f"/setup/teams/{teams['support'].pk}", {"members": [str(otto.person_id)]})

    assert [str(one) for one in teams["support"].members.all()] == ["Otto Ojala"]
    assert done_to(teams["support"])[-1:] == ["team.changed"]
    page = words(setup_of.get(f"/setup/teams/{teams['support'].pk}"))
    assert "joined Otto Ojala; left Eva Eskola" in page


def test_the_page_of_roles_names_who_has_them(setup_of, eva, ada):
    page = words(setup_of.get("/setup/roles"))

    assert "Eva Eskola" in page
    assert "Ada Aalto" not in page  # customers are too many to name
