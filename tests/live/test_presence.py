"""Who has a ticket open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tuki.live import presence
from tuki.live.models import Presence

pytestmark = pytest.mark.django_db


def names(rows):
    return [(row.person.name, row.typing) for row in rows]


def age(**by):
    Presence.objects.update(seen_at=timezone.now() - timedelta(**by))


def test_agents_see_which_others_have_it_open_and_who_types(ticket, eva, otto):
    presence.seen(eva, ticket.pk)
    presence.seen(otto, ticket.pk, typing=True)

    assert names(presence.who_else(eva, ticket.pk)) == [("Otto Ojala", True)]
    assert names(presence.who_has_open(otto, [ticket.pk])[ticket.pk]) == [("Eva Eskola", False)]


def test_who_has_not_been_seen_for_a_while_is_gone(ticket, eva, otto):
    presence.seen(otto, ticket.pk)
    age(seconds=41)

    assert presence.who_else(eva, ticket.pk) == []


def test_who_left_is_gone_at_once(ticket, eva, otto):
    presence.seen(otto, ticket.pk)
    presence.left(otto, ticket.pk)

    assert presence.who_else(eva, ticket.pk) == []


def test_customers_neither_see_nor_are_seen(ticket, ada, eva):
    presence.seen(ada, ticket.pk)
    presence.seen(eva, ticket.pk)

    assert presence.who_else(eva, ticket.pk) == []
    assert presence.who_else(ada, ticket.pk) == []
    assert presence.who_has_open(ada, [ticket.pk]) == {}


def test_an_agent_who_may_not_see_the_ticket_is_not_seen_there(submitted, teams, hanna, eva, otto, machine):
    from tuki.tickets import actions

    private = submitted()
    actions.hand_over(private, teams["payroll"], by=machine)
    presence.seen(otto, private.pk)

    assert presence.who_else(hanna, private.pk) == []


def test_what_has_not_changed_is_not_written_again_at_once(ticket, eva, django_assert_num_queries):
    presence.seen(eva, ticket.pk)
    with django_assert_num_queries(1):
        presence.seen(eva, ticket.pk)


def test_others_hear_of_comings_goings_and_typing_and_of_nothing_else(heard, ticket, eva):
    def do():
        presence.seen(eva, ticket.pk)  # 1: comes
        age(seconds=16)
        presence.seen(eva, ticket.pk)  # still there
        presence.seen(eva, ticket.pk, typing=True)  # 2: types
        age(seconds=41)
        presence.seen(eva, ticket.pk, typing=True)  # 3: is back
        presence.left(eva, ticket.pk)  # 4: leaves
        presence.left(eva, ticket.pk)

    assert heard(["ticket-1", "desk-ticket-1", "desk"], do) == ["desk-ticket-1"] * 4


def test_what_nobody_took_leave_of_is_forgotten(submitted, eva):
    first, second = submitted(), submitted()
    presence.seen(eva, first.pk)
    age(seconds=41)
    presence.seen(eva, second.pk)

    assert list(Presence.objects.values_list("ticket_id", flat=True)) == [second.pk]
