"""The ledger: what is taken is kept, byte for byte, and read by a job that no mail can stop."""

import errno
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.utils import timezone

from tuki.jobs.models import Job
from tuki.jobs.models import State as JobState
from tuki.jobs.queue import KINDS
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry, Via
from tuki.lib.refusal import Denied, Refused
from tuki.mail import actions, decider, queries
from tuki.mail.actions import IN_A_ROW, Arrival
from tuki.mail.jobs import MOST_READINGS
from tuki.mail.models import Delivery, Outcome, RawBytes, RawMail
from tuki.people.actor import Actor

RAW = b"From: ada@acme.example\r\nMessage-ID: <1@acme.example>\r\nSubject: x\r\n\r\nHei \xff\x00\r\n"


@pytest.fixture
def by_mail() -> Actor:
    return Actor(None, Via.EMAIL)


@pytest.fixture
def receive(desk, by_mail):
    return lambda raw=RAW, to="support+tag@festum.example": actions.receive(
        raw, envelope_from="ada@acme.example", envelope_to=[to], by=by_mail
    )


@pytest.fixture
def decides():
    """Stand in for the door: decides(function)."""
    before = decider.the_decider()
    yield decider.decides
    if before is not None:
        decider.decides(before)


def test_a_mail_is_kept_byte_for_byte(receive, by_mail):
    mail = RawMail.objects.get(pk=receive().pk)

    assert mail.content() == RAW
    assert (mail.size, mail.message_id, mail.outcome) == (len(RAW), "<1@acme.example>", Outcome.WAITING)
    assert mail.mailbox is not None
    assert mail.mailbox.address == "support@festum.example"
    assert mail.received_at == by_mail.at


def test_a_large_mail_is_a_file_named_by_its_hash(receive):
    raw = RAW + b"x" * IN_A_ROW
    mail = RawMail.objects.get(pk=receive(raw).pk)

    assert mail.path == mail.sha256
    assert mail.content() == raw
    assert not RawBytes.objects.exists()
    assert [path.name for path in Path(django_settings.MAIL_RAW_FOLDER).iterdir()] == [mail.sha256]


def test_a_large_mail_that_comes_twice_is_kept_for_both(receive):
    raw = RAW + b"y" * IN_A_ROW

    assert receive(raw).content() == receive(raw).content() == raw


