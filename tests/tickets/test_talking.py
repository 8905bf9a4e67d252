"""Saying something on a ticket: who may, whose turn it is then, and what is kept."""

from datetime import timedelta

import pytest

from tests.conftest import later
from tuki.files import actions as files_actions
from tuki.lib.refusal import Denied, Refused
from tuki.tickets import actions, marks, policy
from tuki.tickets.actions.talking import Overtaken
from tuki.tickets.models import Draft, Message, State, Ticket


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_an_agents_answer_makes_it_the_customers_turn(ticket, eva, told):
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)

    assert now(ticket).state == State.PENDING
    assert told(ticket) == ["ticket.replied", "ticket.assigned", "ticket.status_changed"]


def test_who_answers_first_takes_the_ticket(ticket, eva, otto):
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    actions.reply(ticket, "<p>I know this one.</p>", by=otto)

    assert now(ticket).assignee == eva.person


def test_a_reply_to_a_solved_ticket_makes_it_our_turn(ada, solved_ticket, told):
    actions.reply(solved_ticket, "<p>It broke again.</p>", by=ada)

    assert now(solved_ticket).state == State.OPEN
    assert now(solved_ticket).solved_at is None
    assert told(solved_ticket) == ["ticket.replied", "ticket.reopened"]


def test_after_the_desks_days_a_reply_reopens_no_more_and_nothing_is_written(rules, ada, solved_ticket, told):
    rules(reopen_days=14)
    with pytest.raises(Refused):
        actions.reply(solved_ticket, "<p>It broke again.</p>", by=later(ada, days=15))
    actions.reply(solved_ticket, "<p>It broke again.</p>", by=later(ada, days=13))

    assert told(solved_ticket) == ["ticket.replied", "ticket.reopened"]


def test_a_stranger_cannot_reply_and_nothing_is_written(mallory, ticket, told):
    with pytest.raises(Denied):
        actions.reply(ticket, "<p>Let me in.</p>", by=mallory)

    assert ticket.messages.count() == 1
    assert told(ticket) == []


def test_a_customer_cannot_set_a_status_with_a_reply(ada, ticket, status):
    with pytest.raises(Denied):
        actions.reply(ticket, "<p>Reject it.</p>", status=status("rejected"), by=ada)


def test_a_message_says_something(ada, ticket):
    for nothing in ("", "   ", "<p></p>", "<p>&nbsp;</p>", "<script>alert(1)</script>"):
        with pytest.raises(Refused):
            actions.reply(ticket, nothing, by=ada)


def test_a_file_alone_is_a_message(ada, ticket):
    file = files_actions.store(b"a,b\n1,2\n", "list.csv", by=ada)
    message = actions.reply(ticket, "", files=[file], by=ada)

    assert [attachment.file.name for attachment in message.attachments.all()] == ["list.csv"]
    assert message.excerpt == "list.csv"


def test_a_file_belongs_to_whoever_uploaded_it_and_to_one_message(ada, bert, ticket):
    bobs = files_actions.store(b"x", "x.txt", by=bert)
    with pytest.raises(Refused):
        actions.reply(ticket, "<p>Look.</p>", files=[bobs], by=ada)
    own = files_actions.store(b"x", "x.txt", by=ada)
    actions.reply(ticket, "<p>Look.</p>", files=[own], by=ada)
    with pytest.raises(Refused):
        actions.reply(ticket, "<p>Again.</p>", files=[own], by=ada)


def test_what_could_do_harm_is_gone_from_a_message(ada, ticket):
    message = actions.reply(
        ticket,
        '<p onclick="x()">Hi<script>x()</script><img src="http://spy.example/a.png">'
        '<a href="javascript:x()">a</a><iframe src="/"></iframe></p>',
        by=ada,
    )

    for harm in ("onclick", "script", "spy.example", "javascript", "iframe"):
        assert harm not in message.html


def test_a_note_leaves_no_trace_for_customers(ada, eva, ticket):
    before = now(ticket)
    note = actions.note(ticket, "<p>She is right.</p>", by=later(eva, hours=1))

    assert note not in policy.visible_messages(ada)
    assert now(ticket).shown_updated_at == before.shown_updated_at or now(ticket).state != before.state
    assert note in policy.visible_messages(eva)


