"""Law 4: every address answers everybody as the tables say."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver

from tests import nodes
from tests.doors.addresses import live
from tests.doors.addresses.tables import DOORS, NO_SECRET, PAGES, WORDS, rows
from tuki.live.policy import may_hear
from tuki.people.actor import Actor


def _routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Every address there is, as `resolve` names it."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from _routes(one, route)
        else:
            yield route


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_is_in_the_tables(scene, method):
    told = {
        scene.found(address).route for told_method, address, _answers in rows(*DOORS.values()) if told_method == method
    }

    assert set(_routes()) - told == set()


@pytest.mark.either
@pytest.mark.parametrize("door", DOORS)
def test_each_address_answers_everybody_as_its_table_says_and_tells_nobody_what_is_not_theirs(scene, door):
    wrong = []
    for method, address, answers in rows(DOORS[door]):
        for who, expected in answers.items():
            answer = scene.ask(who, method, address)
            if str(answer.status) != expected:
                wrong.append(f"{method} {address}: {who} gets {answer.status}, not {expected}")
            body = answer.body.lower()
            told = [word for word, readers in WORDS.items() if who not in readers and word.encode() in body]
            told += [word for word in ("traceback",) if word.encode() in body]
            wrong += [f"{method} {address}: {who} reads {word}" for word in told]

    assert wrong == []


def test_the_customers_page_shows_no_note_to_anybody(scene):
    page = scene.ask("eva", "GET", "/hc/en/requests/{own}").body

    assert b"medlar" in page
    assert b"raisin" not in page


def test_no_form_is_taken_without_its_secret(scene, signed_in, cast):
    scene.browsers = {"eva": signed_in(cast["eva"], enforce_csrf_checks=True)}
    taken = {
        address.partition("+")[0]
        for method, address, _answers in rows(*DOORS.values())
        if method == "POST" and scene.ask("eva", method, address).status != 403
    }

    assert taken == NO_SECRET


@pytest.mark.parametrize("junk", ["\0", "9" * 30, "٣"], ids=["nothing", "huge", "other digits"])
def test_nonsense_is_nobodys_fault_but_its_senders(scene, junk):
    fields = ["at", "q", "tab", "status", "organization", "next", "other", "file", "run", "once", "seen", "remove"]
    broken = []
    for method, address, answers in rows(*PAGES.values()):
        let_in = [who for who in ("ada", "eva", "root") if answers[who] not in {"403", "404", "405"}]
        if not let_in:
            continue
        wrong = [dict.fromkeys(fields, junk)] + [{name: junk} for name in scene.form(address) if method == "POST"]
        answered = [(one, scene.ask(let_in[0], method, address, **one).status) for one in wrong]
        broken += [f"{method} {address} {one}" for one, status in answered if status >= 500]

    assert broken == []


def test_everybody_hears_of_live_changes_as_its_table_says(matters, cast):
    named = {name: ticket.number for name, ticket in matters.items()} | {"ada": cast["ada"].person_id}
    table = {topic.format(**named): answers for _hear, topic, answers in rows(live)}
    heard = {who: may_hear(actor, table) for who, actor in cast.items()}

    assert may_hear(Actor(None), table) == set()
    for topic, answers in table.items():
        assert {who for who in heard if topic in heard[who]} == {who for who in cast if answers[who] == "yes"}, topic


def test_the_live_stream_is_for_whoever_is_signed_in(live_desk, ada):
    port = int(live_desk.url.rpartition(":")[2])
    streams = [nodes.Stream(port, "topic=desk", *cookie) for cookie in ([], [f"Cookie: {nodes.cookie_of(ada.person)}"])]
    for stream in streams:
        stream.close()

    assert [stream.status for stream in streams] == [204, 200]
