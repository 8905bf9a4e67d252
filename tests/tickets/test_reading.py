"""What is news to whom."""

from tests.conftest import later
from tuki.tickets import actions, marks, queries


def test_what_an_agent_did_is_no_news_to_them(ticket, eva, otto):
    marks.mark_read(eva.person, ticket, eva.at)
    marks.mark_read(otto.person, ticket, otto.at)

    actions.assign(ticket, eva.person, by=later(eva, minutes=1))

    assert [row.unread for row in queries.view(eva, "open")] == [False]
    assert [row.unread for row in queries.view(otto, "open")] == [True]


def test_what_came_before_ones_own_act_stays_news(ticket, ada, eva):
    marks.mark_read(eva.person, ticket, eva.at)
    actions.reply(ticket, "It broke again.", by=later(ada, minutes=1))

    actions.assign(ticket, eva.person, by=later(eva, minutes=2))

    assert [row.unread for row in queries.view(eva, "open")] == [True]
