"""What is the same for everyone is given from memory: to whom, for how long, and never what is somebody's own."""

import gzip
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from tuki.config.server.answers import Answer, Answers, Asked, Before, asked
from tuki.live.known import KNOWN
from tuki.live.node import TURNS
from tuki.live.signals import tell
from tuki.live.topics import AROUND, article
from tuki.look.everyone import Same, same

PAGE = "A page. " * 1000


class Page:
    """A page that says how often it was asked, and what it says of its answer."""

    def __init__(self, *, headers=None, status=200, **said):
        self.numbers, self.headers, self.status, self.said = count(1), headers or {}, status, said

    def __call__(self, environ, start):
        answer = HttpResponse(f"{next(self.numbers)} {PAGE}", status=self.status, headers=self.headers)
        for name, value in self.said.items():
            setattr(same(answer), name, value)
        same(answer)
        start(f"{self.status} Whatever", list(answer.items()))
        return answer


@pytest.fixture
def here(transactional_db, serve):
    """Start a server for a page, and wait until it hears of changes."""

    def start(page, **limits):
        here = serve(page, **limits)
        while KNOWN.era is None:
            assert here.thread.is_alive()
        return here

    return start


def number(here, path="/hc/en", **headers):
    """How often the page had been asked when this answer was made."""
    answer, body = here.ask(path=path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status == 200
    return int(body.split()[0])


def test_it_is_asked_of_the_page_once_and_given_until_it_changes(here):
    here = here(Page())
    assert [number(here) for _ in range(3)] == [1, 1, 1]

    tell("ticket-1", "desk")
    assert number(here) == 1

    with transaction.atomic():
        tell(AROUND)
        assert number(here) == 1
    assert number(here) == 2


def test_what_concerns_one_article_ends_its_page_and_no_other(here):
    here = here(Page(about=(AROUND, article(7))))
    number(here)

    tell(article(8))
    assert number(here) == 1
    tell(article(7))
    assert number(here) == 2


def test_what_changes_while_the_page_is_made_makes_it_old_at_once(here):
    page = Page()

    def changing(environ, start):
        TURNS.changed([AROUND])
        return page(environ, start)

    here = here(changing)

    assert [number(here), number(here)] == [1, 2]


def test_nothing_is_given_by_whoever_does_not_hear_of_changes(here):
    here = here(Page())
    number(here)

    KNOWN.hears(False)
    assert [number(here), number(here)] == [2, 3]
    KNOWN.hears(True)  # what was kept before may be old
    assert [number(here), number(here)] == [4, 4]


def test_another_process_of_this_node_that_changes_something_is_seen_at_once():
    before = TURNS.of([AROUND])
    if not (pid := os.fork()):
        TURNS.changed([AROUND])
        os._exit(0)
    os.waitpid(pid, 0)

    assert TURNS.of([AROUND]) != before


@pytest.mark.parametrize(
    "header",
    [
        {"Cookie": f"theme=dark; {settings.SESSION_COOKIE_NAME}=abc"},
        {"Cookie": "messages=abc"},
        {"Cookie": "voter=abc"},
        {"Authorization": "Basic eDp5"},
        {"HX-Request": "true"},
        {"Content-Length": "0"},
    ],
)
def test_whoever_could_be_shown_something_else_is_never_given_it_nor_gives_it_to_others(here, header):
    here = here(Page(unless=frozenset({"voter"})))

    assert number(here, **header) == 1
    assert number(here) == 2
    assert number(here, **header) == 3
    assert number(here, Cookie=f"{settings.LANGUAGE_COOKIE_NAME}=fi; {settings.CSRF_COOKIE_NAME}=x; _ga=1") == 2


@pytest.mark.parametrize("page", [Page(headers={"Set-Cookie": "csrftoken=x"}), Page(status=404)])
def test_what_names_its_reader_or_is_no_page_is_not_kept(here, page):
    here = here(page)

    assert [here.ask()[1][:1] for _ in range(2)] == [b"1", b"2"]


def test_it_is_over_at_the_moment_at_which_it_changes_by_itself(here):
    here = here(Page(until=timezone.now() - timedelta(microseconds=1)))

    assert [number(here), number(here)] == [1, 2]


def test_each_language_and_each_question_has_its_own(here):
    here = here(Page())

    for path, made in {"/hc/en": 1, "/hc/fi": 2, "/hc/en?at=2": 3}.items():
        assert [number(here, path), number(here, path)] == [made, made]
    assert number(here, "/hc/%65n") == 4  # the same address, in one of endless ways
    assert number(here, "/hc/%65n") == 5


def test_it_comes_packed_to_whom_it_may_and_whole_to_others(here):
    here = here(
        Page(headers={"Content-Security-Policy": "default-src 'none'", "Vary": "Accept", "X-Request-ID": "one"})
    )

    packed, small = here.ask(headers={"Accept-Encoding": "br, gzip"})
    plain, whole = here.ask(headers={"Accept-Encoding": "gzip;q=0, br"})

    assert (packed.headers["Content-Encoding"], plain.headers["Content-Encoding"]) == ("gzip", None)
    assert len(small) < 200
    assert gzip.decompress(small) == whole
    for answer in (packed, plain):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert answer.headers["Vary"] == "Accept, Accept-Encoding, Cookie"
        assert "X-Request-ID" not in answer.headers  # it names the request that the page was made for


def test_a_browser_that_has_it_is_told_so_whichever_way_it_got_it(here):
    here = here(Page())
    tag = here.ask()[0].headers["ETag"]

    for wanted in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        answer, body = here.ask(headers={"If-None-Match": wanted, "Accept-Encoding": "gzip"})
        assert (answer.status, body, answer.headers["ETag"]) == (304, b"", tag), wanted

    tell(AROUND)
    assert here.ask(headers={"If-None-Match": tag})[0].status == 200
    assert here.ask(headers={"If-None-Match": '"other"'})[0].status == 200


def test_a_head_says_what_a_get_would_and_a_range_is_not_minded(here):
    here = here(Page())
    got, body = here.ask()
    head, nothing = here.ask("HEAD")
    whole, same_body = here.ask(headers={"Range": "bytes=0-1"})

    assert (head.status, nothing) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(body))
    assert (whole.status, same_body) == (200, body)