def test_where_the_disk_is_full_nothing_is_kept_and_nothing_left_behind(receive, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    before = set(Path(django_settings.MAIL_RAW_FOLDER).glob("*"))
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        receive(RAW + b"z" * IN_A_ROW)

    assert not RawMail.objects.exists()
    assert set(Path(django_settings.MAIL_RAW_FOLDER).glob("*")) == before


def test_several_mails_are_taken_together_or_not_at_all(desk, by_mail, monkeypatch):
    arrivals = [Arrival(RAW, "ada@acme.example", ["support@festum.example"]) for _ in range(3)]
    assert len({mail.pk for mail in actions.receive_together(arrivals, by=by_mail)}) == 3

    monkeypatch.delitem(KINDS, "mail.decide")  # what is asked for last can't be
    with pytest.raises(KeyError):
        actions.receive_together(arrivals, by=by_mail)
    assert RawMail.objects.count() == Job.objects.count() == 3


def test_an_envelope_of_any_bytes_can_be_kept(desk, by_mail):
    actions.receive(RAW, envelope_from="\udcff\0" * 300, envelope_to=["\udcff\0"], by=by_mail)

    assert "\0" not in RawMail.objects.get().envelope_from


def test_a_mail_that_cannot_be_read_is_set_aside_with_the_error_and_delays_nobody(receive, decides):
    read = []

    @decides
    def decide(mail, by, ending):
        if mail.pk == poison.pk:
            raise ZeroDivisionError("boom")
        read.append(mail.pk)
        with ending():
            actions.ignore(mail, "read", by=by)

    poison, healthy = receive(), receive()
    run_ready()
    assert read == [healthy.pk]

    for _ in range(MOST_READINGS):
        Job.objects.update(run_at=timezone.now())
        run_ready()

    poison.refresh_from_db()
    assert (poison.outcome, poison.reason) == (Outcome.QUARANTINED, "ZeroDivisionError: boom")
    assert not Job.objects.exists()


def test_a_mail_that_kills_its_reader_is_set_aside(receive, decides):
    @decides
    def decide(mail, by, ending):
        raise AssertionError("it must not be read again")

    mail = receive()
    RawMail.objects.update(tries=MOST_READINGS)  # each time the process died
    run_ready()

    mail.refresh_from_db()
    assert mail.outcome == Outcome.QUARANTINED
    assert "ended the process" in mail.reason


def test_a_busy_database_is_no_fault_of_the_mails(receive, decides):
    @decides
    def decide(mail, by, ending):
        raise OperationalError("database is locked")

    mail = receive()
    for _ in range(MOST_READINGS + 2):
        Job.objects.update(run_at=timezone.now())
        run_ready()

    mail.refresh_from_db()
    assert (mail.outcome, mail.tries) == (Outcome.WAITING, 0)


def test_a_full_disk_is_no_fault_of_the_mails_however_long_it_stays_full(receive, decides):
    @decides
    def decide(mail, by, ending):
        raise OSError(errno.ENOSPC, "No space left on device")

    mail = receive()
    for _ in range(KINDS["mail.decide"].attempts + 1):
        Job.objects.update(run_at=timezone.now())
        run_ready()

    mail.refresh_from_db()
    assert (mail.outcome, mail.tries) == (Outcome.WAITING, 0)
    assert Job.objects.get().state == JobState.READY


def test_a_disk_so_full_that_the_count_is_not_taken_back_blames_no_mail_either(receive, decides):
    full = ExitStack()

    def refuse(execute, sql, params, many, context):
        if sql.startswith('UPDATE "mail_rawmail"'):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    @decides
    def decide(mail, by, ending):
        full.enter_context(connection.execute_wrapper(refuse))
        raise OSError(errno.ENOSPC, "No space left on device")

    mail = receive()
    with full:
        run_ready()

    @decides
    def decide_again(mail, by, ending):
        with ending():
            actions.ignore(mail, "read", by=by)

    Job.objects.update(run_at=timezone.now())
    run_ready()
    mail.refresh_from_db()
    assert (mail.outcome, mail.tries) == (Outcome.IGNORED, 1)


def test_a_mail_that_was_set_aside_can_be_read_again(receive, decides, root, by_mail):
    outcomes = iter([actions.quarantine, actions.ignore])

    @decides
    def decide(mail, by, ending):
        with ending():
            next(outcomes)(mail, "why", by=by)

    mail = receive()
    run_ready()
    actions.run_again(mail, by=root)
    with pytest.raises(Refused):
        actions.run_again(mail, by=root)
    run_ready()

    mail.refresh_from_db()
    assert mail.outcome == Outcome.IGNORED
    assert Entry.objects.get(event="mail.run_again").data == {"old": "quarantined"}


def test_a_mail_whose_job_gave_up_can_be_read_again(receive, decides, root):
    @decides
    def decide(mail, by, ending):
        with ending():
            actions.ignore(mail, "read", by=by)

    mail = receive()
    Job.objects.update(state=JobState.FAILED)
    actions.run_again(mail, by=root)
    run_ready()

    mail.refresh_from_db()
    assert mail.outcome == Outcome.IGNORED
    assert not Job.objects.exists()


def test_what_became_a_message_is_not_read_again(receive, decides, root):
    @decides
    def decide(mail, by, ending):
        with ending():
            actions.became_reply(mail, 7, 8, identity="same", by=by)

    mail = receive()
    run_ready()

    with pytest.raises(Refused):
        actions.run_again(mail, by=root)
    found = queries.raw_mail_of(8)
    assert found is not None
    assert found.pk == mail.pk
    assert queries.messages_by_mail([7, 8, 9]) == {8}


def test_only_administrators_have_a_mail_read_again(receive, eva, ada):
    mail = receive()

    for nobody in (eva, ada):
        with pytest.raises(Denied):
            actions.run_again(mail, by=nobody)


def test_threads_are_found_by_the_mails_that_an_answer_names(receive, post, ada):
    theirs = receive()
    RawMail.objects.filter(pk=theirs.pk).update(thread=7)
    ours = post(thread=9, person_id=ada.person_id)
    unrelated = post()

    assert queries.threads_named([ours.message_id, "<none@x.example>", theirs.message_id, unrelated.message_id]) == [
        (9, ada.person_id),
        (7, None),
    ]
    assert queries.threads_named([]) == []


def test_the_mails_of_a_message_are_listed_for_it(post):
    one, two = post("ada@acme.example", message=5), post("bert@acme.example", message=5)
    post("carol@acme.example", message=6)

    assert queries.deliveries_of([5, 7]) == {5: [one, two]}


def test_an_answer_waits_for_the_mail_it_answers(receive):
    first = receive()
    second = receive(RAW.replace(b"<1@", b"<2@"))

    assert queries.awaits([first.message_id], before=second)
    assert not queries.awaits([second.message_id], before=first)
    RawMail.objects.filter(pk=first.pk).update(received_at=first.received_at - timedelta(hours=1))
    assert not queries.awaits([first.message_id], before=second)


def test_lists_cost_the_same_however_long_they_are(receive, post, django_assert_num_queries):
    for number in range(12):
        receive()
        post(f"p{number}@acme.example", message=number)
    with django_assert_num_queries(1):
        queries.deliveries_of(range(12))
    with django_assert_num_queries(1):
        queries.messages_by_mail(range(12))
    with django_assert_num_queries(1):
        list(queries.outbox()[:10])
    assert Delivery.objects.count() == 12
