"""An agent who leaves: nothing they had is lost, and nobody has to look for it."""

from contextlib import contextmanager

import pytest

from tests.conftest import later
from tuki.files.actions import store
from tuki.jobs.queue import KINDS
from tuki.jobs.worker import run_ready
from tuki.knowledge import actions as knowledge
from tuki.knowledge.models import Article, Kind
from tuki.lib.refusal import Denied, Refused
from tuki.mail.models import Delivery
from tuki.people import actions as people
from tuki.people.models import Organization, Person, Role
from tuki.tickets import actions, marks
from tuki.tickets.actions import leaving
from tuki.tickets.models import Departure, Draft, Ticket
from tuki.tickets.queries.leaving import drafts_left


@pytest.fixture
def in_hand(submitted, eva, teams):
    """Five of Eva's tickets in her team's queue."""
    made = [submitted(f"Matter {number}") for number in range(5)]
    for ticket in made:
        actions.hand_over(ticket, teams["support"], by=eva)
        actions.assign(ticket, eva.person, by=eva)
    return made


def assignees() -> set[str]:
    return {str(ticket.assignee or "nobody") for ticket in Ticket.objects.all()}


def test_open_tickets_go_to_whoever_takes_over_and_each_says_so(in_hand, eva, otto, root, told):
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert assignees() == {"Otto Ojala"}
    assert all(told(ticket)[-1] == "ticket.taken_over" for ticket in in_hand)
    departure = Departure.objects.get()
    assert (departure.tickets, departure.ended_at is not None) == (5, True)
    assert not Person.objects.get(pk=eva.person_id).is_active


def test_nobody_is_mailed_about_each_of_them(in_hand, eva, otto, root):
    run_ready()
    before = Delivery.objects.count()
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert Delivery.objects.count() == before


def test_a_new_ticket_that_is_passed_on_is_new_still(submitted, eva, otto, root):
    ticket = submitted()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=eva.person)
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert Ticket.objects.get().state == "new"


def test_without_a_successor_they_come_back_to_the_queue(in_hand, eva, root, teams):
    actions.begin_departure(eva.person, None, by=root)
    run_ready()

    assert assignees() == {"nobody"}
    assert {ticket.team for ticket in Ticket.objects.all()} == {teams["support"]}


def test_what_the_successor_may_not_see_comes_back_to_its_private_team(submitted, hanna, otto, person, root, teams):
    person("helmi@festum.example", "Helmi", Role.AGENT, team="payroll")
    ticket = submitted()
    actions.hand_over(ticket, teams["payroll"], by=root)
    actions.assign(ticket, hanna.person, by=hanna)
    actions.begin_departure(hanna.person, otto.person, by=root)
    run_ready()

    assert assignees() == {"nobody"}


def test_a_private_team_is_left_with_somebody(hanna, otto, root):
    with pytest.raises(Refused, match="Payroll"):
        actions.begin_departure(hanna.person, otto.person, by=root)

    assert Person.objects.get(pk=hanna.person_id).is_active


def test_a_confidential_ticket_that_nobody_else_sees_comes_to_whoever_asked(submitted, eva, root):
    ticket = submitted()
    actions.assign(ticket, eva.person, by=eva)
    actions.set_confidential(ticket, True, by=eva)
    actions.begin_departure(eva.person, None, by=root)
    run_ready()

    assert assignees() == {"Root"}


def test_a_solved_ticket_follows_when_it_is_reopened(solved_ticket, eva, otto, root, ada):
    actions.assign(solved_ticket, eva.person, by=eva)
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()
    assert assignees() == {"Eva Eskola"}

    actions.reply(solved_ticket, "It broke again.", by=later(ada, hours=1))
    assert assignees() == {"Otto Ojala"}


def test_a_worker_that_dies_half_way_is_followed_by_one_that_ends_it(in_hand, eva, otto, root, monkeypatch, told):
    monkeypatch.setattr(leaving, "BATCH", 2)
    actions.begin_departure(eva.person, otto.person, by=root)

    @contextmanager
    def killed():
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        KINDS[leaving.HAND_ON].run(departure=Departure.objects.get().pk, ending=killed)
    assert Departure.objects.get().tickets == 2

    run_ready()
    assert assignees() == {"Otto Ojala"}
    assert Departure.objects.get().tickets == 5
    assert [told(ticket).count("ticket.taken_over") for ticket in in_hand] == [1] * 5


def test_drafts_become_the_successors_with_their_files(ticket, eva, otto, root):
    file = store(b"x", "log.txt", by=eva)
    marks.save_draft(eva.person, ticket, "<p>Begun.</p>", internal=False, files=[file], at=eva.at)
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    draft = Draft.objects.get()
    assert draft.person == otto.person
    assert draft.files.get().owner == otto.person


def test_where_the_successor_has_begun_both_are_kept_and_one_is_to_be_read(ticket, eva, otto, root):
    marks.save_draft(eva.person, ticket, "<p>Eva's.</p>", internal=False, at=eva.at)
    marks.save_draft(otto.person, ticket, "<p>Otto's.</p>", internal=False, at=otto.at)
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert Draft.objects.get(person=otto.person).html == "<p>Otto's.</p>"
    assert [draft.html for draft in drafts_left(ticket.pk)] == ["<p>Eva's.</p>"]


def test_words_that_were_about_to_leave_are_kept_too(ticket, eva, otto, root):
    draft = marks.save_draft(eva.person, ticket, "<p>Soon.</p>", internal=False, at=eva.at)
    actions.send_soon(draft, by=later(eva, seconds=-30))
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert not ticket.messages.filter(author=eva.person).exists()
    assert Draft.objects.get().html == "<p>Soon.</p>"


def test_articles_are_kept_right_by_the_successor_from_then_on(eva, otto, root):
    category = knowledge.make_category({"en": "Guides"}, by=root)
    section = knowledge.make_section(category, {"en": "Ledger"}, kind=Kind.GUIDES, by=root)
    article = knowledge.make_article(section, "Closing a period", "<p>So.</p>", language="en", by=eva)

    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert Article.objects.get(pk=article.pk).owner == otto.person
    assert Departure.objects.get().articles == 1


def test_companies_get_the_successor_as_their_account_manager(acme, eva, otto, root):
    people.name_account_manager(acme, eva.person, by=root)
    actions.begin_departure(eva.person, otto.person, by=root)
    run_ready()

    assert Organization.objects.get(pk=acme.pk).account_manager == otto.person


def test_a_departure_is_begun_once(in_hand, eva, otto, root):
    actions.begin_departure(eva.person, otto.person, by=root)
    actions.begin_departure(eva.person, None, by=root)

    assert Departure.objects.get().successor == otto.person


def test_who_leaves_is_an_agent_other_than_who_takes_over_and_who_asks(eva, otto, ada, root):
    with pytest.raises(Denied):
        actions.begin_departure(eva.person, otto.person, by=otto)
    for leaves, successor in [(ada.person, otto.person), (eva.person, eva.person), (root.person, eva.person)]:
        with pytest.raises(Refused):
            actions.begin_departure(leaves, successor, by=root)
    with pytest.raises(Refused):
        actions.begin_departure(eva.person, ada.person, by=root)