def test_a_note_on_an_open_ticket_does_not_move_what_customers_see_as_updated(ada, eva, ticket, status):
    actions.set_status(ticket, status("open"), by=eva)
    before = now(ticket)
    actions.note(ticket, "<p>She is right.</p>", by=later(eva, hours=1))

    assert now(ticket).shown_updated_at == before.shown_updated_at
    assert now(ticket).updated_at > before.updated_at


def test_a_customer_cannot_write_a_note(ada, ticket):
    with pytest.raises(Denied):
        actions.note(ticket, "<p>psst</p>", by=ada)


class TestUndo:
    """A reply leaves ten seconds after it was sent, and can be taken back until then."""

    @pytest.fixture
    def draft(self, ticket, eva) -> Draft:
        draft = marks.save_draft(eva.person, ticket, "<p>Which invoice?</p>", internal=False, at=eva.at)
        assert draft is not None
        return actions.send_soon(draft, by=eva)

    def test_nothing_is_said_before_the_time_is_over(self, draft, ticket, machine, eva):
        actions.send_due_draft(draft.pk, by=machine.when(eva.at + timedelta(seconds=9)))

        assert ticket.messages.count() == 1

    def test_it_is_said_once_when_the_time_is_over(self, draft, ticket, machine, eva):
        for _try in range(2):
            actions.send_due_draft(draft.pk, by=machine.when(eva.at + timedelta(seconds=10)))

        assert [message.excerpt for message in ticket.messages.all()] == ["It won't move.", "Which invoice?"]
        assert ticket.messages.last().sent_at == draft.sends_at
        assert not Draft.objects.exists()

    def test_taken_back_it_is_a_draft_again(self, draft, ticket, machine, eva):
        actions.take_back(draft, by=later(eva, seconds=9))
        actions.send_due_draft(draft.pk, by=machine.when(eva.at + timedelta(seconds=60)))

        assert ticket.messages.count() == 1
        assert Draft.objects.get().html == "<p>Which invoice?</p>"

    def test_too_late_it_has_left(self, draft, ticket, eva):
        with pytest.raises(Refused):
            actions.take_back(draft, by=later(eva, seconds=11))

    def test_whoever_acts_first_settles_what_was_due_before(self, draft, ticket, ada, told):
        actions.reply(ticket, "<p>All of them.</p>", by=later(ada, minutes=1))

        assert [message.excerpt for message in ticket.messages.all()] == [
            "It won't move.",
            "Which invoice?",
            "All of them.",
        ]
        assert now(ticket).state == State.OPEN

    def test_what_can_no_longer_be_sent_is_kept_with_the_reason(self, draft, ticket, machine, eva, root):
        eva.person.is_active = False
        eva.person.save()
        actions.send_due_draft(draft.pk, by=machine.when(eva.at + timedelta(seconds=10)))

        kept = Draft.objects.get()
        assert kept.sends_at is None
        assert kept.held_because
        assert ticket.messages.count() == 1

    def test_words_that_came_meanwhile_are_read_first(self, ticket, ada, eva):
        seen = ticket.messages.last().pk
        draft = marks.save_draft(eva.person, ticket, "<p>Which invoice?</p>", internal=False, at=eva.at)
        actions.reply(ticket, "<p>Number 12.</p>", by=ada)

        with pytest.raises(Overtaken):
            actions.send_soon(draft, seen=seen, by=eva)
        actions.send_soon(draft, seen=Message.objects.latest("pk").pk, by=eva)


def test_who_is_in_copy_may_answer_by_mail_before_the_ticket_shows_F10(rules, ticket, ada, nils):
    rules(copies_from_first_answer=True)
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    actions.reply(ticket, "<p>I have it too.</p>", by=nils)

    assert ticket.messages.count() == 2
    assert not policy.may_see(nils, ticket)


def test_a_picture_stands_in_the_text_and_a_file_beside_it(ada, ticket):
    files = [files_actions.store(b"\x89PNG\r\n\x1a\n" + b"\0" * 9, f"{n}.png", by=ada) for n in range(12)]
    shown = files[-1]
    message = actions.reply(ticket, f'<img src="/hc/files/{shown.pk}/a.png">', files=files, by=ada)

    assert [attachment.file for attachment in message.attachments.all() if attachment.inline] == [shown]
