"""What is changed of a ticket while it is dealt with, and what the journal and the history say of it."""

import pytest

from tests.conftest import later
from tuki.desk.models import Module, Product, WhoIsCopied
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions as people
from tuki.people.models import Person
from tuki.tickets import actions, queries
from tuki.tickets.models import FormerText, State, Status, Ticket
from tuki.tickets.policy import visible_tickets


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def lines(viewer, ticket) -> list[str]:
    return [f"{line.who} {line.text}" for line in queries.history(viewer, ticket)]


def test_the_requester_marks_their_request_solved_H12(ada, ticket, told):
    actions.solve(ticket, by=ada)

    assert now(ticket).state == State.SOLVED
    assert told(ticket) == ["ticket.solved"]


def test_a_colleague_in_copy_cannot_mark_it_solved(ada, nils, ticket):
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    with pytest.raises(Denied):
        actions.solve(ticket, by=nils)


def test_what_is_done_already_is_not_done_again(eva, ticket, status, told):
    for _try in range(2):
        actions.set_status(ticket, status("waiting"), by=eva)
        actions.assign(ticket, eva.person, by=eva)
        actions.tag(ticket, add=["Bank "], by=eva)
        actions.follow(ticket, by=eva)

    assert told(ticket) == ["ticket.status_changed", "ticket.assigned", "ticket.tagged", "ticket.followed"]


def test_rejected_is_solved_for_the_machine_and_says_its_own_word(eva, ada, ticket, status):
    actions.set_status(ticket, status("rejected"), by=later(eva, minutes=1))

    assert now(ticket).state == State.SOLVED
    assert lines(ada, ticket)[-1] == "Eva Eskola changed the status from New to Rejected"


def test_from_one_solved_status_to_another_nothing_is_reopened_or_solved_again(eva, ticket, status, told):
    actions.set_status(ticket, status("done"), by=eva)
    first = now(ticket).solved_at
    actions.set_status(ticket, status("rejected"), by=later(eva, hours=1))

    assert told(ticket) == ["ticket.solved", "ticket.status_changed"]
    assert now(ticket).solved_at == first


def test_the_first_act_of_an_agent_opens_a_new_ticket(eva, ticket):
    actions.assign(ticket, eva.person, by=eva)

    assert now(ticket).state == State.OPEN


def test_handing_over_takes_it_from_an_assignee_who_does_not_work_there(eva, otto, ticket, teams, told):
    actions.assign(ticket, eva.person, by=eva)
    actions.hand_over(ticket, teams["accounting"], by=eva)

    assert (now(ticket).team, now(ticket).assignee) == (teams["accounting"], None)


def test_a_private_teams_ticket_goes_to_its_members_only(eva, hanna, ticket, teams):
    actions.hand_over(ticket, teams["payroll"], by=eva)
    with pytest.raises(Refused):
        actions.assign(ticket, eva.person, by=hanna)
    actions.assign(ticket, hanna.person, by=hanna)


def test_only_agents_are_given_tickets(ada, eva, ticket):
    with pytest.raises(Refused):
        actions.assign(ticket, ada.person, by=eva)


def test_the_former_subject_is_kept_where_erasure_can_reach_it_F15(ada, ticket):
    actions.change_subject(ticket, "Two invoices are stuck", by=ada)

    assert FormerText.objects.get().text == "The invoice is stuck"
    assert lines(ada, ticket)[-1] == "Ada Aalto changed the subject; it was “The invoice is stuck”"


@pytest.mark.parametrize("subject", ["", "  ", "x" * 201])
def test_a_subject_that_cannot_be_is_refused_beside_its_field(ada, ticket, subject):
    with pytest.raises(Refused) as refusal:
        actions.change_subject(ticket, subject, by=ada)

    assert refusal.value.field == "subject"


def test_the_customer_changes_the_severity_and_support_the_priority_F14(ada, eva, ticket):
    actions.change_severity(ticket, "stops", by=ada)
    actions.set_priority(ticket, 2, by=eva)
    with pytest.raises(Denied):
        actions.set_priority(ticket, 1, by=ada)

    assert (now(ticket).severity, now(ticket).priority) == ("stops", 2)


def test_a_module_belongs_to_its_product(eva, ticket):
    other = Product.objects.create(key="scan", labels={"en": "Scanning"})
    module = Module.objects.get(key="invoices")
    with pytest.raises(Refused):
        actions.change_product(ticket, other, module, by=eva)
    actions.change_product(ticket, module.product, module, by=eva)

    assert "Eva Eskola changed the product to Ledger – Invoices" in lines(eva, ticket)


def test_a_new_requester_brings_their_company(eva, dora, ticket):
    actions.change_requester(ticket, dora.person, by=eva)

    assert now(ticket).organization.name == "Globex Oy"


