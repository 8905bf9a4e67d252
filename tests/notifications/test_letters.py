"""Who gets which mail. The witnesses are the deliveries: what they say, to whom, in which language."""

import re

import pytest

from tests.conftest import later
from tuki.files import actions as files_actions
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.mail.models import Delivery
from tuki.mail.sending.compose import compose
from tuki.notifications import jobs
from tuki.notifications.letters import letters_about
from tuki.people import actions as people_actions
from tuki.people.actor import Actor
from tuki.people.models import Person, Role
from tuki.tickets import actions


@pytest.fixture
def mails(work):
    """The (kind, address) of all mails made since last asked."""
    seen: list[int] = []

    def new() -> list[tuple[str, str]]:
        work()
        found = list(Delivery.objects.exclude(pk__in=seen).order_by("pk"))
        seen.extend(delivery.pk for delivery in found)
        return sorted((delivery.kind, delivery.address) for delivery in found)

    return new


def test_whoever_asks_is_told_that_we_have_it_F7(submitted, mails):
    submitted()

    assert mails() == [("received", "ada@acme.example")]
    mail = Delivery.objects.get()
    assert mail.subject == "[Festum #1] The invoice is stuck"
    assert "request #1" in mail.text
    assert "It won't move." in mail.text
    assert "support@festum.example" in mail.text  # F17: look in the spam folder
    assert mail.automatic


def test_without_a_tag_the_subject_stands_alone(rules, submitted, mails):
    rules(subject_tag="")
    submitted()
    mails()

    assert Delivery.objects.get().subject == "The invoice is stuck"


def test_the_requester_gets_supports_answer_and_its_author_does_not(ticket, eva, mails):
    mails()
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)

    assert mails() == [("message", "ada@acme.example")]
    mail = Delivery.objects.latest("pk")
    assert "Which invoice?" in mail.text
    assert not mail.automatic
    assert mail.reply_to != "support@festum.example"  # signed: a reply finds its way back


def test_an_internal_note_never_leaves(ticket, ada, eva, otto, mails):
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    actions.follow(ticket, by=otto)
    mails()
    actions.note(ticket, "<p>She forgot the bank file.</p>", by=eva)

    assert mails() == []
    assert not Delivery.objects.filter(text__contains="bank file").exists()


def test_copies_get_what_both_sides_say(ticket, ada, eva, nils, mails):
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    mails()
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    assert mails() == [("message", "ada@acme.example"), ("message", "nils@acme.example")]

    actions.reply(ticket, "<p>Number 12.</p>", by=later(ada, minutes=5))
    assert mails() == [("customer_wrote", "eva@festum.example"), ("message", "nils@acme.example")]


def test_copies_start_with_supports_first_answer_where_the_desk_says_so_F10(rules, submitted, ada, eva, nils, mails):
    rules(copies_from_first_answer=True)
    ticket = submitted(copies=["nils@acme.example"])
    actions.reply(ticket, "<p>More about it.</p>", by=ada)
    assert ("message", "nils@acme.example") not in mails()

    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    assert ("message", "nils@acme.example") in mails()


def test_who_may_no_longer_see_it_hears_nothing(ticket, ada, eva, nils, mails):
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    mails()
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    Person.objects.filter(pk=nils.person_id).update(is_active=False)  # before the job comes by

    assert mails() == [("message", "ada@acme.example")]


def test_what_was_redacted_before_its_mail_was_made_is_not_told(ticket, eva, mails):
    mails()
    message = actions.reply(ticket, "<p>010101-123N</p>", by=eva)
    actions.redact_message(message, by=eva)

    assert mails() == []


def test_a_redacted_message_is_gone_from_its_mails(ticket, eva, mails):
    message = actions.reply(ticket, "<p>010101-123N</p>", by=eva)
    mails()
    actions.redact_message(message, by=eva)

    mail = Delivery.objects.get(message=message.pk)
    assert "010101" not in mail.text + mail.html
    assert mail.state == "cancelled"  # it had not left


def test_an_agent_hears_of_a_ticket_given_to_them_but_not_of_one_they_took(ticket, eva, otto, mails):
    mails()
    actions.assign(ticket, otto.person, by=eva)
    assert mails() == [("assigned", "otto@festum.example")]

    actions.assign(ticket, eva.person, by=eva)
    assert mails() == []


