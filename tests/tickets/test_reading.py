"""What is news to whom."""

from tests.conftest import later
from tuki.tickets import actions, marks, queries


def test_what_an_agent_did_is_no_news_to_them(ticket, eva, otto):
    marks.mark_read(eva.person, ticket.pk, ticket.updated_at)
    marks.mark_read(otto.person, ticket.pk, ticket.updated_at)

    actions.assign(ticket, eva.person, by=later(eva, minutes=1))

    assert [row.unread for row in queries.view(eva, "open")] == [False]
    assert [row.unread for row in queries.view(otto, "open")] == [True]


def test_what_came_before_ones_own_act_stays_news(ticket, ada, eva):
    marks.mark_read(eva.person, ticket.pk, ticket.updated_at)
    actions.reply(ticket, "It broke again.", by=later(ada, minutes=1))

    actions.assign(ticket, eva.person, by=later(eva, minutes=2))

    assert [row.unread for row in queries.view(eva, "open")] == [True]


def test_what_came_before_one_looked_and_was_said_after_it_is_news(ticket, ada, eva):
    ticket = actions.assign(ticket, eva.person, by=later(eva, minutes=2))
    marks.mark_read(eva.person, ticket.pk, ticket.updated_at)

    actions.reply(ticket, "It broke again.", by=later(ada, minutes=1))

    assert [row.unread for row in queries.view(eva, "open")] == [True]


def test_what_a_customer_was_not_shown_yet_is_news_to_them(ticket, ada, bert, eva):
    actions.add_copy(ticket, "bert@acme.example", by=ada)
    ticket = actions.reply(ticket, "Please wait.", by=later(eva, minutes=2)).ticket
    marks.mark_read(bert.person, ticket.pk, ticket.shown_updated_at)

    actions.reply(ticket, "We did.", by=later(ada, minutes=1))

    assert [row.unread for row in queries.customer_requests(bert, tab="copied")] == [True]
