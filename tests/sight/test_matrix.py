"""Persons × tickets × surfaces, under every rule that a desk and its companies can have, against the oracle.

Surfaces are asked for sets where they give some: what a person finds at once is held against all that there is.
"""

import re

import pytest
from django.test import Client

from tests.sight import oracle
from tests.sight.asking import differences, foreign, in_turn, named, seen
from tests.sight.oracle import ALL, SEEING, SIGHT, Matter, Rules, Someone
from tests.sight.world import World, have
from tuki.journal.via import Via
from tuki.live import topics
from tuki.live.policy import may_hear
from tuki.tickets import policy, queries
from tuki.tickets.models import Ticket


def test_everybody_finds_the_tickets_that_the_oracle_says_under_every_rule_of_sight(world):
    wrong = []
    for rules in SEEING:
        have(rules)
        for who in world.people:
            viewer = world.viewer(who)
            found = policy.visible_tickets(viewer).values_list("number", flat=True)
            wrong += differences(named(world, found), seen(world, rules, who), rules, who.name)

    assert wrong == []


def test_no_other_rule_of_the_desk_changes_what_anybody_sees(world):
    wrong = []
    for n, rules in enumerate(ALL):
        have(rules)
        for who in in_turn(world.people, 74, n):
            found = policy.visible_tickets(world.viewer(who)).values_list("number", flat=True)
            wrong += differences(named(world, found), seen(world, rules, who), rules, who.name)

    assert wrong == []


def test_there_is_a_reason_exactly_where_the_ticket_is_found_and_else_what_keeps_it(world):
    wrong = []
    for n, rules in enumerate(SIGHT):
        have(rules)
        some = in_turn(world.people, 4, n)
        persons = [world.persons[who] for who in some]
        for matter in in_turn(world.matters, 16, 5 * n):
            for who, told in zip(some, policy.why_each(persons, world.tickets[matter]), strict=True):
                sees = oracle.sees(rules, who, matter)
                reasons = {reason.rule for reason in told.kept_by}
                missing = set() if sees else oracle.said_of(who, matter) - reasons
                if bool(told.because) != sees or bool(told.kept_by) == sees or missing:
                    wrong.append((rules, who.name, matter.name, told))

    assert wrong == []


def test_one_by_one_everybody_may_see_and_answer_what_the_oracle_says(world):
    wrong = []
    for n, rules in enumerate(SIGHT):
        have(rules)
        for who in in_turn(world.people, 16, n):
            viewer = world.viewer(who)
            for matter in world.matters:
                ticket = world.tickets[matter]
                asked = (policy.may_see(viewer, ticket), policy.may_reply(viewer, ticket))
                expected = (oracle.sees(rules, who, matter), oracle.takes_part(rules, who, matter))
                if asked != expected:
                    wrong.append((rules, who.name, matter.name, asked, expected))

    assert wrong == []


def test_lists_and_their_search_hold_what_the_oracle_says_for_each_tab(world):
    wrong = []
    for n, rules in enumerate(SIGHT):
        have(rules)
        for who in in_turn(world.customers, 12, n):
            viewer = world.viewer(who)
            visible = [matter for matter in world.matters if oracle.sees(rules, who, matter)]
            tabs = {
                "mine": {matter for matter in visible if matter.requester == who},
                "copied": {matter for matter in visible if who in matter.copies},
                "organization": {matter for matter in visible if oracle.of_company(rules, who, matter)},
            }
            if who.closed:
                continue  # has no list
            for tab, expected in tabs.items():
                # Confidential ones of one's own stand among the company's, too.
                rows = queries.customer_requests(viewer, tab=tab, status="all").values_list("number", flat=True)
                wrong += differences(named(world, rows), {matter.name for matter in expected}, rules, who.name, tab)
                for words in ("zibeline", "vetiver", "about"):
                    rows = queries.customer_requests(viewer, tab=tab, words=words).values_list("number", flat=True)
                    some = {matter.name for matter in expected if words in f"about {world.word(matter)}"}
                    wrong += differences(named(world, rows), some, rules, who.name, tab, words)

    assert wrong == []


def test_messages_and_files_are_read_by_those_who_see_the_ticket_and_notes_by_agents(world):
    wrong = []
    for n, rules in enumerate(SIGHT):
        have(rules)
        for who in in_turn(world.people, 8, n):
            viewer = world.viewer(who)
            visible = [matter for matter in world.matters if oracle.sees(rules, who, matter)]
            notes = [world.noted[matter].pk for matter in visible if who.kind != "customer"]
            note_files = [world.note_files[matter].pk for matter in visible if who.kind != "customer"]
            public = policy.visible_messages(viewer).exclude(html__contains="answer").values_list("pk", flat=True)
            files = policy.visible_files(viewer).exclude(name__startswith="answer").values_list("pk", flat=True)
            wrong += differences(public, [*notes, *(world.said[matter].pk for matter in visible)], rules, who.name)
            wrong += differences(files, [*note_files, *(world.files[matter].pk for matter in visible)], rules, who.name)

    assert wrong == []


def test_everybody_hears_live_of_what_they_see_and_of_nothing_else(world):
    wrong = []
    wanted = [
        name(number) for number in range(1, len(world.matters) + 1) for name in (topics.ticket, topics.desk_ticket)
    ]
    for n, rules in enumerate(SIGHT):
        have(rules)
        for who in in_turn(world.people, 4, n):
            heard = may_hear(world.viewer(who), wanted)
            numbers = [number for number, matter in enumerate(world.matters, 1) if oracle.sees(rules, who, matter)]
            expected = [topics.ticket(number) for number in numbers]
            expected += [topics.desk_ticket(number) for number in numbers if who.kind == "agent"]
            wrong += differences(heard, expected, rules, who.name)

    assert wrong == []