def test_who_belongs_to_the_tickets_company_too_leaves_it_there(eva, ada, dora, acme, machine, ticket):
    """A consultant's other company learns nothing of a ticket that is corrected to be hers."""
    people.join(dora.person, acme, by=machine)
    actions.change_requester(ticket, Person.objects.get(pk=dora.person_id), by=eva)

    assert now(ticket).organization.name == "Acme Oy"


def test_a_company_that_suspended_the_new_requester_is_not_theirs(eva, ada, dora, acme, machine, ticket):
    people.suspend(people.join(dora.person, acme, by=machine), by=machine)
    actions.change_requester(ticket, Person.objects.get(pk=dora.person_id), by=eva)

    assert now(ticket).organization.name == "Globex Oy"


def test_at_another_company_nobody_of_the_first_stays_in_copy(eva, ada, bert, dora, ticket, told):
    actions.add_copy(ticket, "bert@acme.example", by=eva)
    actions.change_requester(ticket, dora.person, by=eva)

    assert not ticket.copies.exists()
    assert told(ticket)[-2:] == ["ticket.requester_changed", "ticket.copy_removed"]
    assert not visible_tickets(bert).exists()


def test_where_anybody_may_be_in_copy_they_stay(rules, eva, ada, bert, dora, ticket):
    rules(who_is_copied=WhoIsCopied.ANYONE)
    actions.add_copy(ticket, "bert@acme.example", by=eva)
    actions.change_requester(ticket, dora.person, by=eva)

    assert [copy.person for copy in ticket.copies.all()] == [bert.person]


def test_colleagues_of_the_new_requester_stay_in_copy(eva, ada, bert, nils, ticket):
    actions.add_copy(ticket, "nils@acme.example", by=eva)
    actions.change_requester(ticket, bert.person, by=eva)

    assert [copy.person for copy in ticket.copies.all()] == [nils.person]


def test_a_redacted_message_is_gone_and_its_files_too(ada, eva, ticket):
    message = ticket.messages.get()
    actions.redact_message(message, by=eva)

    message.refresh_from_db()
    assert (message.html, message.quoted, message.excerpt) == ("", "", "")
    assert message.redacted_at


def test_with_the_first_message_goes_the_subject_that_was_made_of_it(ada, eva, submitted):
    ticket = submitted(subject="", body="<p>Her code is 010190-123A</p>")
    actions.redact_message(ticket.messages.get(), by=eva)

    assert now(ticket).subject == "(no subject)"
    assert not queries.find_for_agent(eva, "010190").exists()


def test_with_the_first_message_go_the_subjects_that_were_replaced(ada, eva, submitted):
    ticket = submitted(subject="010190-123A")
    actions.change_subject(ticket, "Salary of one person", by=eva)
    actions.redact_message(ticket.messages.get(), by=eva)

    assert now(ticket).subject == "Salary of one person"
    assert not any("010190" in line for line in [*lines(ada, ticket), *lines(eva, ticket)])


def test_customers_read_no_line_that_is_for_agents(ada, eva, ticket, teams):
    actions.note(ticket, "<p>Psst.</p>", by=eva)
    actions.hand_over(ticket, teams["accounting"], by=eva)
    actions.tag(ticket, add=["bank"], by=eva)
    actions.follow(ticket, by=eva)
    actions.solve(ticket, by=eva)

    assert [line.event for line in queries.history(ada, ticket)] == [
        "ticket.submitted",
        "ticket.status_changed",
        "ticket.solved",
    ]


def test_customers_read_of_no_change_between_statuses_that_have_one_name_for_them(ada, eva, ticket, status):
    Status.objects.filter(key="hold").update(customer_labels={"en": "In progress"})
    actions.set_status(ticket, status("open"), by=eva)
    actions.set_status(ticket, status("hold"), by=eva)

    assert [line for line in lines(ada, ticket) if "status" in line] == [
        "Eva Eskola changed the status from New to In progress"
    ]
    assert "Eva Eskola changed the status from In progress to On hold" in lines(eva, ticket)


def test_customers_read_the_name_an_agent_shows_them(ada, eva, ticket):
    eva.person.display_name = "Eva from support"
    eva.person.save()
    actions.solve(ticket, by=eva)

    assert lines(ada, ticket)[-1].startswith("Eva from support ")
    assert lines(eva, ticket)[-1].startswith("Eva Eskola ")


def test_each_change_makes_what_was_drawn_stale(eva, ada, ticket):
    versions = [now(ticket).version]
    for change in (
        lambda: actions.reply(ticket, "<p>Hm.</p>", by=eva),
        lambda: actions.note(ticket, "<p>Hm.</p>", by=eva),
        lambda: actions.tag(ticket, add=["x"], by=eva),
        lambda: actions.change_subject(ticket, "Other", by=ada),
        lambda: actions.redact_message(ticket.messages.first(), by=eva),
        lambda: actions.trash(ticket, by=eva),
    ):
        change()
        versions.append(now(ticket).version)

    assert versions == sorted(set(versions))
