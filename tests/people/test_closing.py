"""Accounts that are closed, and the one administrator whom a desk can't lose."""

import pytest
from django.contrib.sessions.models import Session

from tuki.journal.models import Entry
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, policy
from tuki.people.models import Person, Role, Seat
from tuki.tickets import actions as tickets


def now(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_a_closed_account_is_signed_out_and_its_seat_is_free(client, ada, root, told_of, signed_in_at):
    client.force_login(ada.person)
    signed_in_at(client, ada)
    actions.close_account(ada.person, by=root)

    assert not policy.may_sign_in(now(ada.person))
    assert not Session.objects.exists()
    assert Seat.objects.get(membership__person=ada.person).ended_by == root.person
    assert told_of(ada.person)[-1:] == ["person.closed"]


def test_an_account_is_closed_once(ada, root, told_of):
    actions.close_account(ada.person, by=root)
    actions.close_account(ada.person, by=root)

    assert told_of(ada.person).count("person.closed") == 1


def test_an_account_that_is_opened_again_has_its_companies_and_no_seat(ada, root, acme, told_of):
    actions.close_account(ada.person, by=root)
    actions.reopen_account(ada.person, by=root)

    assert policy.may_sign_in(now(ada.person))
    assert [place.seat for place in ada.person.memberships.all()] == [None]
    assert told_of(ada.person)[-1:] == ["person.reopened"]


def test_only_administrators_close_accounts(ada, eva):
    with pytest.raises(Denied):
        actions.close_account(ada.person, by=eva)


def test_nobody_closes_their_own_account(root, person):
    person("second@festum.example", "Second", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="your own"):
        actions.close_account(root.person, by=root)


def test_the_last_administrator_stays(root, machine):
    with pytest.raises(Refused, match="only administrator"):
        actions.close_account(root.person, by=machine)
    with pytest.raises(Refused, match="only administrator"):
        actions.change_role(root.person, Role.AGENT, by=machine)

    assert now(root.person).role == Role.ADMINISTRATOR


def test_an_administrator_whose_account_is_closed_is_none(root, person, machine):
    gone = person("second@festum.example", "Second", Role.ADMINISTRATOR)
    actions.close_account(gone, by=root)
    with pytest.raises(Refused, match="only administrator"):
        actions.change_role(root.person, Role.AGENT, by=machine)


def test_who_is_no_agent_any_more_works_in_no_team_and_the_team_tells(eva, root, teams):
    actions.change_role(eva.person, Role.CUSTOMER, by=root)

    assert not eva.person.teams.exists()
    left = Entry.objects.filter(event="team.changed", on_id=teams["support"].pk).latest("pk")
    assert (left.data["removed"], left.person) == ([eva.person_id], root.person)


def test_who_has_unsolved_requests_or_is_all_that_a_private_team_has_stays_an_agent(eva, hanna, root, ticket, person):
    tickets.assign(ticket, eva.person, by=eva)
    with pytest.raises(Refused, match="assigned to Eva Eskola"):
        actions.change_role(eva.person, Role.CUSTOMER, by=root)
    with pytest.raises(Refused, match="Nobody else works in Payroll"):
        actions.change_role(hanna.person, Role.CUSTOMER, by=root)
    assert now(eva.person).is_agent
    assert hanna.person.teams.exists()

    tickets.solve(ticket, by=eva)
    person("second@festum.example", "Second", Role.AGENT, team="payroll")
    assert not actions.change_role(eva.person, Role.CUSTOMER, by=root).is_agent
    assert not actions.change_role(hanna.person, Role.CUSTOMER, by=root).is_agent


def test_nobody_becomes_the_desk_itself(eva, root):
    with pytest.raises(Refused):
        actions.change_role(eva.person, Role.SYSTEM, by=root)
