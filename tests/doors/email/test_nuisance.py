"""Spam, loops, vacation notes and acknowledgements: what nobody is to be bothered with."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.conftest import later
from tuki.desk.models import WhoSubmits
from tuki.jobs.worker import run_ready
from tuki.mail import actions as mails
from tuki.mail import loops
from tuki.mail.addresses import reply_address
from tuki.mail.models import Delivery, Outcome, Sign
from tuki.mail.sending.compose import compose
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.models import State, Ticket

DESK = "support@festum.example"


# Spam


def test_a_mail_by_rule_is_put_away_at_once_and_not_acknowledged(ada, eva, mail_in, mails_to):
    mails.add_spam_rule(Sign.SUBJECT, "cheap watches", by=eva)

    came = mail_in(ada, "Cheap watches!")

    ticket = Ticket.objects.get()
    assert (came.outcome, ticket.spam) == (Outcome.TICKET, True)
    assert mails_to(ada) == []


def test_what_the_mail_servers_filter_says_counts_from_the_chosen_number(ada, eva, mail_in):
    mails.add_spam_rule(Sign.SCORE, "5", by=eva)

    mail_in(ada, "One", X_Spam_Score="4.2")
    mail_in(ada, "Two", X_Spam_Score="7.5")

    assert [(ticket.subject, ticket.spam) for ticket in Ticket.objects.order_by("pk")] == [
        ("One", False),
        ("Two", True),
    ]


def test_a_stranger_without_the_right_whose_mail_is_spam_is_not_even_told_so(eva, mail_in, mails_to):
    mails.add_spam_rule(Sign.DOMAIN, "elsewhere.example", by=eva)

    came = mail_in("sales@elsewhere.example")

    assert came.outcome == Outcome.IGNORED
    assert came.why.startswith("Spam, of a sender")
    assert mails_to("sales@elsewhere.example") == []


def test_a_blocked_sender_is_heard_on_no_ticket(ada, eva, ticket, mail_in):
    mails.block_sender("ada@acme.example", by=eva)

    mail_in(ada, "Re: The invoice", to=reply_address(DESK, ticket.pk, ada.person_id))

    assert ticket.messages.count() == 1
    assert Ticket.objects.get(spam=True).mentions == ticket


def test_an_answer_to_what_we_wrote_is_no_spam_for_its_words(ada, eva, ticket, mail_in):
    mails.add_spam_rule(Sign.SUBJECT, "cheap watches", by=eva)

    mail_in(ada, "Re: Cheap watches", to=reply_address(DESK, ticket.pk, ada.person_id))

    assert ticket.messages.count() == 2


def test_who_goes_on_about_a_ticket_that_is_spam_goes_on_among_the_spam(ada, eva, ticket, mail_in, mails_to):
    run_ready()
    actions.mark_as_spam(ticket, by=eva)

    mail_in(ada, "Hello?", to=reply_address(DESK, ticket.pk, ada.person_id))

    assert Ticket.objects.latest("pk").spam
    assert len(mails_to(ada)) == 1  # of the time before


def test_somebody_elses_mail_that_names_it_is_nobodys_spam(ada, bert, eva, ticket, mail_in):
    actions.mark_as_spam(ticket, by=eva)

    mail_in(bert, f"[Festum #{ticket.number}] What is this?")

    assert not Ticket.objects.latest("pk").spam


# Answering machines


def test_a_hundred_vacation_notes_make_no_noise(ada, eva, solved_ticket, mail_in, told):
    run_ready()
    made, said = Delivery.objects.count(), solved_ticket.messages.count()
    solved_ticket.refresh_from_db()
    before = (solved_ticket.version, solved_ticket.updated_at)
    to = reply_address(DESK, solved_ticket.pk, ada.person_id)

    outcomes = {mail_in(ada, f"Automaattinen vastaus: {n}", "Olen lomalla.", to=to).outcome for n in range(100)}

    solved_ticket.refresh_from_db()
    assert outcomes == {Outcome.IGNORED}
    assert (solved_ticket.version, solved_ticket.updated_at) == before
    assert (solved_ticket.state, solved_ticket.messages.count()) == (State.SOLVED, said)
    assert Ticket.objects.count() == 1
    assert Delivery.objects.count() == made


def test_notes_that_only_words_show_are_kept_and_make_no_noise(ada, ticket, mail_in):
    run_ready()
    made, to = Delivery.objects.count(), reply_address(DESK, ticket.pk, ada.person_id)

    came = [
        mail_in(ada, f"Poissaolo: {n}", f"Olen lomalla {n}.", to=to, in_reply_to="<x@festum.example>")
        for n in range(10)
    ]

    assert {one.outcome for one in came} == {Outcome.QUARANTINED}
    assert (Ticket.objects.count(), ticket.messages.count(), Delivery.objects.count()) == (1, 1, made)


def test_a_customers_word_on_absences_is_heard(ada, mail_in, mails_to):
    came = mail_in(
        ada, "Poissaolo: palkkalaskelma", "Olen sairauslomalla 3.-7.3., mutta palkkalaskelmassa se on lomana."
    )

    assert came.outcome == Outcome.TICKET
    assert mails_to(ada) == []  # it may be a machine's


def test_each_mail_of_ours_carries_the_desks_mark(ada, submitted, eva, work):
    ticket = submitted()
    actions.reply(ticket, "<p>Try again.</p>", by=eva)
    work()
    received, answer = Delivery.objects.order_by("pk")

    assert loops.read_mark(compose(received)) == loops.Mark(ours=True, automatic=True)
    assert loops.read_mark(compose(answer)) == loops.Mark(ours=True, automatic=False)
    assert b"Precedence: bulk" in compose(received)
    assert b"Precedence" not in compose(answer)


def test_another_desks_mark_is_not_ours(settings):
    mark = loops.mark(automatic=False)
    settings.SECRET_KEY = "another desk's key, which is long enough"

    assert loops.read_mark(b"X-Tuki-Desk: " + mark.encode() + b"\r\n\r\n") == loops.Mark(False, False)


def test_our_own_mail_come_back_ends_here(ada, ticket, work, mail_in):
    work()
    came = mail_in.read(
        compose(Delivery.objects.get()).replace(b"From: ", b"X-From: ", 1).replace(b"To: ", b"From: ", 1)
    )

    assert (came.outcome, came.reason) == (Outcome.IGNORED, "Our own mail, come back.")


def test_another_desks_automatic_mail_is_known_even_without_the_header_that_says_so(ada, mail_in, mails_to):
    came = mail_in(ada, "We have received your mail", X_Tuki_Desk="0123456789abcdef0123; automatic")

    assert came.outcome == Outcome.IGNORED
    assert mails_to(ada) == []


def test_another_desks_agent_is_somebody_who_writes(ada, mail_in):
    assert mail_in(ada, X_Tuki_Desk="0123456789abcdef0123").outcome == Outcome.TICKET


# Acknowledgements


def test_a_known_customers_alert_becomes_a_ticket_and_is_not_acknowledged(ada, mail_in, mails_to):
    came = mail_in(ada, "Disk full", Auto_Submitted="auto-generated")

    assert came.outcome == Outcome.TICKET
    assert mails_to(ada) == []


def test_what_answers_an_automatic_mail_of_ours_is_not_acknowledged(rules, ada, bert, ticket, work, mail_in, mails_to):
    work()
    ours = mails_to(ada)[0]

    mail_in(bert, "Quite another subject", in_reply_to=ours.message_id)  # it has no place there: a ticket of its own

    assert Ticket.objects.count() == 2
    assert mails_to(bert) == []


def test_the_same_subject_again_within_the_hour_is_not_acknowledged_again(ada, mail_in, mails_to):
    mail_in(ada, "[Case 17] We have your mail")
    mail_in(ada, "Re: [Case 18] We have your mail")

    assert Ticket.objects.count() == 2
    assert len(mails_to(ada)) == 1


def test_what_an_agent_passes_on_is_told_its_customer_whatever_it_answers(ada, eva, bert, submitted, mail_in, mails_to):
    alert = mail_in(bert, "Disk full", Auto_Submitted="auto-generated")

    submitted(requester=ada.person, raw_mail=alert.pk, by=eva)
    run_ready()

    assert [mail.kind for mail in mails_to(ada)] == ["received"]


def test_at_most_so_many_acknowledgements_go_to_one_address_in_an_hour(rules, ada, mail_in, mails_to):
    rules(acknowledgements_each=3)
    for word in ("one", "two", "three", "four", "five"):
        mail_in(ada, f"About {word}")
    assert Ticket.objects.count() == 5
    assert len(mails_to(ada)) == 3

    Delivery.objects.update(made_at=timezone.now() - timedelta(minutes=61))
    mail_in(ada, "About six")
    assert len(mails_to(ada)) == 4


def test_strangers_together_get_so_many_in_an_hour(rules, ada, mail_in):
    rules(who_submits=WhoSubmits.ANYONE, acknowledgements_to_strangers=2)
    for number in range(4):
        mail_in(f"stranger{number}@elsewhere.example", f"About {'abcd'[number]}")
    mail_in(ada, "And I?")

    assert Ticket.objects.count() == 5
    told = Delivery.objects.order_by("pk").values_list("address", flat=True)
    assert list(told) == ["stranger0@elsewhere.example", "stranger1@elsewhere.example", "ada@acme.example"]


def test_an_acknowledgement_repeats_nothing_of_a_mail_whose_from_may_be_forged_F7(rules, mail_in, mails_to):
    rules(who_submits=WhoSubmits.ANYONE, invites_writers=True)

    def more(mail: EmailMessage) -> None:
        mail.add_attachment(b"x", "application", "x-evil", filename="evil.exe")

    came = mail_in("Casino <victim@elsewhere.example>", "Win now", "https://evil.example\n", more=more)

    (mail,) = mails_to("victim@elsewhere.example")
    ticket = Ticket.objects.get()
    whole = compose(mail).decode()
    assert not any(word in mail.subject + mail.text + mail.html + whole for word in ("Win now", "evil", "Casino"))
    assert f"request #{ticket.number}" in mail.text
    assert "Choose a password" in mail.text  # F7: the first contact brings access
    assert (mail.subject, mail.in_reply_to) == (
        f"[Festum #{ticket.number}] We have received your mail",
        came.message_id,
    )


def test_a_mail_that_its_domain_stands_behind_is_acknowledged_with_what_it_said(rules, domains, mail_in, mails_to):
    rules(who_submits=WhoSubmits.ANYONE)
    domains.guard("elsewhere.example")

    mail_in("stina@elsewhere.example", "My matter", "It rattles.\n", signed_by="elsewhere.example")

    assert "It rattles." in mails_to("stina@elsewhere.example")[0].text


def test_whose_address_is_proven_reads_what_they_wrote(ada, mail_in, mails_to):
    mail_in(ada)

    assert "It won't move." in mails_to(ada)[0].text


# Loops


def test_who_says_the_same_again_and_again_on_a_ticket_is_heard_three_times(ada, eva, ticket, mail_in):
    to = reply_address(DESK, ticket.pk, ada.person_id)
    came = [mail_in(ada, f"Re: {n}", f"Case {n}: we will answer you soon.\n", to=to) for n in range(5)]

    assert [mail.outcome for mail in came] == [Outcome.REPLY] * 3 + [Outcome.IGNORED] * 2
    assert "as a machine does" in came[-1].reason


def test_who_has_something_new_to_say_is_heard_however_often(ada, ticket, mail_in):
    to = reply_address(DESK, ticket.pk, ada.person_id)

    assert {mail_in(ada, "Re: x", f"{word}\n", to=to).outcome for word in "abcdefgh"} == {Outcome.REPLY}


def test_the_same_words_on_another_day_are_heard(ada, ticket, mail_in):
    for hours in (30, 20, 10):
        actions.reply(ticket, "<p>Any news?</p>", by=later(ada, hours=-hours))

    to = reply_address(DESK, ticket.pk, ada.person_id)
    assert mail_in(ada, "Re: x", "Any news?\n", to=to).outcome == Outcome.REPLY


def test_two_machines_in_copy_of_each_other_fall_silent(rules, ada, bert, ticket, eva, mail_in, mails_to):
    actions.add_copy(ticket, "bert@acme.example", by=eva)
    run_ready()

    for n in range(20):
        for who in (ada, bert):
            heard = mails_to(who)[-1] if mails_to(who) else None
            if heard is not None:
                mail_in(who, f"Re: {n}", "I have left the company.\n", in_reply_to=heard.message_id)

    assert ticket.messages.count() <= 1 + 2 * 3
    assert Person.objects.filter(email__contains="acme").count() == 2


@pytest.mark.parametrize("header", ["Auto-Submitted", "X-Auto-Response-Suppress"])
def test_what_nobody_wrote_says_so_to_every_machine(ticket, work, header):
    work()

    assert header.encode() in compose(Delivery.objects.get())