def test_each_mail_names_its_language_for_who_has_it_read_aloud(ticket, ada, eva, rules, mails):
    Person.objects.filter(pk=ada.person_id).update(language="de")  # which this desk does not speak
    mails()
    actions.reply(ticket, "<p>Which?</p>", by=eva)
    mails()

    assert '<html lang="en">' in Delivery.objects.latest("pk").html


def test_a_mail_is_dark_where_its_reader_s_program_is(ticket, eva, mails):
    mails()
    actions.reply(ticket, "<p>Which?</p>", by=eva)
    mails()

    body = re.search(rb"<body[^>]*>", compose(Delivery.objects.latest("pk")).replace(b"=\r\n", b""))[0]
    assert b"color" not in body  # neither ground nor ink is forced upon it
    assert b"background" not in body


def test_who_was_given_a_ticket_and_may_no_longer_see_it_hears_nothing(ticket, eva, otto, mails):
    mails()
    actions.assign(ticket, otto.person, by=eva)
    Person.objects.filter(pk=otto.person_id).update(role=Role.CUSTOMER)

    assert mails() == []


def test_each_agent_can_switch_their_mails_off(ticket, ada, eva, otto, mails):
    mails()
    people_actions.change_profile(otto.person, hears_of_assignments=False, hears_of_replies=False, by=otto)
    actions.assign(ticket, Person.objects.get(pk=otto.person_id), by=eva)
    actions.reply(ticket, "<p>Hello?</p>", by=ada)

    assert mails() == []


def test_the_customer_hears_once_that_it_is_solved(ticket, eva, ada, status, mails):
    mails()
    actions.reply(ticket, "<p>Done, try now.</p>", status=status("done"), by=eva)
    assert mails() == [("message", "ada@acme.example")]
    assert "marked as solved" in Delivery.objects.latest("pk").text

    actions.reply(ticket, "<p>No.</p>", by=later(ada, minutes=1))
    mails()
    actions.solve(ticket, by=later(eva, minutes=2))
    assert mails() == [("solved", "ada@acme.example")]


def test_who_solved_it_themselves_needs_no_mail(ticket, ada, mails):
    mails()
    actions.solve(ticket, by=ada)

    assert mails() == []


def test_each_reads_it_in_their_own_language(ticket, ada, eva, mails):
    Person.objects.filter(pk=ada.person_id).update(language="fi")
    mails()
    actions.reply(ticket, "<p>Mikä lasku?</p>", by=eva)
    mails()

    assert Delivery.objects.latest("pk").language == "fi"


def test_a_mail_that_was_made_is_not_made_again(ticket, mails):
    mails()
    entry = Entry.objects.filter(event="ticket.submitted").get()
    from tuki.jobs.queue import enqueue

    enqueue(jobs.tell, entry=entry.pk)

    assert mails() == []
    assert len(letters_about(entry)) == 1


def test_the_first_mail_of_a_writer_brings_a_link_into_the_portal_F7(rules, desk, machine, mails):
    rules(who_submits="anyone", invites_writers=True)
    writer = people_actions.meet("new@nowhere.example", name="Newcomer", by=machine)
    actions.submit("Help", "<p>Please</p>", by=Actor(writer, Via.EMAIL))

    assert mails() == [("received", "new@nowhere.example")]
    assert "/welcome/" in Delivery.objects.get().text


def test_who_has_an_account_is_sent_no_link(rules, submitted, mails):
    rules(invites_writers=True)
    submitted()
    mails()

    assert "/welcome/" not in Delivery.objects.get().text


def test_support_can_send_a_new_link_F12(ada, eva, mails):
    people_actions.invite(ada.person, by=eva)

    assert mails() == [("invitation", "ada@acme.example")]


def test_pictures_and_files_go_along(ticket, eva, mails):
    mails()
    picture = files_actions.store(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "screen.png", by=eva)
    table = files_actions.store(b"a;b\n", "table.csv", by=eva)
    actions.reply(ticket, f'<p>See <img src="/hc/files/{picture.pk}"></p>', files=[picture, table], by=eva)
    mails()

    mail = Delivery.objects.latest("pk")
    assert [(file["name"], bool(file["cid"])) for file in mail.attachments] == [
        ("screen.png", True),
        ("table.csv", False),
    ]
    assert f"cid:{mail.attachments[0]['cid']}" in mail.html


