"""Spam is put away like trash, into a place of its own, and taken back as it was."""

import pytest

from tuki.jobs.worker import run_ready
from tuki.lib.refusal import Denied, Refused
from tuki.mail.models import Delivery, SpamRule, Why
from tuki.tickets import actions, queries


def numbers(viewer, key):
    return [row.number for row in queries.page_of_view(viewer, key, "", 50).rows]


def test_spam_stands_in_no_list_but_its_own_and_in_no_count(eva, ticket, told):
    actions.mark_as_spam(ticket, by=eva)

    assert numbers(eva, "spam") == [ticket.number]
    assert all(numbers(eva, key) == [] for key in queries.VIEWS if key != "spam")
    assert set(queries.counts(eva).values()) == {"0"}
    assert told(ticket) == ["ticket.marked_as_spam", "ticket.status_changed"]


def test_customers_see_it_no_longer(ada, eva, ticket):
    actions.mark_as_spam(ticket, by=eva)

    assert queries.ticket_by_number(ada, ticket.number) is None


def test_it_is_found_by_no_search(eva, ticket):
    actions.mark_as_spam(ticket, by=eva)

    assert not queries.find_for_agent(eva, "invoice").exists()


def test_taken_back_it_is_as_it_was(ada, eva, ticket):
    actions.mark_as_spam(ticket, block=True, by=eva)
    ticket = actions.mark_as_no_spam(ticket, by=eva)

    assert (ticket.spam, ticket.trashed_at) == (False, None)
    assert numbers(eva, "unassigned") == [ticket.number]
    assert queries.ticket_by_number(ada, ticket.number) is not None
    assert not SpamRule.objects.exists()


def test_its_sender_is_blocked_only_if_asked(eva, submitted):
    actions.mark_as_spam(submitted(), by=eva)
    assert not SpamRule.objects.exists()

    actions.mark_as_spam(submitted(), block=True, by=eva)
    assert SpamRule.objects.get().value == "ada@acme.example"


def test_an_agents_request_can_be_spam_and_the_agent_not_blocked(eva, otto, submitted):
    matter = submitted(by=otto)

    with pytest.raises(Refused):
        actions.mark_as_spam(matter, block=True, by=eva)
    matter.refresh_from_db()
    assert not matter.spam


def test_its_mails_stop_and_its_sender_is_told_nothing(eva, ticket):
    run_ready()  # the acknowledgement waits for a mail server
    actions.mark_as_spam(ticket, by=eva)
    actions.solve(ticket, by=eva)
    run_ready()

    mail = Delivery.objects.get()
    assert (mail.state, mail.held_because) == ("cancelled", Why.SPAM)


def test_what_was_put_away_before_it_was_acknowledged_is_acknowledged_when_taken_back(eva, submitted):
    ticket = submitted(spam="subject")
    run_ready()
    assert not Delivery.objects.exists()

    actions.mark_as_no_spam(ticket, by=eva)
    run_ready()
    assert Delivery.objects.get().kind == "received"


def test_what_was_acknowledged_is_not_acknowledged_again(eva, ticket):
    run_ready()
    actions.mark_as_spam(ticket, by=eva)
    actions.mark_as_no_spam(ticket, by=eva)
    run_ready()

    assert Delivery.objects.count() == 1


def test_nobody_replies_into_the_void(eva, ticket):
    actions.mark_as_spam(ticket, by=eva)

    with pytest.raises(Refused):
        actions.reply(ticket, "<p>Please stop.</p>", by=eva)
    actions.note(ticket, "<p>Odd.</p>", by=eva)  # nobody else would get that anyway
    assert ticket.messages.filter(internal=False).count() == 1


def test_trash_and_spam_are_two_places(eva, ticket):
    actions.mark_as_spam(ticket, by=eva)

    for verb in (actions.trash, actions.restore, actions.mark_as_spam):
        with pytest.raises(Refused):
            verb(ticket, by=eva)


def test_what_is_in_the_trash_may_turn_out_to_be_spam(eva, ticket):
    actions.trash(ticket, by=eva)
    actions.mark_as_spam(ticket, by=eva)

    assert (numbers(eva, "trash"), numbers(eva, "spam")) == ([], [ticket.number])


def test_only_agents_who_see_it_say_so(ada, mallory, otto, eva, teams, ticket):
    actions.hand_over(ticket, teams["payroll"], by=eva)

    for somebody in (ada, mallory, otto):
        for verb in (actions.mark_as_spam, actions.mark_as_no_spam):
            with pytest.raises(Denied):
                verb(ticket, by=somebody)
