"""What becomes of a mail, by who sent it and what it carries."""

import base64
from datetime import timedelta
from email.message import EmailMessage

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone, translation

from tests import nodes
from tests.mail.domains import ELSEWHERE
from tuki.desk.models import WhoIsCopied, WhoSees, WhoSubmits
from tuki.jobs.models import Job
from tuki.jobs.worker import LEASE, Worker, claim, reap, run, run_ready
from tuki.journal.models import Via
from tuki.mail import actions as mails
from tuki.mail.addresses import reply_address
from tuki.mail.models import Delivery, Mailbox, Outcome, RawBytes, RawMail
from tuki.mail.models import State as DeliveryState
from tuki.mail.sending.compose import compose
from tuki.people.actions import give_seat, take_seat
from tuki.people.actor import Actor
from tuki.people.models import Person, Role
from tuki.people.queries import system
from tuki.tickets import actions
from tuki.tickets.models import Message, State, Ticket

DESK = "support@festum.example"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def signed(ticket: Ticket, person: Actor) -> str:
    assert person.person_id is not None
    return reply_address(DESK, ticket.pk, person.person_id)


def last(ticket: Ticket) -> Message:
    return ticket.messages.order_by("pk").last()


# A new request


def test_a_mail_becomes_a_ticket_of_its_sender(ada, mail_in):
    came = mail_in(ada, "The invoice is stuck", "It won't move.\n")

    ticket = Ticket.objects.get()
    assert (came.outcome, came.thread, came.message) == (Outcome.TICKET, ticket.pk, ticket.messages.get().pk)
    assert (ticket.subject, ticket.requester, ticket.via) == ("The invoice is stuck", ada.person, "email")
    assert ticket.messages.get().html == "<p>It won't move.</p>"
    assert ticket.messages.get().raw_mail == came.pk
    assert ticket.created_at == came.received_at


def test_it_goes_to_the_queue_of_the_mailbox_it_was_written_to(ada, mail_in, teams):
    Mailbox.objects.update(team=teams["accounting"])
    mail_in(ada)

    assert Ticket.objects.get().team == teams["accounting"]


def test_an_encrypted_mail_says_that_it_is_and_keeps_what_was_sent(ada, mail_in):
    def more(mail: EmailMessage) -> None:
        mail.clear_content()
        mail["Content-Type"] = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
        mail.set_payload("secret")

    mail_in(ada, more=more)

    message = Message.objects.get()
    assert "encrypted" in message.html
    assert message.attachments.get().file.read() == b"secret"


def test_an_invitation_without_words_says_to_what_when_and_where(ada, mail_in):
    calendar = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Invoices\\, again\nLOCATION:Room 2\n"
    calendar += "DTSTART;TZID=Europe/Helsinki:20261201T100000\nEND:VEVENT\nEND:VCALENDAR\n"

    def more(mail: EmailMessage) -> None:
        mail.clear_content()
        mail["Content-Type"] = "text/calendar; method=REQUEST"
        mail.set_payload(calendar)

    mail_in(ada, more=more)

    message = Message.objects.get()
    assert message.html == "<p>Invitation: Invoices, again<br>2026-12-01 10:00 Europe/Helsinki<br>Room 2</p>"
    assert message.attachments.get().file.read().decode().splitlines() == calendar.splitlines()


def test_files_come_along_and_pictures_stand_in_their_place(ada, mail_in):
    def more(mail: EmailMessage) -> None:
        mail.add_alternative('<p>Look: <img src="cid:pic@acme"> there</p>', subtype="html")
        mail.get_payload()[1].add_related(PNG, "image", "png", cid="<pic@acme>", filename="screen shot.png")
        mail.add_attachment(b"%PDF-1.4", "application", "pdf", filename="lasku.pdf")

    mail_in(ada, more=more)

    message = Message.objects.get()
    picture, pdf = message.attachments.order_by("pk")
    assert (picture.inline, picture.file.name, picture.file.read()) == (True, "screen shot.png", PNG)
    assert (pdf.inline, pdf.file.name, pdf.file.taken) == (False, "lasku.pdf", True)
    assert f'src="/hc/files/{picture.file.pk}/screen%20shot.png"' in message.html


