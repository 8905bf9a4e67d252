"""Who may know that a ticket exists. Lists, pages, files and mails all ask the same query."""

import pytest

from tuki.desk.models import WhoSees, WhoSubmits
from tuki.files import actions as files_actions
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions as people_actions
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import actions, policy


def sees(viewer: Actor, ticket) -> bool:
    if viewer.person is not None:
        viewer = Actor(Person.objects.get(pk=viewer.person.pk))  # a new request
    return policy.may_see(viewer, ticket)


def test_by_default_a_customer_sees_only_their_own(ticket, ada, bert, carol, dora, mallory):
    assert [sees(viewer, ticket) for viewer in (ada, bert, carol, dora, mallory)] == [True, False, False, False, False]


def test_nobody_signed_in_sees_nothing(ticket):
    assert not sees(Actor(None), ticket)


def test_a_person_whose_account_is_closed_sees_nothing(ticket, ada, eva):
    Person.objects.filter(pk__in=[ada.person_id, eva.person_id]).update(is_active=False)

    assert not sees(ada, ticket)
    assert not sees(eva, ticket)


@pytest.mark.parametrize(
    ("rule", "bert_sees", "carol_sees", "nils_sees"),
    [
        (WhoSees.NOBODY, False, False, False),
        (WhoSees.MANAGERS, False, True, False),
        (WhoSees.SEATS, True, True, False),
        (WhoSees.EVERYONE, True, True, True),
    ],
)
def test_colleagues_see_what_the_desks_rule_says(
    rules, rule, bert_sees, carol_sees, nils_sees, ticket, bert, carol, nils, dora
):
    rules(who_sees=rule)

    assert (sees(bert, ticket), sees(carol, ticket), sees(nils, ticket)) == (bert_sees, carol_sees, nils_sees)
    assert not sees(dora, ticket)


def test_a_company_that_asked_lets_all_with_a_seat_see_H11(rules, ticket, acme, bert, nils, dora, eva):
    rules(who_sees=WhoSees.NOBODY)
    people_actions.change_visibility(acme, WhoSees.SEATS, by=eva)

    assert (sees(bert, ticket), sees(nils, ticket), sees(dora, ticket)) == (True, False, False)


def test_copies_see_the_ticket(ticket, ada, nils):
    actions.add_copy(ticket, "nils@acme.example", by=ada)

    assert sees(nils, ticket)


def test_where_copies_start_with_supports_first_answer_they_know_of_nothing_before_F10(rules, ticket, ada, nils, eva):
    rules(copies_from_first_answer=True)
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    assert not sees(nils, ticket)

    actions.reply(ticket, "<p>Which?</p>", by=eva)
    assert sees(nils, ticket)


def test_an_agent_sees_all_but_other_teams_private_tickets(ticket, teams, eva, hanna, root, otto):
    assert all(sees(agent, ticket) for agent in (eva, otto, hanna, root))
    actions.hand_over(ticket, teams["payroll"], by=eva)

    assert [sees(agent, ticket) for agent in (eva, otto, hanna, root)] == [False, False, True, False]


def test_a_confidential_ticket_is_its_own_peoples(rules, ticket, teams, ada, bert, eva, otto, hanna):
    rules(who_sees=WhoSees.SEATS)
    assert sees(bert, ticket)
    actions.hand_over(ticket, teams["accounting"], by=eva)
    actions.set_confidential(ticket, True, by=eva)

    assert sees(eva, ticket)  # who hid it follows it
    assert sees(otto, ticket)  # its team
    assert not sees(hanna, ticket)
    assert sees(ada, ticket)
    assert not sees(bert, ticket)


def test_what_is_in_the_trash_is_gone_for_customers(ticket, ada, eva):
    actions.trash(ticket, by=eva)
    assert (sees(ada, ticket), sees(eva, ticket)) == (False, True)

    actions.restore(ticket, by=eva)
    assert sees(ada, ticket)


def test_a_file_is_seen_by_those_who_read_its_message(ticket, ada, bert, eva):
    public = files_actions.store(b"1", "1.txt", by=ada)
    hidden = files_actions.store(b"2", "2.txt", by=eva)
    actions.reply(ticket, "", files=[public], by=ada)
    actions.note(ticket, "<p>See.</p>", files=[hidden], by=eva)

    assert set(policy.visible_files(ada)) == {public}
    assert set(policy.visible_files(eva)) == {public, hidden}
    assert not policy.visible_files(bert).exists()


def test_an_upload_that_no_message_took_is_its_owners(ada, eva):
    file = files_actions.store(b"1", "1.txt", by=ada)

    assert file in policy.visible_files(ada)
    assert file not in policy.visible_files(eva)
    assert file not in policy.visible_files(Actor(None))


@pytest.mark.parametrize(
    ("rule", "nils_may", "mallory_may"),
    [(WhoSubmits.SEATS, False, False), (WhoSubmits.MEMBERS, True, False), (WhoSubmits.ANYONE, True, True)],
)
def test_who_may_submit_is_the_desks_rule_H6(rules, rule, nils_may, mallory_may, ada, nils, mallory):
    rules(who_submits=rule)

    assert [policy.may_submit(who) for who in (ada, nils, mallory)] == [True, nils_may, mallory_may]


def test_without_the_right_nothing_is_submitted(desk, nils):
    with pytest.raises(Denied):
        actions.submit("Help", "<p>Please</p>", by=nils)


def test_only_people_of_the_company_can_be_copied_and_the_refusal_tells_nothing(ticket, ada, dora):
    said = []
    for address in ("dora@globex.example", "nobody@elsewhere.example"):
        with pytest.raises(Refused) as refusal:
            actions.add_copy(ticket, address, by=ada)
        said.append(str(refusal.value).replace(address, "…"))

    assert said[0] == said[1]
    assert not Person.objects.filter(email="nobody@elsewhere.example").exists()
