"""The worker's fetching: at once, by one worker at a time, and whatever happens to single sources."""

import time

import pytest
from django.db import OperationalError

from tests.mail.fetching import Between, Folder, asks_for, written
from tests.nodes import until
from tuki.mail import actions
from tuki.mail.fetching import fetcher, looking
from tuki.mail.fetching.fetcher import Fetcher
from tuki.mail.models import RawMail, Source, Trouble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(dovecot, desk, root) -> Folder:
    return Folder(dovecot, root)


@pytest.fixture
def start(monkeypatch):
    monkeypatch.setattr(fetcher, "_ROUND", 0.1)
    monkeypatch.setattr(fetcher, "FIRST_WAIT", 0.2)
    working = []

    def begin() -> Fetcher:
        working.append(Fetcher())
        working[-1].start()
        return working[-1]

    yield begin
    for one in working:
        one.stop()


def is_waiting_for_news() -> bool:
    return Source.objects.filter(fetched_at__isnull=False).exists()


def without(monkeypatch, capability):
    made = looking.Server.__init__

    def make(self, *args):
        made(self, *args)
        self._client.capabilities = tuple(one for one in self._client.capabilities if one != capability)

    monkeypatch.setattr(looking.Server, "__init__", make)


@pytest.fixture
def source(folder) -> Source:
    made = folder.source()
    Source.objects.update(worker="")
    return made


def test_a_server_that_tells_news_has_its_mail_fetched_at_once(folder, source, start):
    start()
    until(is_waiting_for_news)
    folder.deliver(written("one"))
    began = time.monotonic()

    until(RawMail.objects.exists)

    assert time.monotonic() - began < 5
    until(lambda: Source.objects.get().last_uid == 1)


def test_other_servers_are_asked_again_and_again(folder, source, start, monkeypatch):
    without(monkeypatch, "IDLE")
    monkeypatch.setattr(fetcher, "EACH_LOOK", 0.3)
    start()
    until(is_waiting_for_news)
    folder.deliver(written("one"))

    until(RawMail.objects.exists)


def test_whoever_does_not_want_to_wait_has_mail_fetched_now(folder, source, start, root, monkeypatch):
    without(monkeypatch, "IDLE")
    start()
    until(is_waiting_for_news)
    folder.deliver(written("one"))
    time.sleep(0.5)
    assert not RawMail.objects.exists()

    actions.fetch_now(source, by=root)

    until(RawMail.objects.exists)


def test_stopping_takes_seconds_also_while_waiting_for_news(folder, source, start):
    working = start()
    until(is_waiting_for_news)
    began = time.monotonic()

    working.stop()

    assert time.monotonic() - began < 3
    assert Source.objects.get().lease_until is None  # so that the next may begin at once


def test_two_workers_never_fetch_from_one_source_together(folder, start):
    between = Between(folder.server, lambda _line: None)
    folder.source(port=between.port)
    Source.objects.update(worker="")
    start()
    start()
    until(is_waiting_for_news)
    folder.deliver(*(written(f"mail {number}") for number in range(10)))
    until(lambda: Source.objects.get().last_uid == 10)

    assert between.connections == 1
    assert RawMail.objects.count() == 10


def test_a_source_that_fails_says_why_and_delays_no_other(folder, source, start, dead_port, root):
    broken = actions.add_source(host="127.0.0.1", port=dead_port, security="none", user="nobody", secret="x", by=root)
    folder.deliver(written("one"))
    start()

    until(RawMail.objects.exists)
    until(lambda: Source.objects.get(pk=broken.pk).trouble)

    broken.refresh_from_db()
    source.refresh_from_db()
    assert (broken.trouble, source.trouble) == (Trouble.CLOSED, "")
    assert broken.failing_since is not None
    assert broken.error.startswith("Nobody answers there")


def test_what_was_wrong_is_forgotten_when_it_works_again(folder, source, start, root):
    actions.change_source(source, folder="Elsewhere", by=root)
    start()
    until(lambda: Source.objects.get().trouble == Trouble.FOLDER)
    since = Source.objects.get().failing_since
    until(lambda: Source.objects.get().turn)
    folder.deliver(written("one"), folder="Elsewhere")

    until(RawMail.objects.exists)
    until(lambda: not Source.objects.get().trouble)

    assert since is not None
    assert Source.objects.get().failing_since is None


def test_a_connection_that_breaks_off_now_and_then_is_no_trouble(folder, start, monkeypatch):
    broken, noted = [], []
    monkeypatch.setattr(fetcher.fetching, "went_wrong", lambda *said, **_: noted.append(said))

    def hang_up(line):
        if line.endswith("IDLE") and not broken:
            broken.append(line)
            return ""
        return None

    between = Between(folder.server, hang_up)
    folder.source(port=between.port)
    Source.objects.update(worker="")
    start()
    until(lambda: between.connections == 2)
    folder.deliver(written("one"))

    until(RawMail.objects.exists)
    assert noted == []


def test_a_poison_mail_delays_the_others_by_moments_and_nobody_s_clock(folder, start):
    between = Between(folder.server, lambda line: "" if asks_for(2, line) else None)
    folder.deliver(*(written(name) for name in ("one", "two", "three")))
    folder.source(port=between.port)
    Source.objects.update(worker="")
    began = time.monotonic()
    start()

    until(lambda: RawMail.objects.count() == 3)

    assert time.monotonic() - began < 10
    assert list(RawMail.objects.order_by("uid").values_list("outcome", flat=True)) == [
        "waiting",
        "quarantined",
        "waiting",
    ]


def test_settings_that_change_hold_at_once(folder, source, start, root):
    start()
    until(is_waiting_for_news)

    actions.change_source(source, afterwards="mark", by=root)
    folder.deliver(written("one"))

    until(lambda: folder.flags() == {1: {"\\Seen"}})


def test_a_source_that_is_off_or_removed_is_left(folder, source, start, root):
    working = start()
    until(is_waiting_for_news)

    actions.change_source(source, enabled=False, by=root)

    until(lambda: not working._visits)
    folder.deliver(written("one"))
    time.sleep(0.5)
    assert not RawMail.objects.exists()


def test_a_database_that_is_away_for_a_while_loses_nothing(folder, source, start, monkeypatch):
    start()
    until(is_waiting_for_news)
    taken = looking.fetching.take
    tries = []

    def fail_at_first(*args, **more):
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")
        return taken(*args, **more)

    monkeypatch.setattr(looking.fetching, "take", fail_at_first)
    folder.deliver(written("one"))

    until(RawMail.objects.exists)
    assert RawMail.objects.count() == 1


def test_a_secret_that_can_no_longer_be_read_says_so(folder, source, start, settings):
    settings.SECRET_KEY = "another key, as after a move without it"
    start()

    until(lambda: Source.objects.get().trouble == Trouble.SECRET)


def test_what_nobody_thought_of_stands_beside_the_source_and_is_tried_again(folder, source, start, monkeypatch):
    folder.deliver(written("one"))
    look, noted = looking.look, []
    went_wrong = fetcher.fetching.went_wrong

    def fail_once(*args):
        if not noted:
            raise RuntimeError("what is this")
        look(*args)

    def note(source, *said, **more):
        noted.append(said)
        went_wrong(source, *said, **more)

    monkeypatch.setattr(looking, "look", fail_once)
    monkeypatch.setattr(fetcher.fetching, "went_wrong", note)
    start()

    until(RawMail.objects.exists)
    assert noted == [(Trouble.OURSELVES, "RuntimeError")]