def test_a_file_that_is_too_large_is_named_and_the_rest_comes_through(ada, mail_in, settings):
    settings.FILE_SIZE_LIMIT = 100

    def more(mail: EmailMessage) -> None:
        mail.add_attachment(b"x" * 200, "application", "x-big", filename="big.bin")
        mail.add_attachment(b"small", "application", "x-small", filename="small.bin")

    mail_in(ada, more=more)

    message = Message.objects.get()
    assert [attachment.file.name for attachment in message.attachments.all()] == ["small.bin"]
    assert "“big.bin” is too large" in message.html
    assert "It won't move." in message.html


def test_a_mail_of_nothing_but_its_subject_says_its_subject(ada, mail_in):
    mail_in(ada, "Please call me", "")

    assert Message.objects.get().html == "<p>Please call me</p>"


def test_a_mail_of_nothing_at_all_is_kept(ada, mail_in):
    assert mail_in(ada, "", "").outcome == Outcome.TICKET


# Who may


def test_a_stranger_becomes_a_person_without_account_where_anyone_may_write(rules, mail_in):
    rules(who_submits=WhoSubmits.ANYONE)

    mail_in("Stina Ström <Stina@Elsewhere.example>")

    stina = Person.objects.get(email="stina@elsewhere.example")
    assert (stina.name, stina.has_usable_password(), stina.role) == ("Stina Ström", False, Role.CUSTOMER)
    assert Ticket.objects.get().requester == stina


def test_a_stranger_of_a_companys_mail_domain_belongs_to_it(rules, acme, mail_in):
    rules(who_submits=WhoSubmits.MEMBERS)

    mail_in("Stina Ström <stina@acme.example>")

    assert Ticket.objects.get().organization == acme


@pytest.mark.parametrize("rule", [WhoSubmits.SEATS, WhoSubmits.MEMBERS])
def test_a_stranger_without_the_right_is_told_how_to_get_it_and_stays_unknown(rules, mail_in, mails_to, rule):
    rules(who_submits=rule)

    came = mail_in("stina@elsewhere.example", "Help")

    (answer,) = mails_to("stina@elsewhere.example")
    assert came.outcome == Outcome.QUARANTINED
    assert "no right to send requests" in came.reason
    assert "Ask support for a seat." in answer.text
    assert (answer.in_reply_to, answer.automatic, answer.subject) == (
        came.message_id,
        True,
        "We have received your mail",
    )
    assert not Person.objects.filter(email="stina@elsewhere.example").exists()
    assert not Ticket.objects.exists()


def test_who_lacks_the_right_reads_their_own_words_only_where_they_are_shown_to_be_theirs(mail_in, mails_to, domains):
    domains.guard("elsewhere.example")
    mail_in("stina@elsewhere.example", "Help me", signed_by="elsewhere.example")
    mail_in("Casino <victim@globex.example>", "Win now at evil.example")

    (told,), (victim,) = mails_to("stina@elsewhere.example"), mails_to("victim@globex.example")
    assert (told.subject, "“Help me”" in told.text) == ("Re: Help me", True)
    whole = victim.subject + victim.text + victim.html + compose(victim).decode()
    assert not any(word in whole for word in ("Win now", "evil", "Casino"))


def test_of_strangers_without_the_right_so_many_are_told_in_an_hour(rules, mail_in, domains):
    rules(acknowledgements_to_strangers=2)
    domains.guard("elsewhere.example")
    for number in range(4):
        came = mail_in(f"stranger{number}@globex.example", f"Help {number}")
    mail_in("stina@elsewhere.example", "Help me", signed_by="elsewhere.example")

    told = Delivery.objects.order_by("pk").values_list("address", flat=True)
    assert list(told) == ["stranger0@globex.example", "stranger1@globex.example", "stina@elsewhere.example"]
    assert came.outcome == Outcome.QUARANTINED  # what nobody was told is kept all the same