def test_a_head_is_not_what_others_are_given(here):
    here = here(Page())
    here.ask("HEAD")

    assert number(here) == 2


def test_a_read_is_counted_and_what_that_asks_for_is_done_in_a_thread(here):
    reads, done = [], threading.Event()

    def seen():
        reads.append(threading.current_thread().name)
        return done.set if len(reads) == 2 else None

    here = here(Page(seen=seen))
    for method in ("GET", "GET", "HEAD", "GET"):
        here.ask(method)

    assert done.wait(20)
    assert len(reads) == 2  # the first was the page's own to count; nobody reads by HEAD


def test_slow_readers_hold_nobody_up(here):
    here = here(Page(), threads=1)
    number(here)
    slow = [here.open(b"GET /hc/en HTTP/1.1\r\nHost: x\r\n\r\n" * 50) for _ in range(8)]

    assert number(here) == 1

    for connection in slow:
        connection.close()


# What follows needs no server: how much is kept, and what makes room.


def to(path: str) -> Asked:
    path, _, query = path.partition("?")
    return asked({"method": "GET", "raw_path": path.encode(), "query_string": query.encode(), "headers": []})


@pytest.fixture
def answer() -> Iterator[Answer]:
    KNOWN.hears(True)
    made = Before().answer(Same(), 200, [], os.urandom(8000))
    assert made is not None
    yield made
    KNOWN.hears(False)


@pytest.fixture
def answers(answer) -> Answers:
    """Room for ten that were asked for again, and three that were not."""
    each = answer.weight + 20
    return Answers(most=13 * each, unproven=3 * each)


def kept(answers: Answers, paths: list[str]) -> list[str]:
    return [path for path in paths if answers.find(to(path))]


def test_who_walks_all_pages_pushes_out_none_that_are_read(answers, answer):
    read = [f"/read/{n}" for n in range(5)]
    for path in read:
        answers.keep(to(path), answer)
        answers.find(to(path))

    for n in range(1000):
        answers.keep(to(f"/walked/{n}"), answer)

    assert kept(answers, read) == read
    assert len(kept(answers, [f"/walked/{n}" for n in range(1000)])) == 3


def test_questions_without_end_push_out_nothing_but_each_other(answers, answer):
    answers.keep(to("/read"), answer)
    answers.find(to("/read"))

    for n in range(1000):
        path = f"/read?n={n}"
        answers.keep(to(path), answer)
        answers.find(to(path))
        answers.find(to(path))

    assert kept(answers, ["/read"]) == ["/read"]
    assert len(kept(answers, [f"/read?n={n}" for n in range(1000)])) == 3


def test_what_was_not_read_lately_makes_room(answers, answer):
    paths = [f"/{n}" for n in range(12)]
    for path in paths:
        answers.keep(to(path), answer)
        answers.find(to(path))

    assert kept(answers, paths) == paths[2:]
