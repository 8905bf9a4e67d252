"""Real conversations with the desk's own mail server by LMTP: an answer for each recipient."""

import smtplib
import tempfile

import pytest

from tuki.config.server.web import listen
from tuki.mail import receiver
from tuki.mail.models import Mailbox, RawMail
from tuki.mail.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = b"From: ada@acme.example\r\nSubject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nHei\r\n"
DESK, INVOICES = "support@festum.example", "invoices@festum.example"


@pytest.fixture
def listening(desk):
    Mailbox.objects.create(address=INVOICES, labels={"en": "Invoices"})
    receiving = Receiver(listen("127.0.0.1", 0), lmtp=True)
    receiving.start()
    yield receiving
    receiving.stop()


@pytest.fixture
def sender(listening):
    with smtplib.LMTP("127.0.0.1", listening.port, "acme.example", timeout=30) as client:
        client.ehlo()
        yield client


def delivered(client, to, mail=MAIL):
    """What is said of each recipient, and of the mail for each that was taken."""
    client.mail("ada@acme.example")
    taken = [address for address in to if client.rcpt(address)[0] == 250]
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(mail + b".\r\n")
    return [client.getreply()[0] for _ in taken]


def test_it_answers_once_for_each_recipient_when_the_ledger_has_the_mail(sender):
    assert delivered(sender, [DESK, INVOICES, "support+12.x@festum.example"]) == [250, 250, 250]

    kept = RawMail.objects.get()
    assert kept.content() == MAIL
    assert kept.envelope_to == [DESK, INVOICES, "support+12.x@festum.example"]
    assert (kept.client_ip, kept.helo) == ("", "")  # a server beside us says nothing of who sent it


def test_whoever_is_not_ours_is_refused_alone(sender):
    assert delivered(sender, ["nobody@festum.example", DESK]) == [250]
    assert delivered(sender, [INVOICES]) == [250]

    assert [mail.envelope_to for mail in RawMail.objects.order_by("pk")] == [[DESK], [INVOICES]]


def test_a_mail_that_is_too_large_is_refused_for_each(desk, listening, monkeypatch):
    monkeypatch.setattr(receiver, "LARGEST", 10_000)
    small = Receiver(listen("127.0.0.1", 0), lmtp=True)
    small.start()
    with smtplib.LMTP("127.0.0.1", small.port, "acme.example", timeout=30) as client:
        client.ehlo()
        assert delivered(client, [DESK, INVOICES], MAIL + b"x\r\n" * 10_000) == [552, 552]
        assert delivered(client, [DESK, INVOICES]) == [250, 250]  # and nobody has lost count
    small.stop()

    assert RawMail.objects.count() == 1


def test_when_the_ledger_takes_nothing_each_is_told_to_wait(sender, monkeypatch):
    def fail(*_args, **_more):
        raise OSError("the disk is full")

    monkeypatch.setattr(receiver.actions, "receive_together", fail)

    assert delivered(sender, [DESK, INVOICES]) == [451, 451]


def test_greetings_of_smtp_are_none_here(sender):
    assert sender.docmd("EHLO acme.example")[0] == 500


def test_a_socket_in_the_file_system_does_as_well(desk):
    with tempfile.TemporaryDirectory() as folder:  # of a short name, as such sockets need
        for _start in range(2):  # the second finds what the first left there
            receiving = Receiver(listen(f"{folder}/lmtp", 0), lmtp=True)
            receiving.start()
            with smtplib.LMTP(f"{folder}/lmtp") as client:
                client.ehlo("acme.example")
                assert delivered(client, [DESK]) == [250]
            receiving.stop()

    assert RawMail.objects.count() == 2