def test_somebody_we_know_without_the_right_is_told_in_their_language(nils, mail_in, mails_to):
    Person.objects.filter(pk=nils.person_id).update(language="fi")

    mail_in(nils)

    (answer,) = mails_to(nils)
    assert "Pyydä paikkaa tuesta." in answer.text
    assert (answer.person_id, answer.language) == (nils.person_id, "fi")


def test_who_writes_in_vain_again_is_not_told_again_the_same_day(nils, mail_in, mails_to):
    for number in range(3):
        assert mail_in(nils, f"Help {number}").outcome == Outcome.QUARANTINED

    assert len(mails_to(nils)) == 1


def test_what_was_set_aside_becomes_a_ticket_once_the_sender_has_the_right(nils, mail_in, root):
    came = mail_in(nils)
    give_seat(nils.person.memberships.get(), by=root)
    mails.run_again(came, by=root)
    run_ready()

    assert Ticket.objects.get().requester == nils.person


def test_a_mail_that_says_it_is_from_the_desk_itself_is_set_aside(mail_in):
    system()

    for sender in ("system@tuki.invalid", DESK, "support+1.2.x@festum.example"):
        assert mail_in(sender).outcome == Outcome.QUARANTINED
    assert not Ticket.objects.exists()


def test_a_mail_without_a_sender_is_set_aside(mail_in):
    came = mail_in.read(b"To: support@festum.example\r\nSubject: x\r\n\r\nHei\r\n")

    assert (came.outcome, came.reason) == (Outcome.QUARANTINED, "It does not say who sent it.")


# Who else hears of it


def test_people_the_mail_was_written_to_are_in_copy_as_the_rule_allows(ada, bert, dora, mail_in):
    mail_in(ada, to=f"{DESK}, bert@acme.example", cc="dora@globex.example, stranger@elsewhere.example")

    assert [copy.person for copy in Ticket.objects.get().copies.all()] == [bert.person]
    assert not Person.objects.filter(email="stranger@elsewhere.example").exists()


def test_a_new_mail_that_nobody_can_vouch_for_brings_in_only_people_of_its_senders_company(
    ada, bert, dora, rules, domains, mail_in
):
    rules(who_is_copied=WhoIsCopied.ANYONE)
    cc = "bert@acme.example, dora@globex.example, stina@elsewhere.example"
    mail_in(ada, "Unsigned", cc=cc)
    domains.guard("acme.example")
    mail_in(ada, "Signed", cc=cc, signed_by="acme.example")
    mail_in(ada, "Forged", cc=cc, client_ip=ELSEWHERE)

    copied = {ticket.subject: {copy.person.email for copy in ticket.copies.all()} for ticket in Ticket.objects.all()}
    assert copied == {"Unsigned": {"bert@acme.example"}, "Signed": set(cc.split(", ")), "Forged": set()}


@pytest.mark.parametrize("own", [True, False])
def test_what_follows_up_a_closed_ticket_brings_in_others_where_it_carries_what_we_sent_its_sender(
    own, ada, eva, rules, ticket, mail_in
):
    rules(who_is_copied=WhoIsCopied.ANYONE)
    Ticket.objects.filter(pk=ticket.pk).update(state=State.CLOSED)

    mail_in(
        ada,
        f"Re: [Festum #{ticket.number}] x",
        to=signed(ticket, ada) if own else DESK,
        cc="stina@elsewhere.example",
    )

    follow_up = Ticket.objects.exclude(pk=ticket.pk).get()
    assert follow_up.copies.exists() == own


def test_the_desks_own_addresses_are_never_in_copy(ada, rules, domains, mail_in):
    rules(who_is_copied=WhoIsCopied.ANYONE)
    domains.guard("acme.example")

    cc = f"Support+1.2.abc@Festum.example, {DESK}, ada@acme.example, stina@elsewhere.example"
    mail_in(ada, cc=cc, signed_by="acme.example")

    assert [copy.person.email for copy in Ticket.objects.get().copies.all()] == ["stina@elsewhere.example"]