def test_nobody_is_sent_the_files_back_that_they_sent_F7(submitted, ada, eva, mails):
    file = files_actions.store(b"MZ", "invoice.exe", by=ada)
    actions.reply(submitted(files=[file]), "Thanks", by=eva)
    mails()

    assert Delivery.objects.get(kind="received").attachments == []


def test_the_team_signs_in_the_readers_language(ticket, teams, ada, eva, mails):
    mails()
    Person.objects.filter(pk=ada.person_id).update(language="fi")
    actions.hand_over(ticket, teams["accounting"], by=eva)
    actions.reply(ticket, "<p>Mikä lasku?</p>", by=eva)
    mails()

    assert "Festumin accounting" in Delivery.objects.latest("pk").text


def test_nobody_hears_of_what_is_in_the_trash(ticket, ada, eva, mails):
    mails()
    actions.reply(ticket, "<p>Which?</p>", by=eva)
    actions.trash(ticket, by=eva)

    assert mails() == []


def test_who_took_a_ticket_before_its_mails_were_made_is_not_told_of_its_first_message(ticket, eva, mails):
    actions.reply(ticket, "<p>Which?</p>", by=eva)

    assert mails() == [("message", "ada@acme.example"), ("received", "ada@acme.example")]


def test_a_file_too_large_for_a_mail_is_a_link_behind_sign_in(ticket, ada, eva, mails, settings, monkeypatch):
    monkeypatch.setattr("tuki.notifications.letters._ATTACHED_AT_MOST", 100)
    mails()
    small = files_actions.store(b"a;b\n", "small.csv", by=eva)
    large = files_actions.store(b"a;b\n" * 100, "large.csv", by=eva)
    actions.reply(ticket, "<p>See these.</p>", files=[large, small], by=eva)
    mails()

    mail = Delivery.objects.latest("pk")
    link = f"{settings.PUBLIC_URL}/hc/files/{large.pk}/large.csv"
    assert [file["name"] for file in mail.attachments] == ["small.csv"]
    assert f"large.csv ({link})" in mail.text
    assert f'href="{link}"' in mail.html


def test_a_mail_quotes_the_message_before_it_shortened(ticket, ada, eva, mails):
    actions.reply(ticket, "<p>" + "<br>".join(f"Step {n}" for n in range(1, 30)) + "</p>", by=eva)
    actions.note(ticket, "<p>She is new here.</p>", by=later(eva, minutes=1))
    mails()
    actions.reply(ticket, "<p>Did that.</p>", by=later(ada, minutes=2))
    mails()

    quoted = Delivery.objects.get(kind="customer_wrote").earlier
    assert "Eva" in quoted["line"]
    assert quoted["text"].splitlines()[0] == "Step 1"
    assert quoted["text"].endswith("…")
    assert len(quoted["text"].splitlines()) <= 8
    assert "new here" not in str(quoted)


def test_what_was_removed_is_gone_from_where_it_was_quoted(ticket, ada, eva, mails):
    message = actions.reply(ticket, "<p>010101-123N</p>", by=eva)
    mails()
    actions.reply(ticket, "<p>Thanks.</p>", by=later(ada, minutes=1))
    mails()
    mail = Delivery.objects.get(kind="customer_wrote")
    assert b"010101" in compose(mail)

    actions.redact_message(message, by=later(eva, minutes=2))

    mail.refresh_from_db()
    assert b"010101" not in compose(mail)
    assert b"Thanks." in compose(mail)  # what it was about goes on its way
    assert mail.state != "cancelled"


def test_the_agent_who_wrote_is_the_one_told_of_what_does_not_arrive(ticket, ada, eva, mails):
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    actions.reply(ticket, "<p>Number 12.</p>", by=later(ada, minutes=1))
    mails()

    assert Delivery.objects.get(kind="message").author_id == eva.person_id
    assert Delivery.objects.get(kind="customer_wrote").author_id is None
