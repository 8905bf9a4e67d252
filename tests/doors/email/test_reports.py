"""Mail that comes back: what the message, the person and whoever writes to them next are told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tuki.jobs.queue import enqueue
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry, Via
from tuki.lib.refusal import Denied, Refused
from tuki.mail import actions as mails
from tuki.mail import queries
from tuki.mail.addresses import reply_address, return_address
from tuki.mail.jobs import unpark
from tuki.mail.models import Delivery, Outcome, RawMail, State, Suppression, Why
from tuki.people.actor import Actor
from tuki.tickets import actions
from tuki.tickets.models import Ticket

DESK = "support@festum.example"


def dsn(
    *, to: str = "ada@acme.example", action: str = "failed", status: str = "5.1.1", original: str = "<x@y>"
) -> bytes:
    return (
        "From: MAILER-DAEMON@acme.example\r\nTo: support@festum.example\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} said so\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {original}\r\n\r\nx\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def comes_back(desk) -> Callable[..., RawMail]:
    """Have a report come in, by default to the signed address of the mail it is about."""
    numbers = iter(range(1000))

    def come(about: Delivery | None, *, to: str = "", at: object = None, raw: bytes = b"", **said: str) -> RawMail:
        to = to or (return_address(about) if about else DESK)
        raw = raw or dsn(**said)
        raw = b"Message-ID: <report-%d@acme.example>\r\n" % next(numbers) + raw
        by = Actor(None, Via.EMAIL, at or timezone.now())
        came = mails.receive(raw, envelope_from="", envelope_to=[to], by=by)
        run_ready()
        came.refresh_from_db()
        return came

    return come


@pytest.fixture
def sent(mails_to) -> Callable[..., Delivery]:
    """Eva's answer, which a mail server has taken."""

    def answer(ticket: Ticket, eva: Actor, words: str = "<p>Try again.</p>") -> Delivery:
        actions.reply(ticket, words, by=eva)
        run_ready()
        mail = mails_to(ticket.requester.email)[-1]
        Delivery.objects.filter(pk=mail.pk).update(state=State.SENT)
        mail.refresh_from_db()
        return mail

    return answer


