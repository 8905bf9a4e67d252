"""How tickets begin, and the numbers they get."""

import pytest
from django.db import transaction

from tuki.lib.refusal import Denied, Refused
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.models import State, Ticket


def test_a_ticket_begins_with_its_number_and_its_first_message(ada, told, desk):
    ticket = actions.submit("  The   invoice\nis stuck ", "<p>It won't move.</p>", severity="stops", by=ada)

    ticket.refresh_from_db()
    assert ticket.subject == "The invoice is stuck"
    assert (ticket.number, ticket.state, ticket.priority) == (1, State.NEW, 1)
    assert ticket.organization.name == "Acme Oy"
    assert [message.html for message in ticket.messages.all()] == ["<p>It won't move.</p>"]
    assert told(ticket) == ["ticket.submitted"]


def test_numbers_have_no_gaps(submitted, ada):
    submitted()
    for wrong in ({"severity": "none such"}, {"copies": ["dora@globex.example"]}):
        with pytest.raises(Refused):
            submitted(**wrong)
    with transaction.atomic():
        submitted()
        transaction.set_rollback(True)  # the power went

    assert submitted().number == 2


def test_what_is_refused_leaves_nothing_behind(submitted):
    with pytest.raises(Refused) as refusal:
        submitted(copies=["who@elsewhere.example"])

    assert refusal.value.field == "copies"
    assert not Ticket.objects.exists()
    assert not Person.objects.filter(email="who@elsewhere.example").exists()


def test_copies_that_a_mail_may_not_have_are_left_out(submitted, nils):
    ticket = submitted(
        copies=["nils@acme.example", "who@elsewhere.example", "support@festum.example", "ada@acme.example"],
        only_allowed_copies=True,
    )

    assert [copy.person.email for copy in ticket.copies.all()] == ["nils@acme.example"]


def test_an_agent_records_what_a_customer_asked_on_the_phone_F6(ada, eva, submitted):
    ticket = submitted(requester=ada.person, by=eva)

    assert ticket.requester == ada.person
    assert ticket.messages.get().author == eva.person
    assert ticket.organization.name == "Acme Oy"


def test_a_customer_asks_for_themselves_only(ada, bert):
    with pytest.raises(Denied):
        actions.submit("Help", "<p>Please</p>", requester=bert.person, by=ada)


def test_a_ticket_without_a_subject_gets_its_first_words(submitted):
    assert submitted(subject=" ", body="<p>The bank file from Monday is missing.</p>").subject.startswith("The bank")
