"""The spam view, beside the trash: by mouse, by keyboard, for many at once, and the rules that fill it."""

import re

import pytest

from tuki.mail import actions as mails
from tuki.mail.models import Sign, SpamRule
from tuki.tickets import actions
from tuki.tickets.models import Ticket

RULES = "/workspace/spam/rules"


@pytest.fixture
def spam(ticket, eva) -> Ticket:
    return actions.mark_as_spam(ticket, by=eva)


def test_the_view_shows_spam_and_the_others_do_not(desk_of, spam):
    assert spam.subject in desk_of.get("/workspace/views/spam/").content.decode()
    for key in ("unassigned", "open", "trash"):
        assert spam.subject not in desk_of.get(f"/workspace/views/{key}/").content.decode()


def test_the_ticket_says_so_and_offers_the_way_back(desk_of, spam):
    page = desk_of.get(f"/workspace/tickets/{spam.number}").content.decode()

    assert "This is no spam" in page
    assert "Restore from the trash" not in page
    assert "In the trash" not in page


@pytest.mark.parametrize(("value", "blocked"), [("yes", False), ("block", True)])
def test_this_is_spam_and_the_sender_is_blocked_where_asked(desk_of, ticket, value, blocked):
    place = f"/workspace/tickets/{ticket.number}/facts/spam"

    desk_of.post(place, {"value": value})
    ticket.refresh_from_db()
    assert (ticket.spam, SpamRule.objects.exists()) == (True, blocked)

    desk_of.post(place, {"value": "no"})
    ticket.refresh_from_db()
    assert (ticket.spam, SpamRule.objects.exists()) == (False, False)


def test_many_at_once_and_taken_back(desk_of, submitted):
    numbers = [submitted().number for _ in range(3)]

    answer = desk_of.post("/workspace/views/open/changes", {"change": "spam", "spam": "yes", "ticket": numbers})
    assert Ticket.objects.filter(spam=True).count() == 3

    page = desk_of.get(answer.url).content.decode()
    run = re.search(r'name="run" value="([^"]+)"', page)[1]
    desk_of.post("/workspace/changes/undo", {"run": run})
    assert not Ticket.objects.filter(spam=True).exists()


def test_many_are_no_spam_at_once(desk_of, spam):
    desk_of.post("/workspace/views/spam/changes", {"change": "spam", "spam": "no", "ticket": [spam.number]})

    assert not Ticket.objects.filter(spam=True).exists()


def test_the_list_offers_what_fits_it(desk_of, spam, submitted):
    submitted("Another")

    assert 'name="spam" value="no"' in desk_of.get("/workspace/views/spam/").content.decode()
    assert 'name="spam" value="yes"' in desk_of.get("/workspace/views/open/").content.decode()


def test_a_rule_caught_it_and_the_history_says_which(desk_of, submitted):
    caught = submitted(spam="subject")

    page = desk_of.get(f"/workspace/tickets/{caught.number}").content.decode()
    assert "put the request away as spam: words of the subject" in page


def test_a_sender_is_blocked_and_unblocked(desk_of):
    desk_of.post(RULES, {"sign": "sender", "value": "Spammer@elsewhere.example"})
    rule = SpamRule.objects.get()
    assert (rule.sign, rule.value) == (Sign.SENDER, "spammer@elsewhere.example")
    assert "spammer@elsewhere.example" in desk_of.get(RULES).content.decode()

    desk_of.post(f"{RULES}/{rule.pk}/removal")
    assert not SpamRule.objects.exists()


def test_what_can_be_no_rule_is_said_beside_it(desk_of):
    answer = desk_of.post(RULES, {"sign": "domain", "value": "festum.example"})

    assert answer.status_code == 422
    assert "the desk’s own" in answer.content.decode()


def test_however_many_rules_there_are_the_page_asks_the_same(desk_of, eva, queries_of):
    def block(numbers: range) -> None:
        for number in numbers:
            mails.block_sender(f"spammer{number}@elsewhere.example", by=eva)

    block(range(3))
    few = queries_of(desk_of, RULES)
    block(range(3, 90))
    assert queries_of(desk_of, RULES) == few
