"""Mail fetched from a real mail server: each once, none lost, whoever else reads there."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests.conftest import later
from tests.mail import fetching
from tests.mail.fetching import Between, Folder, asks_for, fetch, written
from tuki.jobs.models import Job
from tuki.lib.refusal import Refused
from tuki.mail import actions
from tuki.mail.actions import fetching as worker
from tuki.mail.fetching import looking
from tuki.mail.fetching.imap import Failed
from tuki.mail.fetching.looking import Suspicion
from tuki.mail.models import Mailbox, Outcome, RawMail, Source, Trouble
from tuki.people.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(dovecot, desk, root) -> Folder:
    return Folder(dovecot, root)


def subjects() -> list[str]:
    """Of what is in the ledger, in the order it came."""
    found = []
    for mail in RawMail.objects.order_by("pk"):
        line = next(line for line in mail.content().split(b"\r\n") if line.startswith(b"Subject"))
        found.append(line.partition(b": ")[2].decode())
    return found


def test_a_mail_is_in_the_ledger_byte_for_byte_and_will_be_read(folder):
    folder.deliver(written("one"))
    source = folder.source()

    fetch(source)

    mail = RawMail.objects.get()
    assert mail.content() == written("one")
    assert (mail.envelope_from, mail.envelope_to) == ("ada@acme.example", ["support@festum.example"])
    assert mail.mailbox.address == "support@festum.example"
    assert (mail.source, mail.uid, mail.outcome) == (source, 1, Outcome.WAITING)
    assert Job.objects.filter(kind="mail.decide").count() == 1


def test_a_second_look_finds_only_what_is_new(folder):
    source = folder.source()
    folder.deliver(written("one"))
    fetch(source)
    fetch(source)
    folder.deliver(written("two"))
    fetch(source)

    assert subjects() == ["one", "two"]
    assert Source.objects.get().last_uid == 2


def test_a_mail_that_somebody_has_read_elsewhere_comes_all_the_same(folder):
    folder.deliver(written("one"))
    with folder.server.reading(folder.user) as other_program:
        other_program.fetch("1", "(BODY[])")
    assert folder.flags() == {1: {"\\Seen"}}

    fetch(folder.source())

    assert subjects() == ["one"]


def test_fetching_leaves_a_mail_unread_unless_told_otherwise(folder):
    folder.deliver(written("one"))

    fetch(folder.source())

    assert folder.flags() == {1: set()}


def test_what_the_ledger_has_is_marked_as_read(folder):
    folder.deliver(written("one"), written("two"))

    fetch(folder.source(afterwards="mark"))

    assert folder.flags() == {1: {"\\Seen"}, 2: {"\\Seen"}}
    assert not RawMail.objects.filter(to_put_away=True).exists()


def test_what_the_ledger_has_is_moved_to_a_folder_that_is_made_for_it(folder):
    folder.deliver(written("one"), written("two"))

    fetch(folder.source(afterwards="move", move_to="Käsitelty"))

    assert folder.flags() == {}
    assert len(folder.flags("K&AOQ-sitelty")) == 2


def test_a_mail_that_another_program_has_only_marked_for_removal_is_not_removed_by_us(folder):
    folder.deliver(written("one"), written("two"))
    with folder.server.reading(folder.user) as other_program:
        other_program.store("1", "+FLAGS", r"(\Deleted)")

    fetch(folder.source(afterwards="mark"))

    assert folder.flags() == {1: {"\\Deleted", "\\Seen"}, 2: {"\\Seen"}}
    assert subjects() == ["one", "two"]


def test_what_a_crash_left_unmoved_is_moved_at_the_next_look_and_comes_only_once(folder, monkeypatch):
    folder.deliver(written("one"))
    source = folder.source(afterwards="move", move_to="Done")

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(looking, "_put_away", die)
        with pytest.raises(KeyboardInterrupt):
            fetch(source)
    assert len(folder.flags()) == 1

    fetch(Source.objects.get())

    assert (folder.flags(), len(folder.flags("Done"))) == ({}, 1)
    assert subjects() == ["one"]


def test_nothing_is_marked_before_the_ledger_has_it(folder, monkeypatch):
    folder.deliver(written("one"))

    def fail(*_args, **_more):
        raise OSError("the disk is full")

    monkeypatch.setattr(worker, "write_down", fail)
    with pytest.raises(OSError, match="full"):
        fetch(folder.source(afterwards="mark"))

    assert folder.flags() == {1: set()}
    assert Source.objects.get().last_uid == 0


def test_where_mails_cannot_be_put_away_they_are_in_the_ledger_all_the_same(folder):
    between = Between(folder.server, lambda line: "NO [CANNOT] not here" if " UID MOVE " in line else None)
    folder.deliver(written("one"))
    source = folder.source(port=between.port, afterwards="move", move_to="Done")

    with pytest.raises(Failed) as failed:
        fetch(source)

    assert (failed.value.trouble, "not here" in failed.value.words) == (Trouble.AFTERWARDS, True)
    assert subjects() == ["one"]


def test_a_server_that_cannot_move_is_asked_to_copy_and_removes_nothing_else(folder, monkeypatch):
    folder.deliver(written("one"), written("two"))
    fetch(folder.source())
    folder.deliver(written("three"))
    with folder.server.reading(folder.user) as other_program:
        other_program.store("1", "+FLAGS", r"(\Deleted)")
    source = Source.objects.get()
    Source.objects.update(afterwards="move", move_to="Done")
    source.refresh_from_db()

    without_move(monkeypatch)
    fetch(source)

    assert folder.flags() == {1: {"\\Deleted"}, 2: set()}
    assert len(folder.flags("Done")) == 1


def without_move(monkeypatch):
    made = looking.Server.__init__

    def make(self, *args):
        made(self, *args)
        self._client.capabilities = tuple(one for one in self._client.capabilities if one != "MOVE")

    monkeypatch.setattr(looking.Server, "__init__", make)


def test_only_mail_from_now_on_comes_unless_all_is_asked_for(folder):
    yesterday = timezone.now() - timedelta(days=1)
    folder.deliver(written("old"), at=yesterday)
    source = folder.source(from_beginning=False)
    folder.deliver(written("new"))

    fetch(source)

    assert subjects() == ["new"]


def test_an_older_mail_that_somebody_moves_into_the_folder_is_meant_for_us(folder):
    last_year = timezone.now() - timedelta(days=365)
    folder.deliver(written("old"), at=last_year)
    source = folder.source(from_beginning=False)
    fetch(source)
    folder.deliver(written("old, but meant"), at=last_year)

    fetch(source)

    assert subjects() == ["old, but meant"]


def test_when_the_server_numbers_them_anew_what_was_too_old_before_is_so_still(folder):
    folder.deliver(written("old"), at=timezone.now() - timedelta(days=1))
    source = folder.source(from_beginning=False)
    fetch(source)
    folder.server.number_anew(folder.user)
    folder.deliver(written("new"))

    fetch(source)

    assert subjects() == ["new"]


def test_when_the_server_numbers_its_mails_anew_none_comes_twice_and_none_is_lost(folder):
    source = folder.source()
    folder.deliver(written("one"), written("two"))
    fetch(source)
    with folder.server.reading(folder.user) as other_program:  # so that numbers shift
        other_program.store("1", "+FLAGS", r"(\Deleted)")
        other_program.expunge()
    folder.server.number_anew(folder.user)
    folder.deliver(written("three"))

    fetch(source)

    assert subjects() == ["one", "two", "three"]
    two = RawMail.objects.get(message_id="<two@acme.example>")
    assert (two.era, two.uid) == (1, 1)  # and it is known where it is now, should it have to be put away
    fetch(source)
    assert RawMail.objects.count() == 3


def test_a_copy_of_a_mail_in_the_same_folder_is_in_the_ledger_to_be_seen(folder):
    folder.deliver(written("one"), written("one"))

    fetch(folder.source())

    assert subjects() == ["one", "one"]


def test_a_mail_that_is_too_large_is_put_aside_with_its_header_and_says_so(folder, monkeypatch):
    monkeypatch.setattr(looking, "LARGEST", 2_000_000)
    folder.deliver(written("before"), written("huge") + b"x" * 2_100_000, written("after"))

    fetch(folder.source(afterwards="move", move_to="Done"))

    assert subjects() == ["before", "huge", "after"]
    huge = RawMail.objects.get(uid=2)
    assert huge.outcome == Outcome.QUARANTINED
    assert "too large: 2 MB" in huge.why
    assert "under UID 2" in huge.why
    with translation.override("fi"):
        assert huge.why.startswith("Se on liian suuri: 2 Mt")
    assert (huge.size > 2_000_000, len(huge.content()) < 1000, huge.message_id) == (True, True, "<huge@acme.example>")
    assert not Job.objects.filter(args__raw_mail=huge.pk).exists()
    assert list(folder.flags()) == [2]  # it lies where it lay
    with pytest.raises(Refused):  # for of a header alone a wrong request would come
        actions.run_again(huge, by=folder.by)


def test_a_mail_that_its_server_refuses_to_give_is_put_aside_and_delays_no_other(folder):
    between = Between(folder.server, lambda line: "NO [SERVERBUG] broken" if asks_for(2, line) else None)
    folder.deliver(*(written(name) for name in ("one", "two", "three")))

    fetch(folder.source(port=between.port))

    ends = dict(RawMail.objects.values_list("uid", "outcome"))
    assert ends == {1: Outcome.WAITING, 2: Outcome.QUARANTINED, 3: Outcome.WAITING}
    assert "broken. It still lies in INBOX" in RawMail.objects.get(uid=2).why


def test_a_mail_at_which_the_connection_breaks_off_is_put_aside_in_the_end(folder):
    between = Between(folder.server, lambda line: "" if asks_for(2, line) else None)
    folder.deliver(*(written(name) for name in ("one", "two", "three")))
    source, suspicion = folder.source(port=between.port), Suspicion()

    for _ in range(1 + looking._MOST_DEATHS):
        with pytest.raises(Failed) as failed:
            fetch(source, suspicion)
        assert failed.value.trouble == Trouble.LOST
        assert suspicion.connection_died()  # so that whoever fetches comes back at once
    fetch(source, suspicion)

    ends = dict(RawMail.objects.values_list("uid", "outcome"))
    assert ends == {1: Outcome.WAITING, 2: Outcome.QUARANTINED, 3: Outcome.WAITING}
    assert "broke off" in RawMail.objects.get(uid=2).why


def test_a_mail_that_the_ledger_cannot_take_is_put_aside_alone(folder, monkeypatch):
    prepare = worker.prepare

    def fail_at_two(arrivals, at):
        if any(b"two" in arrival.raw for arrival in arrivals):
            raise ValueError("nobody thought of this")
        return prepare(arrivals, at)

    monkeypatch.setattr(worker, "prepare", fail_at_two)
    folder.deliver(*(written(name) for name in ("one", "two", "three")))

    fetch(folder.source(afterwards="mark"))

    ends = dict(RawMail.objects.values_list("uid", "outcome"))
    assert ends == {1: Outcome.WAITING, 2: Outcome.QUARANTINED, 3: Outcome.WAITING}
    assert "under UID 2" in RawMail.objects.get(uid=2).why
    assert folder.flags() == {1: {"\\Seen"}, 2: set(), 3: {"\\Seen"}}


def test_a_mail_that_vanishes_while_it_is_fetched_is_no_matter(folder):
    folder.deliver(written("one"), written("two"))
    gone = []

    def remove(line):
        if asks_for(1, line) and not gone:
            with folder.server.reading(folder.user) as other_program:
                other_program.store("1", "+FLAGS", r"(\Deleted)")
                other_program.expunge()
            gone.append(line)

    fetch(folder.source(port=Between(folder.server, remove).port))

    assert subjects() == ["two"]
    assert Source.objects.get().last_uid == 2


@pytest.mark.parametrize(
    ("delivered", "to", "found"),
    [
        ("", "support@festum.example", "support@festum.example"),
        ("", "support+1.2.abc@festum.example", "support+1.2.abc@festum.example"),
        ("invoices@festum.example", "support@festum.example", "invoices@festum.example"),
        ("", "somebody@elsewhere.example", "invoices@festum.example"),  # a blind copy: the source's
    ],
)
def test_a_mail_belongs_to_the_mailbox_it_was_delivered_to_else_to_the_source_s(folder, delivered, to, found):
    invoices = Mailbox.objects.create(address="invoices@festum.example", labels={"en": "Invoices"})
    raw = written("one", to=to)
    folder.deliver(f"Delivered-To: {delivered}\r\n".encode() + raw if delivered else raw)

    fetch(folder.source(mailbox=invoices))

    assert RawMail.objects.get().envelope_to[0] == found


@pytest.mark.parametrize(
    ("noted", "sender"),
    [("Return-Path: <>\r\n", ""), ("", "ada@acme.example"), ("Return-Path: <b@c.example>\r\n", "b@c.example")],
)
def test_only_what_came_from_nobody_is_a_report(folder, noted, sender):
    raw = written("one")
    folder.deliver(noted.encode() + raw[raw.index(b"From:") :])

    fetch(folder.source())

    assert RawMail.objects.get().envelope_from == sender


def test_whoever_was_taken_for_dead_writes_nothing_more(folder, root):
    folder.deliver(written("one"))
    source = folder.source()
    Source.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert worker.claim(source.pk, "another", by=root) is not None

    with pytest.raises(worker.Overtaken):
        fetch(source)

    assert not RawMail.objects.exists()


def test_a_source_is_one_worker_s_until_its_lease_runs_out(folder, root):
    pk = folder.source().pk

    assert worker.claim(pk, "first", by=later(root)) is not None
    assert worker.claim(pk, "second", by=later(root, seconds=20)) is None
    worker.renew([pk], "first", by=later(root, seconds=20))
    assert worker.claim(pk, "second", by=later(root, seconds=40)) is None
    assert worker.claim(pk, "second", by=later(root, seconds=60)) is not None


def test_whoever_fetches_by_older_settings_writes_nothing_more(folder, root):
    folder.deliver(written("one"))
    source = folder.source()
    actions.change_source(source, afterwards="mark", by=root)

    with pytest.raises(worker.Overtaken):
        fetch(source)

    assert not RawMail.objects.exists()


def test_another_account_has_other_mails_under_the_same_uids(folder, root, dovecot):
    folder.deliver(written("one"))
    source = folder.source()
    fetch(source)
    other = Folder(dovecot, root)
    other.deliver(written("another"))

    source = actions.change_source(source, user=other.user, secret=fetching.PASSWORD, by=root)
    fetch(source)

    assert subjects() == ["one", "another"]


def test_a_large_folder_is_fetched_in_helpings(folder, monkeypatch):
    monkeypatch.setattr(looking, "_LISTED", 20)
    monkeypatch.setattr(looking, "_TOGETHER", 7)
    said = Between(folder.server, lambda _line: None)
    folder.deliver(*(written(f"mail {number}") for number in range(1, 51)))

    fetch(folder.source(port=said.port, afterwards="mark"))

    assert subjects() == [f"mail {number}" for number in range(1, 51)]
    asked = [line for line in said.said if "BODY" in line]
    assert max(line.count(",") + 1 for line in asked) == 7
    assert all(flags == {"\\Seen"} for flags in folder.flags().values())


def test_a_fetched_mail_becomes_a_ticket(folder, ada, work):
    folder.deliver(written("The invoice is stuck"))
    fetch(folder.source())

    work()

    assert RawMail.objects.get().outcome == Outcome.TICKET


def test_a_mail_that_comes_by_fetching_and_by_smtp_is_one_ticket(folder, ada, work):
    folder.deliver(written("The invoice is stuck"))
    fetch(folder.source())
    smtp = Actor(None)
    actions.receive(
        b"Received: by another way\r\n" + written("The invoice is stuck"),
        envelope_from="ada@acme.example",
        envelope_to=["support@festum.example"],
        by=smtp,
    )

    work()

    assert sorted(RawMail.objects.values_list("outcome", flat=True)) == [Outcome.IGNORED, Outcome.TICKET]
