"""Real conversations with the desk's own mail server."""

import smtplib
import socket
import threading
import time
import tracemalloc
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from tests import nodes
from tuki.config.server.web import listen
from tuki.jobs.models import Job
from tuki.mail import receiver
from tuki.mail.models import Mailbox, RawMail
from tuki.mail.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = b"From: ada@acme.example\r\nSubject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nHei\r\n"
DESK = "support@festum.example"


@pytest.fixture
def listening(desk):
    receiving = Receiver(listen("127.0.0.1", 0))
    receiving.start()
    yield receiving
    receiving.stop()


@pytest.fixture
def sender(listening):
    with smtplib.SMTP("127.0.0.1", listening.port, "acme.example", timeout=30) as client:
        client.ehlo()
        yield client


def test_a_mail_to_a_mailbox_is_in_the_ledger_when_its_sender_hears_so(sender):
    sender.mail("ada@acme.example")
    sender.rcpt(DESK)
    code, words = sender.data(MAIL)

    kept = RawMail.objects.get()
    assert (code, words) == (250, f"2.0.0 OK, kept as {kept.pk}".encode())
    assert kept.content() == MAIL
    assert (kept.envelope_from, kept.envelope_to) == ("ada@acme.example", [DESK])
    assert Job.objects.get().kind == "mail.decide"


def test_the_ledger_keeps_who_brought_it_and_what_they_called_themselves(sender):
    sender.sendmail("ada@acme.example", [DESK], MAIL)

    kept = RawMail.objects.get()
    assert (kept.client_ip, kept.helo) == ("127.0.0.1", "acme.example")


@pytest.mark.parametrize("address", [DESK, "SUPPORT@Festum.example", "support+12.3.abc@festum.example"])
def test_every_plus_address_of_a_mailbox_is_ours(sender, address):
    sender.mail("ada@acme.example")

    assert sender.rcpt(address)[0] == 250


@pytest.mark.parametrize(
    "address",
    [
        "somebody@elsewhere.example",
        "nobody@festum.example",
        "support@elsewhere.example",
        "somebody%elsewhere.example@festum.example",
        "support+x@festum.example.evil.example",
        '"support@festum.example"@evil.example',
    ],
)
def test_mail_for_others_is_not_taken(sender, address):
    sender.mail("ada@acme.example")

    assert sender.rcpt(address)[0] in {550, 553}
    assert not RawMail.objects.exists()


def test_a_mailbox_made_later_is_served_without_a_restart(sender, monkeypatch):
    monkeypatch.setattr(receiver, "_ADDRESSES_FOR", 0.0)
    sender.mail("ada@acme.example")
    assert sender.rcpt("billing@festum.example")[0] == 550

    Mailbox.objects.create(address="billing@festum.example", labels={"en": "Billing"})

    assert sender.rcpt("billing@festum.example")[0] == 250


def test_a_bounce_has_no_sender(sender):
    sender.sendmail("", [DESK], MAIL)

    assert RawMail.objects.get().envelope_from == ""


def test_lines_that_are_too_long_by_the_book_are_taken(sender):
    long = MAIL + b"<p>" + b"x" * 300_000 + b"</p>\r\n"
    sender.sendmail("ada@acme.example", [DESK], long)

    assert RawMail.objects.get().content() == long


def test_a_line_of_one_dot_is_no_end(sender):
    dotted = MAIL + b".\r\n..\r\n.x\r\n"
    sender.sendmail("ada@acme.example", [DESK], dotted)

    assert RawMail.objects.get().content() == dotted


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\r\n.\n", b"\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n\0.\r\n"])
def test_only_a_dot_on_a_line_of_its_own_ends_a_mail(listening, end):
    hidden = (
        MAIL + b"x" + end + b"MAIL FROM:<boss@festum.example>\r\nRCPT TO:<support@festum.example>\r\nDATA\r\nHa\r\n"
    )
    with socket.create_connection(("127.0.0.1", listening.port), timeout=30) as caller:
        lines = caller.makefile("rb")
        caller.sendall(b"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@festum.example>\r\nDATA\r\n" + hidden)
        caller.sendall(b".\r\nQUIT\r\n")
        assert lines.read().split(b"\r\n")[-2][:3] == b"221"

    assert RawMail.objects.get().content() == hidden.replace(b"\r\n.", b"\r\n")


