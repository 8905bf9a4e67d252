"""Who may hear of what, as a table."""

import pytest

from tuki.live.policy import asked_anew, may_hear
from tuki.people.actor import Actor
from tuki.tickets import actions


@pytest.mark.parametrize(
    ("viewer", "allowed"),
    [
        ("ada", {"ticket-1", "person-own"}),
        ("bert", {"person-own"}),
        ("dora", {"person-own"}),
        ("eva", {"ticket-1", "desk-ticket-1", "desk", "person-own"}),
        ("root", {"ticket-1", "desk-ticket-1", "desk", "person-own"}),
    ],
)
def test_everyone_hears_of_what_they_may_see_and_no_more(request, ticket, viewer, allowed):
    viewer = request.getfixturevalue(viewer)
    own, others = f"person-{viewer.person_id}", f"person-{viewer.person_id + 1}"
    wanted = ["ticket-1", "desk-ticket-1", "ticket-2", "desk-ticket-2", "desk", own, others]

    assert may_hear(viewer, wanted) == {topic.replace("person-own", own) for topic in allowed}


def test_nobody_signed_in_hears_nothing(ticket):
    assert may_hear(Actor(None), ["ticket-1", "desk", "desk-ticket-1", "person-1"]) == set()


def test_who_has_lost_the_right_hears_no_more(ticket, eva, otto, ada, hanna, teams):
    actions.hand_over(ticket, teams["payroll"], by=eva)

    assert may_hear(otto, ["ticket-1", "desk-ticket-1"]) == set()
    assert may_hear(hanna, ["ticket-1", "desk-ticket-1"]) == {"ticket-1", "desk-ticket-1"}
    assert may_hear(ada, ["ticket-1"]) == {"ticket-1"}


def test_rights_are_asked_anew_by_names_that_no_browser_may_hear(ticket, eva):
    anew = asked_anew(eva, "key", ["ticket-1", "desk-ticket-1", "desk"])

    assert {"rights", f"rights-{eva.person_id}", "sight-1"} <= anew
    assert may_hear(eva, anew) == set()


@pytest.mark.parametrize(
    "nonsense", ["", "ticket-", "ticket-0", "ticket-1x", "desk-", "ticket-99999999999999999999", "*"]
)
def test_what_is_no_topic_is_dropped(eva, nonsense):
    assert may_hear(eva, [nonsense]) == set()
