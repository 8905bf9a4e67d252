"""Which pages hear of what happens to a ticket."""

import pytest

from tuki.journal import record
from tuki.journal.events import EVENTS
from tuki.live import handlers
from tuki.mail import actions as mails
from tuki.mail.harm import Harm
from tuki.mail.models import Delivery
from tuki.people.actor import Actor
from tuki.tickets import actions


@pytest.fixture
def all_topics(ticket, ada, bert, eva):
    """What anybody could hear of the first ticket and its people."""
    return ["ticket-1", "desk-ticket-1", "desk", *(f"person-{one.person_id}" for one in (ada, bert, eva))]


def test_a_new_ticket_is_heard_of_on_lists_before_anybody_has_it_open(heard, submitted, ada, eva):
    mine = f"person-{ada.person_id}"

    assert set(heard(["desk", mine, "ticket-1"], submitted)) == {"desk", mine}


def test_a_reply_is_heard_by_all_who_may_read_it(heard, all_topics, ticket, ada, eva):
    told = heard(all_topics, lambda: actions.reply(ticket, "<p>Try again.</p>", by=eva))

    assert set(told) == {"ticket-1", "desk-ticket-1", "desk", f"person-{ada.person_id}"}


def test_who_is_in_copy_hears_too(heard, all_topics, ticket, ada, bert, eva):
    actions.add_copy(ticket, bert.person.email, by=ada)
    told = heard(all_topics, lambda: actions.reply(ticket, "<p>Try again.</p>", by=eva))

    assert f"person-{bert.person_id}" in told


def test_a_note_is_heard_by_agents_alone(heard, all_topics, ticket, eva):
    actions.reply(ticket, "<p>Try again.</p>", by=eva)  # a first note also says that the ticket is no longer new
    told = heard(all_topics, lambda: actions.note(ticket, "<p>Odd.</p>", by=eva))

    assert set(told) == {"desk-ticket-1", "desk"}


def test_streams_are_asked_anew_by_what_takes_sight_of_a_ticket_away_alone(heard, ticket, bert, ada, eva):
    def go_on():
        actions.add_copy(ticket, bert.person.email, by=ada)
        actions.reply(ticket, "<p>It is back.</p>", by=ada)
        actions.set_priority(ticket, 2, by=eva)

    assert heard(["sight-1"], go_on) == []


def test_that_a_mail_failed_is_heard_by_who_wrote_it_and_on_its_ticket(heard, all_topics, ticket, eva, root):
    mail = mails.post(
        kind="message",
        address="ada@acme.example",
        subject="s",
        text="t",
        thread=ticket.pk,
        author_id=eva.person_id,
        by=eva,
    )
    told = heard(all_topics, lambda: mails.cancel(mail, by=eva))

    assert set(told) == {"desk-ticket-1", f"person-{eva.person_id}"}


def test_agents_who_have_it_open_hear_that_a_mail_came_back(heard, all_topics, ticket, eva, work):
    work()
    mail = Delivery.objects.get()
    told = heard(all_topics, lambda: mails.bounced(mail, "550 5.1.1 No", harm=Harm.MAIL, by=Actor(None)))

    assert set(told) == {"desk-ticket-1"}


def test_whatever_happens_is_passed_on():
    """Also what an app names whose turn to be loaded comes later."""
    heard = {
        kind for kind, hearers in record._HEARERS.items() if any(h.__module__ == handlers.__name__ for h in hearers)
    }

    assert set(EVENTS.values()) - heard == set()