def test_a_report_to_the_signed_address_marks_its_mail_and_its_address(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    came = comes_back(mail)

    mail.refresh_from_db()
    row = Suppression.objects.get()
    assert came.outcome == Outcome.IGNORED
    assert (mail.state, mail.last_answer) == (State.BOUNCED, "smtp; 550 5.1.1 said so")
    assert (row.address, row.why, row.words) == ("ada@acme.example", Why.BOUNCED, "smtp; 550 5.1.1 said so")
    assert Entry.objects.filter(event="mail.suppressed", on_kind="person", on_id=ticket.requester_id).exists()
    assert ticket.messages.count() == 2


def test_a_report_that_only_names_our_message_id_counts_too(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(None, original=mail.message_id)

    mail.refresh_from_db()
    assert mail.state == State.BOUNCED


def test_a_report_that_repeats_our_signed_address_counts_wherever_it_came(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)
    repeated = dsn().replace(b"Message-ID: <x@y>", b"Return-Path: <" + return_address(mail).encode() + b">")

    comes_back(None, raw=repeated)

    mail.refresh_from_db()
    assert mail.state == State.BOUNCED


def test_a_report_that_proves_nothing_leads_nowhere(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)
    signature = return_address(mail).partition("@")[0].rpartition(".")[2]

    for forged in (
        DESK,
        f"support+bounce.{mail.pk}@festum.example",
        f"support+bounce.{mail.pk}.{'a' * 13}@festum.example",
        f"support+bounce.{mail.pk + 1}.{signature}@festum.example",
        reply_address(DESK, ticket.pk, ticket.requester_id),
    ):
        came = comes_back(None, to=forged)
        assert came.outcome == Outcome.IGNORED
        assert "no mail of ours" in came.reason

    mail.refresh_from_db()
    assert mail.state == State.SENT
    assert not Suppression.objects.exists()


def test_what_may_still_arrive_is_noted_and_no_more(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(mail, action="delayed", status="4.4.1")

    mail.refresh_from_db()
    assert (mail.state, mail.last_answer) == (State.SENT, "smtp; 550 4.4.1 said so")
    assert mail.came_back_at is not None
    assert not Suppression.objects.exists()


def test_a_refusal_of_one_mail_leaves_the_address_alone(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(mail, status="5.7.1")

    mail.refresh_from_db()
    assert mail.state == State.BOUNCED
    assert not Suppression.objects.exists()


def test_several_soft_ones_over_days_are_a_hard_one(ticket, eva, sent, comes_back):
    now = timezone.now()
    for days in (4, 3):
        comes_back(sent(ticket, eva), status="5.2.2", at=now - timedelta(days=days))
    assert not Suppression.objects.exists()

    comes_back(sent(ticket, eva), status="5.2.2", at=now)
    assert Suppression.objects.get().why == Why.BOUNCED


def test_several_soft_ones_in_an_hour_are_one_trouble(ticket, eva, sent, comes_back):
    for _ in range(4):
        comes_back(sent(ticket, eva), status="5.2.2")

    assert not Suppression.objects.exists()


def test_what_was_lost_further_on_does_not_stop_the_address_we_wrote_to(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(mail, to="", status="5.1.1", raw=dsn(to="ada@private.example"))

    mail.refresh_from_db()
    assert mail.state == State.BOUNCED
    assert not Suppression.objects.exists()


def test_an_answer_to_an_address_that_can_not_be_reached_is_not_sent_and_says_so(ticket, eva, sent, comes_back):
    comes_back(sent(ticket, eva))

    actions.reply(ticket, "<p>Are you there?</p>", by=eva)
    run_ready()

    mail = Delivery.objects.latest("pk")
    assert (mail.is_over, mail.held_because) == (True, Why.BOUNCED)
    assert mail.last_answer == "smtp; 550 5.1.1 said so"


def test_a_mail_that_waited_when_its_address_was_lost_is_held_back_too(ticket, eva, sent, comes_back, settings):
    first = sent(ticket, eva)
    actions.reply(ticket, "<p>And this.</p>", by=eva)
    run_ready()  # without a mail server it waits
    waiting = Delivery.objects.latest("pk")
    comes_back(first)
    Delivery.objects.filter(pk=waiting.pk).update(parked=True)
    settings.DEMO = True
    enqueue(unpark)
    run_ready()

    waiting.refresh_from_db()
    assert (waiting.is_over, waiting.held_because) == (True, Why.BOUNCED)


def test_once_they_write_to_us_they_are_written_to_again(ada, ticket, eva, sent, comes_back, mail_in):
    comes_back(sent(ticket, eva))

    mail_in(ada, "I am back")

    assert Suppression.objects.get().lifted_at is not None
    assert Delivery.objects.latest("pk").state != State.CANCELLED  # the acknowledgement


def test_an_agent_tries_the_address_again(ticket, eva, sent, comes_back):
    comes_back(sent(ticket, eva))

    mails.write_again("ada@acme.example", by=eva)
    assert sent(ticket, eva).held_because == ""

    comes_back(Delivery.objects.latest("pk"))
    assert Suppression.objects.get().lifted_at is None


def test_what_came_back_before_it_was_tried_again_counts_no_more(ticket, eva, sent, comes_back):
    now = timezone.now()
    for days in (4, 3):
        comes_back(sent(ticket, eva), status="5.2.2", at=now - timedelta(days=days))
    mails.suppress("ada@acme.example", by=eva)
    mails.write_again("ada@acme.example", by=eva)

    comes_back(sent(ticket, eva), status="5.2.2", at=now)
    assert Suppression.objects.get().lifted_at is not None


def test_to_send_again_what_came_back_is_to_try_its_address_again(ticket, eva, root, sent, comes_back):
    mail = sent(ticket, eva)
    comes_back(mail)

    mails.send_again(mail, by=root)
    run_ready()

    mail.refresh_from_db()
    assert (mail.state, mail.held_because) == (State.WAITING, "")
    assert Suppression.objects.get().lifted_at is not None


def test_what_somebody_chose_is_not_undone_by_sending_again(ticket, eva, root, sent, comes_back):
    mail = sent(ticket, eva)
    comes_back(mail)
    mails.suppress("ada@acme.example", by=eva)

    with pytest.raises(Refused):
        mails.send_again(mail, by=root)


def test_an_agent_who_wrote_in_vain_is_told(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)
    comes_back(mail)
    assert [one.pk for one in queries.undelivered(eva.person_id)] == [mail.pk]

    actions.reply(ticket, "<p>Are you there?</p>", by=eva)  # it can't be sent at all
    run_ready()
    assert len(queries.undelivered(eva.person_id)) == 2


def test_a_mail_for_signing_in_is_tried_all_the_same(ada_person, eva):
    mails.suppress("nobody@else.example", by=eva)
    Suppression.objects.create(address=ada_person.email, why=Why.BOUNCED, since=timezone.now())

    code = mails.post(
        kind="code", address=ada_person.email, subject="Code", text="1", person_id=ada_person.pk, automatic=True, by=eva
    )

    assert code.held_because == ""


def test_who_calls_our_mail_spam_gets_none_that_nobody_wrote(ticket, eva, sent, work):
    mails.complained(sent(ticket, eva), by=Actor(None, Via.EMAIL))

    actions.solve(ticket, by=eva)  # tells by itself
    work()
    notice = Delivery.objects.latest("pk")
    assert (notice.kind, notice.state, notice.held_because) == ("solved", State.CANCELLED, Why.COMPLAINED)

    actions.reply(ticket, "<p>Still there?</p>", by=eva)
    work()
    answer = Delivery.objects.latest("pk")
    assert (answer.kind, answer.held_because) == ("message", "")


def test_a_complaint_stands_when_they_write_again(ada, ticket, eva, sent, mail_in):
    mails.complained(sent(ticket, eva), by=Actor(None, Via.EMAIL))

    mail_in(ada, "One more thing")

    assert Suppression.objects.get().lifted_at is None


ARF = (
    "From: feedback@provider.example\r\nTo: support@festum.example\r\nSubject: complaint\r\n"
    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nThis is spam.\r\n"
    "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
    "User-Agent: provider/1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "Message-ID: {}\r\n\r\nx\r\n--b--\r\n"
)


def test_a_complaint_of_a_provider_is_matched_to_its_mail(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    came = comes_back(None, raw=ARF.format(mail.message_id).encode())

    mail.refresh_from_db()
    assert came.outcome == Outcome.IGNORED
    assert mail.state == State.SENT  # it arrived
    assert Suppression.objects.get().why == Why.COMPLAINED


def test_a_report_in_a_servers_own_words_is_known_by_the_address_it_came_to(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(mail, raw=b"From: post@acme.example\r\nSubject: Ei perille\r\n\r\nEi onnistu.\r\n")

    mail.refresh_from_db()
    assert (mail.state, mail.last_answer) == (State.BOUNCED, "Ei perille")


def test_a_vacation_note_to_that_address_is_no_report(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(mail, raw=b"From: ada@acme.example\r\nSubject: Lomalla\r\nAuto-Submitted: auto-replied\r\n\r\nPois.\r\n")

    mail.refresh_from_db()
    assert mail.state == State.SENT


@pytest.mark.parametrize("subject", ["Automatikus válasz: Hiba", "Automatyczna odpowiedź: Błąd", "Szabadság"])
def test_a_vacation_note_in_any_language_loses_no_mail(ticket, eva, sent, comes_back, subject):
    mail = sent(ticket, eva)

    came = comes_back(
        mail,
        raw=f"From: ada@acme.example\r\nSubject: {subject}\r\nAuto-Submitted: auto-generated\r\n"
        f"In-Reply-To: {mail.message_id}\r\n\r\nI am not reachable.\r\n".encode(),
    )

    mail.refresh_from_db()
    assert (mail.state, came.outcome) == (State.SENT, Outcome.IGNORED)
    assert ticket.messages.count() == 2


def test_a_report_in_an_unknown_language_that_repeats_our_mail_counts(ticket, eva, sent, comes_back):
    mail = sent(ticket, eva)

    comes_back(
        mail,
        raw=f"From: posta@acme.example\r\nSubject: Hiba\r\n\r\nNem.\r\n\r\nMessage-ID: {mail.message_id}\r\n".encode(),
    )

    mail.refresh_from_db()
    assert mail.state == State.BOUNCED


def test_a_customer_suppresses_nobody(ada, ticket):
    for verb in (mails.suppress, mails.write_again):
        with pytest.raises(Denied):
            verb("bert@acme.example", by=ada)