def test_who_may_be_copied_is_the_desks_rule_and_the_companys_places(world):
    wrong = []
    for rules in (Rules(who_is_copied=rule) for rule in ("company", "company_seats", "anyone")):
        have(rules)
        for who in world.people:
            person = world.persons[who]
            allowed = {matter for matter in world.matters if policy.may_be_copied(person, world.tickets[matter])}
            expected = {matter for matter in world.matters if oracle.may_be_copied(rules, who, matter)}
            wrong += differences(allowed, expected, rules, who.name)

    assert wrong == []


def test_who_may_ask_and_for_which_companies_is_the_desks_rule_by_page_and_by_mail(world):
    wrong = []
    combinations = {(rules.who_submits, rules.by_mail): rules for rules in ALL}
    for rules in combinations.values():
        have(rules)
        for who in world.people:
            for via in (Via.WEB, Via.EMAIL):
                viewer = world.viewer(who, via)
                if policy.may_submit(viewer) != oracle.submits(rules, who, via == Via.EMAIL):
                    wrong.append(f"{rules}, {who.name}, {via}")
                companies = {world.companies[one].pk for one in oracle.submits_for(rules, who, via == Via.EMAIL)}
                wrong += differences(policy.companies_to_submit_for(viewer), companies, rules, who.name, via)

    assert wrong == []


ROWS = 30  # on a page
PAGES = [Rules("nobody"), Rules("managers", False), Rules("seats", True, True), Rules("everyone")]


@pytest.mark.parametrize("rules", PAGES, ids=lambda rules: rules.who_sees)
def test_pages_downloads_and_replies_answer_as_the_oracle_says_and_hold_no_word_of_others(world, rules):
    have(rules)
    wrong = []
    browsing = [one for one in world.customers if not one.closed]
    for n, who in enumerate(in_turn(browsing, 10, 3 * PAGES.index(rules))):
        browser = Client()
        browser.force_login(world.persons[who])
        visible = {matter for matter in world.matters if oracle.sees(rules, who, matter)}
        for tab in ("mine", "copied", "organization"):
            text = browser.get(f"/hc/en/requests?tab={tab}&status=any").content.decode()
            wrong += foreign(world, visible, text, who.name)
            wrong += listed(world, rules, who, tab, text)
        for matter in in_turn(world.matters, 12, n):
            number, expected = world.tickets[matter].number, 200 if matter in visible else 404
            page = browser.get(f"/hc/en/requests/{number}")
            wrong += foreign(world, visible, page.content.decode(), who.name)
            reply = browser.post(f"/hc/en/requests/{number}/replies", {"body": "Yes."})
            takes_part = oracle.takes_part(rules, who, matter)
            wrong += download(browser, world, matter, who, matter in visible)
            answers = {
                "page": (page.status_code, expected),
                "reply": (reply.status_code, 404 if matter not in visible else 302 if takes_part else 403),
            }
            if matter in visible:
                note = browser.get(f"/hc/files/{world.note_files[matter].pk}")
                answers["note's file"] = (note.status_code, 404)
            wrong += [
                (rules, who.name, matter.name, name, *pair) for name, pair in answers.items() if pair[0] != pair[1]
            ]

    assert wrong == []


def download(browser: Client, world: World, matter: Matter, who: Someone, known: bool) -> list[str]:
    """Where it is known, the words of its file and no other's; else nothing."""
    answer = browser.get(f"/hc/files/{world.files[matter].pk}")
    words = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if known:
        return differences([words.decode()], [world.word(matter)], who.name, "file")
    right = answer.status_code == 404 and not foreign(world, set(), words.decode(), who.name)
    return [] if right else [f"{who.name}: file of {matter.name}: {answer.status_code}"]


def listed(world: World, rules: Rules, who: Someone, tab: str, text: str) -> list[str]:
    """A page of a list has the rows that the oracle says, as many as it holds. Who has no such list reads theirs."""
    in_tab = {
        "mine": {one.name for one in world.matters if one.requester == who and oracle.sees(rules, who, one)},
        "copied": {one.name for one in world.matters if who in one.copies and oracle.sees(rules, who, one)},
        "organization": {one.name for one in world.matters if oracle.of_company(rules, who, one)},
    }
    has_company = any(oracle.follows(rules, who, place.company) for place in who.places)
    expected = in_tab[tab if tab != "organization" or has_company else "mine"]
    found = named(world, {int(number) for number in re.findall(r'href="/hc/en/requests/(\d+)"', text)})
    whole = len(expected) <= ROWS
    return differences(found, expected if whole else found & expected, who.name, tab) + (
        [] if whole or len(found) == ROWS else [f"{who.name}, {tab}: {len(found)} rows"]
    )


def test_the_matrix_is_large_and_lets_and_keeps_in_every_way(world):
    assert len(world.people) * len(world.matters) * len(SEEING) > 50_000
    assert Ticket.objects.count() == len(world.matters)
    for who in ("member", "seat", "manager", "run out", "suspended", "pending"):
        someone = [one for one in world.people if one.name.startswith(f"{who} of")]
        counts = {len(seen(world, rules, one)) for rules in SIGHT for one in someone}
        assert len(counts) > 1