def test_who_an_answer_was_also_written_to_is_in_copy_from_then_on(ada, bert, ticket, mail_in):
    mail_in(ada, to=signed(ticket, ada), cc="bert@acme.example")

    assert [copy.person for copy in ticket.copies.all()] == [bert.person]


@pytest.mark.parametrize("sign", ["tag", "tag and a chain of somebody else's"])
def test_who_only_knows_the_number_brings_nobody_in_to_listen(sign, rules, ada, ticket, mail_in):
    rules(who_is_copied=WhoIsCopied.ANYONE)

    chain = "<made.up@elsewhere.example>" if "chain" in sign else ""
    mail_in(ada, f"[Festum #{ticket.number}] Urgent", cc="mallory@nowhere.example", in_reply_to=chain)

    assert last(ticket).author == ada.person
    assert not ticket.copies.exists()


# A reply


def test_an_answer_to_the_signed_address_joins_the_ticket(ada, ticket, mail_in):
    came = mail_in(ada, "Re: whatever", "Still stuck.\n", to=signed(ticket, ada).upper())

    assert (came.outcome, came.thread, came.message) == (Outcome.REPLY, ticket.pk, last(ticket).pk)
    assert (last(ticket).author, last(ticket).by_support, last(ticket).via) == (ada.person, False, "email")


def test_an_answer_that_names_a_mail_of_ours_joins_the_ticket(ada, ticket, eva, mail_in, mails_to):
    actions.reply(ticket, "<p>Try again.</p>", by=eva)
    run_ready()
    ours = mails_to(ada)[-1]

    mail_in(ada, "Another subject", in_reply_to=ours.message_id)

    assert ticket.messages.count() == 3


def test_an_answer_to_the_customers_own_mail_joins_its_ticket(ada, mail_in):
    first = mail_in(ada)

    mail_in(ada, "Re: The invoice is stuck", References=f"<other@x.example> {first.message_id}")

    assert Ticket.objects.get().messages.count() == 2


def test_an_answer_with_the_tag_joins_the_ticket(ada, ticket, mail_in):
    mail_in(ada, f"VS: [festum  #{ticket.number}] The invoice is stuck")

    assert ticket.messages.count() == 2


def test_a_new_matter_is_a_new_ticket(ada, ticket, mail_in):
    mail_in(ada, "Something else")

    assert Ticket.objects.count() == 2


def test_what_the_mail_repeats_is_kept_apart(ada, ticket, mail_in):
    mail_in(
        ada,
        "Re: x",
        "It works.\n\nOn 21 Nov 2026, at 10.15, Support <support@festum.example> wrote:\n> Try again\n",
        to=signed(ticket, ada),
        in_reply_to="<tuki.1@festum.example>",
    )

    assert last(ticket).html == "<p>It works.</p>"
    assert "Try again" in last(ticket).quoted


def test_old_pictures_that_only_the_quote_shows_are_not_stored_again(ada, ticket, mail_in):
    def more(mail: EmailMessage) -> None:
        quote = (
            '<div class="gmail_quote">On 21 Nov 2026 at 10:15 a@b.example wrote:'
            '<blockquote class="gmail_quote"><img src="cid:logo"><p>Hello</p></blockquote></div>'
        )
        mail.add_alternative(f"<p>It works.</p>{quote}", subtype="html")
        mail.get_payload()[1].add_related(PNG, "image", "png", cid="<logo>", filename="logo.png")

    mail_in(ada, "Re: x", to=signed(ticket, ada), in_reply_to="<tuki.1@festum.example>", more=more)

    assert not last(ticket).attachments.exists()
    assert "Hello" in last(ticket).quoted
    assert "<img" not in last(ticket).quoted


def test_a_mail_to_a_solved_ticket_opens_it_again(ada, solved_ticket, mail_in):
    mail_in(ada, to=signed(solved_ticket, ada))

    solved_ticket.refresh_from_db()
    assert solved_ticket.state == State.OPEN