@pytest.mark.parametrize("content", [b"", b".\r\n", b"\r\n", b"..x\r\n.\r\n\r\n..\r\n", b"x" * 65_533 + b"\r\n"])
@pytest.mark.parametrize("at_once", [1, 3, 5, 70_000])
def test_a_mail_is_the_same_in_whatever_pieces_it_comes(listening, monkeypatch, content, at_once):
    monkeypatch.setattr(receiver, "_AT_ONCE", max(at_once, 1 + len(content) // 1000))
    stuffed = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
    one = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<support@festum.example>\r\nDATA\r\n" + stuffed + b".\r\n"
    with socket.create_connection(("127.0.0.1", listening.port), timeout=30) as caller:
        caller.sendall(b"HELO x\r\n" + one * 2 + b"QUIT\r\n")  # without waiting for answers
        caller.makefile("rb").read()

    assert [mail.content() for mail in RawMail.objects.all()] == [content] * 2


def test_a_mail_of_empty_lines_takes_no_more_room_than_others(sender):
    sender.mail("ada@acme.example")
    sender.rcpt(DESK)
    tracemalloc.start()
    sender.docmd("DATA")
    sender.sock.sendall(b"\r\n" * 2_000_000)
    sender.sock.sendall(b".\r\n")
    code = sender.getreply()[0]
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert code == 250
    assert most < 50_000_000


def test_a_command_without_an_end_takes_little_room(listening):
    with socket.create_connection(("127.0.0.1", listening.port), timeout=2) as caller:
        caller.recv(4000)
        tracemalloc.start()
        caller.sendall(b"X" * 5_000_000)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        caller.sendall(b"\r\nNOOP\r\n")
        lines = caller.makefile("rb")
        assert [lines.readline()[:3], lines.readline()[:3]] == [b"500", b"250"]

    assert most < 3_000_000 + 5_000_000


def test_what_is_sent_at_once_by_all_has_its_limit(listening, monkeypatch):
    monkeypatch.setattr(receiver, "MOST_IN_FLIGHT", 50_000)
    first, second = (smtplib.SMTP("127.0.0.1", listening.port, timeout=30) for _ in range(2))
    for client in (first, second):
        client.ehlo()
        client.mail("ada@acme.example")
        client.rcpt(DESK)
        client.docmd("DATA")
    first.sock.sendall(MAIL + b"x" * 40_000)
    time.sleep(0.2)
    second.sock.sendall(MAIL + b"x" * 40_000 + b"\r\n.\r\n")
    assert second.getreply()[0] == 452
    first.sock.sendall(b"\r\n.\r\n")
    assert first.getreply()[0] == 250

    assert second.sendmail("ada@acme.example", [DESK], MAIL + b"x" * 40_000) == {}  # there is room again
    first.close()
    second.close()


def test_a_mail_that_is_too_large_is_refused_before_and_after_it_is_sent(sender, monkeypatch, desk):
    assert sender.esmtp_features["size"] == str(50 * 1024 * 1024)
    assert sender.mail("ada@acme.example", ["size=60000000"])[0] == 552

    monkeypatch.setattr(receiver, "LARGEST", 10_000)
    small = Receiver(listen("127.0.0.1", 0))
    small.start()
    with smtplib.SMTP("127.0.0.1", small.port, timeout=30) as client:
        client.ehlo()
        client.mail("ada@acme.example")
        client.rcpt(DESK)
        assert client.data(MAIL + b"x\r\n" * 10_000)[0] == 552
        assert client.sendmail("ada@acme.example", [DESK], MAIL) == {}  # and the next is welcome
    small.stop()
    assert RawMail.objects.get().content() == MAIL


def test_raw_bytes_in_header_and_body_are_kept(sender):
    raw = b"From: \xe4@acme.example\r\nSubject: \xff\x00\r\n\r\n\xfe\x00\r\n"
    sender.sendmail("ada@acme.example", [DESK], raw)

    assert RawMail.objects.get().content() == raw


@contextmanager
def locked_database():
    """Somebody else holds what the ledger must write."""
    if connection.vendor == "sqlite":
        with transaction.atomic():  # takes the one write lock at its start
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE mail_rawmail IN ACCESS EXCLUSIVE MODE")
            yield


def test_while_the_database_is_locked_mail_stays_with_its_sender(sender):
    sender.mail("ada@acme.example")
    sender.rcpt(DESK)
    with locked_database():
        code, _ = sender.data(MAIL)

    assert code == 451
    assert not RawMail.objects.exists()
    assert not Job.objects.exists()

    sender.sendmail("ada@acme.example", [DESK], MAIL)
    assert RawMail.objects.count() == 1


def test_while_the_disk_is_full_mail_stays_with_its_sender(sender, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    sender.mail("ada@acme.example")
    sender.rcpt(DESK)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        code, _ = sender.data(MAIL + b"x\r\n" * 500_000)

    assert code == 451
    assert not RawMail.objects.exists()

    sender.sendmail("ada@acme.example", [DESK], MAIL)
    assert RawMail.objects.count() == 1


def test_mails_that_come_at_once_are_all_kept(listening):
    def send(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", listening.port, "acme.example", timeout=60) as client:
            for part in range(10):
                client.sendmail("ada@acme.example", [DESK], MAIL + b"%d-%d\r\n" % (number, part))

    senders = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()

    assert RawMail.objects.count() == Job.objects.count() == 80
    assert len(set(RawMail.objects.values_list("sha256", flat=True))) == 80


def test_a_sender_who_hangs_up_within_a_mail_leaves_nothing(listening):
    with socket.create_connection(("127.0.0.1", listening.port)) as caller:
        caller.sendall(
            b"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@festum.example>\r\nDATA\r\nFrom: a@b.example\r\n"
        )
        caller.recv(4000)

    with smtplib.SMTP("127.0.0.1", listening.port, timeout=30) as client:
        client.sendmail("ada@acme.example", [DESK], MAIL)
    assert RawMail.objects.get().content() == MAIL


@pytest.mark.parametrize(
    "words", [b"\xff\xfe\r\n", b"MAIL\r\n", b"MAIL FROM:\r\n", b"RCPT TO:<\r\n", b"X" * 5000 + b"\r\n", b"DATA\r\n"]
)
def test_nonsense_ends_no_conversation(listening, words):
    with socket.create_connection(("127.0.0.1", listening.port), timeout=30) as caller:
        lines = caller.makefile("rb")
        lines.readline()
        caller.sendall(words + b"\r\nNOOP\r\n")
        assert lines.readline()[:1] == b"5"
        while not (line := lines.readline()).startswith(b"250"):
            assert line[:1] == b"5"


def test_when_it_stops_what_was_sent_is_kept_and_nothing_new_is_taken(listening):
    client = smtplib.SMTP("127.0.0.1", listening.port, timeout=30)
    client.sendmail("ada@acme.example", [DESK], MAIL)
    listening.stop()

    with pytest.raises((smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException)):
        client.sendmail("ada@acme.example", [DESK], MAIL)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", listening.port))
    assert RawMail.objects.count() == 1


KILLED = """
import sys, time
from tuki.mail import actions, receiver
moment = sys.argv[1]

def here():
    print("here", flush=True)
    time.sleep(600)

take = actions.receive_together
def taking(*args, **kwargs):
    if moment == "before the ledger":
        here()
    kept = take(*args, **kwargs)
    if moment == "before the answer":
        here()
    return kept
actions.receive_together = taking

enqueue = actions._taking.enqueue
def asking(*args, **kwargs):
    if moment == "inside the ledger":
        here()
    enqueue(*args, **kwargs)
actions._taking.enqueue = asking

from tuki.config.server.web import listen
listening = receiver.Receiver(listen("127.0.0.1", 0))
listening.start()
print("port", flush=True)
print(listening.port, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize(
    ("moment", "kept"), [("before the ledger", 0), ("inside the ledger", 0), ("before the answer", 1)]
)
def test_killed_at_any_step_it_has_either_said_nothing_or_kept_the_mail(desk, tmp_path, moment, kept):
    with nodes.running(KILLED, tmp_path, moment) as taking:
        nodes.wait_for("port", taking)
        assert taking.stdout is not None
        port = int(taking.stdout.readline())
        client = smtplib.SMTP("127.0.0.1", port, "acme.example", timeout=60)
        client.ehlo()
        client.mail("ada@acme.example")
        client.rcpt(DESK)
        heard = []

        def send() -> None:
            try:
                heard.append(client.data(MAIL)[0])
            except smtplib.SMTPServerDisconnected:
                heard.append(0)

        sending = threading.Thread(target=send)
        sending.start()
        nodes.wait_for("here", taking)
        taking.kill()
        sending.join()
        client.close()

    assert heard == [0]  # so whoever sent it will send it again
    assert RawMail.objects.count() == Job.objects.count() == kept