def test_a_mail_to_a_ticket_that_takes_no_more_becomes_its_follow_up(ada, solved_ticket, mail_in, rules):
    rules(reopen_days=14)
    Ticket.objects.update(solved_at=timezone.now() - timedelta(days=15))

    came = mail_in(ada, to=signed(solved_ticket, ada))

    follow_up = Ticket.objects.get(pk=came.thread)
    assert (came.outcome, follow_up.follow_up_of, follow_up.mentions) == (Outcome.TICKET, solved_ticket, None)
    assert solved_ticket.messages.count() == 1


def test_an_answer_waits_until_the_mail_it_answers_is_read(ada, mail_in, desk):
    def mail(number: int, more: str = "") -> bytes:
        return (
            f"From: ada@acme.example\r\nTo: {DESK}\r\nSubject: x\r\nMessage-ID: <{number}@acme.example>\r\n{more}"
            f"\r\nHello {number}\r\n"
        ).encode()

    by = Actor(None, Via.EMAIL)
    mails.receive(mail(1), envelope_from="", envelope_to=[DESK], by=by)
    mails.receive(mail(2, "In-Reply-To: <1@acme.example>\r\n"), envelope_from="", envelope_to=[DESK], by=by)
    first, _ = Job.objects.order_by("pk")
    Job.objects.filter(pk=first.pk).update(priority=99)  # the second is read before the first
    run_ready()
    Job.objects.update(run_at=timezone.now())
    run_ready()

    assert Ticket.objects.get().messages.count() == 2


def test_an_answer_waits_for_no_mail_that_nobody_will_read_any_more(ada, mail_in):
    mails.receive(
        f"From: ada@acme.example\r\nTo: {DESK}\r\nMessage-ID: <lost@acme.example>\r\n\r\nHello\r\n".encode(),
        envelope_from="",
        envelope_to=[DESK],
        by=Actor(None, Via.EMAIL),
    )
    Job.objects.update(state="failed")

    assert mail_in(ada, in_reply_to="<lost@acme.example>").outcome == Outcome.TICKET


# Who may not join


@pytest.mark.parametrize("sign", ["address", "chain", "tag"])
@pytest.mark.parametrize("who", ["dora", "bert", "carol"])
def test_who_has_no_place_on_a_ticket_gets_one_of_their_own(request, who, sign, ada, ticket, mail_in, mails_to):
    sender = request.getfixturevalue(who)
    run_ready()
    carries = {
        "address": {"to": signed(ticket, ada)},
        "chain": {"in_reply_to": mails_to(ada)[-1].message_id},
        "tag": {"subject": f"Re: [Festum #{ticket.number}] The invoice is stuck"},
    }[sign]

    came = mail_in(sender, **carries)

    own = Ticket.objects.get(pk=came.thread)
    assert own != ticket
    assert (own.requester, own.mentions) == (sender.person, ticket)
    assert f"#{ticket.number}" not in own.subject
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("sign", ["address", "chain", "tag"])
def test_a_stranger_never_enters_a_thread(rules, sign, ada, ticket, mail_in, mails_to):
    rules(who_submits=WhoSubmits.ANYONE, who_is_copied=WhoIsCopied.ANYONE)
    run_ready()
    carries = {
        "address": {"to": signed(ticket, ada)},
        "chain": {"in_reply_to": mails_to(ada)[-1].message_id},
        "tag": {"subject": f"Re: [Festum #{ticket.number}] The invoice is stuck"},
    }[sign]

    mail_in("mallory@nowhere.example", **carries)

    assert ticket.messages.count() == 1
    assert Ticket.objects.get(requester__email="mallory@nowhere.example").mentions == ticket


def test_a_colleague_in_copy_joins(ada, bert, ticket, mail_in):
    actions.add_copy(ticket, "bert@acme.example", by=ada)

    mail_in(bert, to=signed(ticket, ada))

    assert last(ticket).author == bert.person


def test_a_colleague_who_sees_the_companys_tickets_joins(rules, ada, bert, ticket, mail_in):
    rules(who_sees=WhoSees.SEATS)

    mail_in(bert, f"[Festum #{ticket.number}]")

    assert last(ticket).author == bert.person


def test_who_lost_the_right_to_write_still_answers_on_their_own_ticket(ada, ticket, root, mail_in):
    take_seat(ada.person.memberships.get(), by=root)

    assert mail_in(ada, to=signed(ticket, ada)).outcome == Outcome.REPLY
    assert mail_in(ada, "Another matter").outcome == Outcome.QUARANTINED


# Agents


def test_an_agent_who_answers_what_we_wrote_them_answers_the_customer(eva, ticket, mail_in):
    came = mail_in(eva, "Re: x", "Try it again.\n", to=signed(ticket, eva))

    assert came.outcome == Outcome.REPLY
    assert (last(ticket).author, last(ticket).by_support, last(ticket).internal) == (eva.person, True, False)


@pytest.mark.parametrize("sign", ["nothing", "the customer's address", "another agent's", "another ticket's"])
def test_a_mail_that_only_says_it_is_an_agents_does_nothing(sign, eva, otto, ada, ticket, submitted, mail_in):
    to = {
        "nothing": DESK,
        "the customer's address": signed(ticket, ada),
        "another agent's": signed(ticket, otto),
        "another ticket's": signed(submitted(), eva),
    }[sign]

    came = mail_in(eva, f"Re: [Festum #{ticket.number}] x", to=f"{to}, {DESK}" if sign == "another ticket's" else to)

    if sign == "another ticket's":
        assert came.thread != ticket.pk  # it answers the one whose address it has
    else:
        assert came.outcome == Outcome.QUARANTINED
        assert "nothing shows" in came.reason
    assert ticket.messages.count() == 1


def test_an_agent_of_an_unverified_address_does_nothing(eva, ticket, mail_in):
    EmailAddress.objects.filter(user=eva.person).update(verified=False)

    assert mail_in(eva, to=signed(ticket, eva)).outcome == Outcome.QUARANTINED
    assert ticket.messages.count() == 1


def test_an_agent_answers_no_ticket_that_is_kept_from_them(eva, ticket, teams, hanna, mail_in):
    actions.hand_over(ticket, teams["payroll"], by=eva)

    assert mail_in(eva, to=signed(ticket, eva)).outcome == Outcome.QUARANTINED


def test_an_agent_with_a_matter_of_their_own_is_its_customer(eva, mail_in):
    first = mail_in(eva, "My own printer")
    mail_in(eva, "Re: My own printer", in_reply_to=first.message_id)

    ticket = Ticket.objects.get()
    assert ticket.requester == eva.person
    assert [message.by_support for message in ticket.messages.all()] == [False, False]


# Machines


def test_the_same_mail_twice_makes_one_message(ada, mail_in):
    first = mail_in(ada)
    again = mail_in.read(b"Received: by another way\r\n" + first.content())

    assert (again.outcome, again.why) == (Outcome.IGNORED, f"The same mail as {first.pk}.")
    assert Message.objects.count() == 1


def test_what_is_redacted_is_gone_from_every_copy_of_its_mail(ada, eva, mail_in):
    first = mail_in(ada, text="My identity code is 131052-308T.\n")
    raw = first.content()
    before = mail_in.read(b"Received: by another way\r\n" + raw)

    actions.redact_message(Message.objects.get(), by=eva)
    after = mail_in.read(b"Received: by a slow way\r\n" + raw)

    for copy in (first, before, after):
        copy.refresh_from_db()
        assert copy.content() == b""
    assert not RawBytes.objects.exists()


def test_a_vacation_note_is_ignored_and_changes_nothing(ada, solved_ticket, mail_in):
    came = mail_in(ada, "Automatic reply: x", to=signed(solved_ticket, ada), Auto_Submitted="auto-replied")

    solved_ticket.refresh_from_db()
    assert (came.outcome, came.reason) == (Outcome.IGNORED, "An automatic reply.")
    assert solved_ticket.state == State.SOLVED


def test_a_program_of_a_customers_may_ask_for_help_and_gets_no_automatic_answer(ada, mail_in, mails_to):
    assert mail_in(ada, Auto_Submitted="auto-generated").outcome == Outcome.TICKET
    assert mails_to(ada) == []

    assert mail_in(ada, "By hand").outcome == Outcome.TICKET
    assert [mail.kind for mail in mails_to(ada)] == ["received"]


@pytest.mark.parametrize(
    "header",
    [
        {"List_Id": "<users.elsewhere.example>", "Precedence": "list"},
        {"Feedback_ID": "1.eu-west-1.abc=:AmazonSES"},
        {"Return_Path": "<>"},
    ],
    ids=["a list", "a provider of mail", "a form"],
)
def test_what_a_stranger_writes_through_a_list_or_a_program_is_heard_and_gets_no_automatic_answer(
    rules, header, mail_in, mails_to
):
    rules(who_submits=WhoSubmits.ANYONE)
    assert mail_in("liisa@elsewhere.example", **header).outcome == Outcome.TICKET
    assert mails_to("liisa@elsewhere.example") == []


@pytest.mark.parametrize("header", [{"X_Auto_Response_Suppress": "None"}, {"X_Autoreply": "no"}])
def test_who_says_that_no_machine_wrote_is_answered_as_anybody(rules, header, mail_in, mails_to):
    rules(who_submits=WhoSubmits.ANYONE)
    assert mail_in("liisa@elsewhere.example", **header).outcome == Outcome.TICKET
    assert [mail.kind for mail in mails_to("liisa@elsewhere.example")] == ["received_unproven"]


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("news@elsewhere.example", {"List_Id": "<news.elsewhere.example>", "List_Unsubscribe": "<mailto:x@y.example>"}),
        ("news@elsewhere.example", {"Precedence": "bulk"}),
        ("noreply@elsewhere.example", {}),
    ],
)
def test_a_strange_newsletter_is_ignored_and_gets_no_answer(rules, sender, header, mail_in, mails_to):
    rules(who_submits=WhoSubmits.ANYONE)
    came = mail_in(sender, **header)

    assert came.outcome == Outcome.IGNORED
    assert mails_to(sender) == []


GROUP = {
    "List_Id": "<support.festum.example>",
    "List_Post": "<https://groups.example/post>, <mailto:support@festum.example>",
    "List_Unsubscribe": "<mailto:leave@groups.example>",
    "Mailing_list": "list support@festum.example; contact support+owners@festum.example",
    "Precedence": "list",
}


def test_what_comes_through_a_group_of_the_desks_own_is_anybodys_mail(rules, ada, solved_ticket, mail_in):
    rules(who_submits=WhoSubmits.ANYONE)
    assert mail_in("liisa@elsewhere.example", **GROUP).outcome == Outcome.TICKET
    mail_in(ada, "Re: x", "It broke again.\n", to=signed(solved_ticket, ada), **GROUP)

    solved_ticket.refresh_from_db()
    assert solved_ticket.state == State.OPEN


def test_a_vacation_note_through_such_a_group_stays_one(ada, solved_ticket, mail_in):
    came = mail_in(ada, "Lomalla", to=signed(solved_ticket, ada), Auto_Submitted="auto-replied", **GROUP)

    assert came.outcome == Outcome.IGNORED


def test_a_bounce_marks_the_mail_that_did_not_arrive(ada, ticket, eva, mail_in, mails_to):
    actions.reply(ticket, "<p>Try again.</p>", by=eva)
    run_ready()
    ours = mails_to(ada)[-1]
    Delivery.objects.filter(pk=ours.pk).update(state=DeliveryState.SENT)

    came = mail_in.read(
        b"From: MAILER-DAEMON@acme.example\r\nTo: support@festum.example\r\nSubject: Undelivered\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; acme.example\r\n\r\n"
        b"Final-Recipient: rfc822; ada@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 No such user\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Message-ID: " + ours.message_id.encode() + b"\r\n\r\nx\r\n--b--\r\n"
    )

    ours.refresh_from_db()
    assert came.outcome == Outcome.IGNORED
    assert (ours.state, ours.last_answer) == (DeliveryState.BOUNCED, "smtp; 550 No such user")
    assert ticket.messages.count() == 2


# Whatever happens meanwhile

KILLED = """
import sys, time
from tuki.jobs import worker
from tuki.doors.email import decide
from tuki.mail import actions as mails
moment = sys.argv[1]

def here():
    print("here", flush=True)
    time.sleep(600)

content_of = decide.content_of
def reading(*args, **kwargs):
    if moment == "once it is parsed":
        here()
    content = content_of(*args, **kwargs)
    if moment == "once its files are stored":
        here()
    return content
decide.content_of = reading

became_ticket = mails.became_ticket
def settling(*args, **kwargs):
    if moment == "before its outcome is written":
        here()
    became_ticket(*args, **kwargs)
    if moment == "before the commit":
        here()
mails.became_ticket = settling
worker.run_ready(1)
here()  # after the commit
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "moment",
    [
        "once it is parsed",
        "once its files are stored",
        "before its outcome is written",
        "before the commit",
        "after the commit",
    ],
)
def test_killed_at_any_step_a_mail_is_exactly_one_message(moment, ada, desk, tmp_path):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ada@acme.example", DESK, "The invoice is stuck"
    mail.set_content("It won't move.")
    mail.add_attachment(b"%PDF-1.4", "application", "pdf", filename="lasku.pdf")
    came = mails.receive(mail.as_bytes(), envelope_from="", envelope_to=[DESK], by=Actor(None, Via.EMAIL))

    with nodes.running(KILLED, tmp_path, moment) as reader:
        nodes.wait_for("here", reader)
        reader.kill()
        reader.wait()
    reap(timezone.now() + LEASE * 2)
    run_ready()

    came.refresh_from_db()
    message = Message.objects.get()
    assert (came.outcome, came.thread, came.message) == (Outcome.TICKET, message.ticket_id, message.pk)
    assert Ticket.objects.get().number == 1
    assert [attachment.file.name for attachment in message.attachments.all()] == ["lasku.pdf"]
    assert not Job.objects.filter(kind="mail.decide").exists()


@pytest.mark.django_db(transaction=True)
def test_copies_that_are_read_at_the_same_moment_make_one_message(ada, desk):
    raw = b"From: ada@acme.example\r\nTo: support@festum.example\r\nSubject: x\r\n\r\nHello\r\n"
    by = Actor(None, Via.EMAIL)
    for _ in range(8):
        mails.receive(raw, envelope_from="", envelope_to=[DESK], by=by)

    worker = Worker(threads=4)
    worker.start()
    nodes.until(lambda: not RawMail.objects.filter(outcome=Outcome.WAITING).exists())
    worker.stop()

    assert Message.objects.count() == 1
    assert sorted(RawMail.objects.values_list("outcome", flat=True)) == ["ignored"] * 7 + ["ticket"]


def test_all_mails_that_came_at_once_are_read_before_the_first_is_acknowledged(ada):
    for number in range(2):
        raw = f"From: ada@acme.example\r\nSubject: Matter {number}\r\n\r\nWords {number}.\r\n".encode()
        mails.receive(raw, envelope_from="ada@acme.example", envelope_to=[DESK], by=Actor(None, Via.EMAIL))

    done = []
    while claimed := claim("here", 1):
        run(claimed[0])
        done.append(claimed[0].kind)

    assert done[:2] == ["mail.decide", "mail.decide"]
    assert "notifications.tell" in done[2:]


def test_why_a_mail_ended_so_is_said_in_the_language_of_whoever_looks(ada, mail_in):
    came = mail_in(ada, Auto_Submitted="auto-replied")

    assert came.why == "An automatic reply."
    with translation.override("fi"):
        assert came.why == "Automaattinen vastaus."
