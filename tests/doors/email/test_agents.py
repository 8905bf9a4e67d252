"""What agents do by mail, and what a mail that only says it is theirs can't do."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from allauth.account.models import EmailAddress

from tests.mail.domains import ELSEWHERE, THEIRS, Domains
from tuki.desk.models import AgentsByMail, WhoSubmits
from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.mail.addresses import reply_address
from tuki.mail.models import Outcome, RawMail
from tuki.mail.trust.resolver import Unreachable
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.models import Message, State, Ticket
from tuki.tickets.policy import visible_messages

DESK = "support@festum.example"
FROM_US = "http://127.0.0.1:8000"


def signed(ticket: Ticket, person: Actor) -> str:
    assert person.person_id is not None
    return reply_address(DESK, ticket.pk, person.person_id)


@pytest.fixture
def guarded(domains) -> Domains:
    """Agents' mail comes from THEIRS; what says so and does not is forged."""
    domains.guard("festum.example")
    return domains


@pytest.fixture
def answered(ticket, eva, mail_in) -> Callable[..., RawMail]:
    """Eva answers by mail what we told her of the ticket: answered("Text")."""

    def answer(text: str = "Try it again.\n", client_ip: str = THEIRS, **more: object) -> RawMail:
        return mail_in(eva, "Re: Stuck", text, to=signed(ticket, eva), client_ip=client_ip, **more)

    return answer


def html(body: str) -> Callable[[EmailMessage], None]:
    return lambda mail: mail.add_alternative(f"<html><body>{body}</body></html>", subtype="html")


# Answering


def test_an_agents_answer_goes_to_the_customer(guarded, ticket, ada, eva, answered, mails_to):
    came = answered()

    message = ticket.messages.get(pk=came.message)
    assert (came.outcome, message.by_support, message.internal, message.author) == ("reply", True, False, eva.person)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == (State.PENDING, eva.person)
    assert "Try it again." in mails_to(ada)[-1].text


@pytest.mark.parametrize(
    ("rule", "published", "client_ip", "becomes"),
    [
        (AgentsByMail.SIGNED, True, THEIRS, Outcome.REPLY),
        (AgentsByMail.SIGNED, True, ELSEWHERE, Outcome.QUARANTINED),
        (AgentsByMail.SIGNED, True, "", Outcome.QUARANTINED),
        (AgentsByMail.SIGNED, False, ELSEWHERE, Outcome.REPLY),
        (AgentsByMail.PROVEN, True, THEIRS, Outcome.REPLY),
        (AgentsByMail.PROVEN, False, ELSEWHERE, Outcome.QUARANTINED),
        (AgentsByMail.NEVER, True, THEIRS, Outcome.QUARANTINED),
        (AgentsByMail.NEVER, False, ELSEWHERE, Outcome.QUARANTINED),
    ],
)
def test_what_an_agents_answer_must_show_is_the_desks_rule(
    rule, published, client_ip, becomes, rules, domains, ticket, answered
):
    rules(agents_by_mail=rule)
    if published:
        domains.guard("festum.example")

    assert answered(client_ip=client_ip).outcome == becomes
    assert ticket.messages.count() == 1 + (becomes == Outcome.REPLY)


def test_a_domain_that_only_watches_must_still_stand_behind_its_agents(domains, ticket, answered):
    domains.publish("festum.example", dmarc="none", spf=f"ip4:{THEIRS} -all")

    assert answered(client_ip=ELSEWHERE).outcome == Outcome.QUARANTINED
    assert answered("Once more.", client_ip=THEIRS).outcome == Outcome.REPLY


def test_a_signature_of_the_domain_will_do(guarded, answered):
    assert answered(client_ip=ELSEWHERE, signed_by="festum.example").outcome == Outcome.REPLY


@pytest.mark.parametrize(
    "does",
    [
        {"subject": "A new matter"},
        {
            "subject": "Fwd: Stuck",
            "text": "-------- Forwarded message --------\nFrom: ada@acme.example\nSubject: x\n\nHi\n",
        },
        {"to": "her own address"},
        {"to": "the customer's address"},
        {"subject": "[Festum #1] x", "text": "#note Psst.\n"},
        {"in_reply_to": "what we wrote"},
    ],
)
def test_a_forged_mail_of_an_agents_can_do_nothing_that_an_agent_can(
    does, guarded, ticket, ada, eva, root, mail_in, mails_to
):
    actions.assign(ticket, eva.person, by=root)
    run_ready()
    does = dict(does)
    if "to" in does:
        does["to"] = signed(ticket, eva if does["to"] == "her own address" else ada)
    if "in_reply_to" in does:
        does["in_reply_to"] = mails_to(eva)[-1].message_id
    before = (Ticket.objects.count(), Message.objects.count(), len(mails_to(eva)), len(mails_to(ada)))

    came = mail_in(eva, client_ip=ELSEWHERE, **does)

    assert (came.outcome, came.authenticity) == (Outcome.QUARANTINED, "fail")
    assert "could not be verified" in came.reason
    assert (Ticket.objects.count(), Message.objects.count(), len(mails_to(eva)), len(mails_to(ada))) == before


def test_an_agent_is_told_that_their_answer_waits_and_a_forger_is_told_nothing(guarded, eva, answered, mails_to):
    answered(client_ip="")
    (told,) = mails_to(eva)
    assert "has not been passed on" in told.text

    answered("Another.", client_ip=ELSEWHERE)
    assert len(mails_to(eva)) == 1


def test_an_answer_waits_while_the_domain_cant_be_asked_and_is_set_aside_after_an_hour(settings, ticket, answered):
    class Silent(Domains):
        def ask(self, name: str, kind: str) -> list[str]:
            raise Unreachable(name)

    settings.MAIL_RESOLVER = Silent()
    came = answered()
    assert came.outcome == Outcome.WAITING

    RawMail.objects.update(received_at=came.received_at - timedelta(hours=2))
    Job.objects.update(run_at=came.received_at)
    run_ready()
    came.refresh_from_db()
    assert (came.outcome, ticket.messages.count()) == (Outcome.QUARANTINED, 1)


def test_an_agent_who_answers_a_closed_ticket_makes_no_request_of_their_own(guarded, ticket, eva, status, answered):
    actions.set_status(ticket, status("closed"), by=eva)

    assert answered().outcome == Outcome.QUARANTINED
    assert Ticket.objects.count() == 1


def test_an_address_that_is_not_verified_speaks_for_nobody(guarded, eva, answered):
    EmailAddress.objects.filter(user=eva.person).update(verified=False)

    assert answered().outcome == Outcome.QUARANTINED


@pytest.mark.parametrize("field", [{"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}])
def test_a_machine_of_an_agents_says_nothing_to_the_customer(field, guarded, ticket, eva, answered, mails_to):
    came = answered("Eva has accepted the invitation.\n", **field)

    assert (came.outcome, ticket.messages.count(), mails_to(eva)) == (Outcome.IGNORED, 1, [])


# Notes


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("#note\nAsk the bank first.\n", "<p>Ask the bank first.</p>"),
        ("#NOTE: Ask the bank first.\n", "<p>Ask the bank first.</p>"),
        ("#note\n\nAsk the bank\nfirst.\n", "<p>Ask the bank<br>first.</p>"),
        ("#muistiinpano\nAsk the bank first.\n", "<p>Ask the bank first.</p>"),
        ("\n#anteckning Ask the bank first.\n", "<p>Ask the bank first.</p>"),
    ],
)
def test_note_on_the_first_line_is_for_agents_alone(text, kept, guarded, ticket, ada, answered, mails_to):
    run_ready()
    before = len(mails_to(ada))

    came = answered(text)

    note = ticket.messages.get(pk=came.message)
    assert (came.outcome, note.internal, note.html, note.raw_mail) == ("reply", True, kept, came.pk)
    assert len(mails_to(ada)) == before
    assert not visible_messages(ada).filter(pk=note.pk).exists()


@pytest.mark.parametrize(
    "body",
    [
        '<div dir="ltr">#note<div><br></div><div>Ask the bank <b>first</b>.</div></div>',
        "<style>p {margin: 0}</style><div class=WordSection1><p class=MsoNormal><span>#note</span></p>"
        "<p class=MsoNormal>Ask the bank <b>first</b>.</p></div>",
        "<p>#note</p><p>Ask the bank <b>first</b>.</p>",
        "#note<br><br>Ask the bank <b>first</b>.",
    ],
)
def test_so_it_is_in_html(body, guarded, ticket, answered):
    came = answered("#note\n\nAsk the bank first.\n", more=html(body))

    note = ticket.messages.get(pk=came.message)
    assert note.internal
    assert "#note" not in note.html
    assert note.excerpt == "Ask the bank first."
    assert "<b>first</b>" in note.html


def test_agents_are_told_of_it_where_it_works(rules, ticket, ada, eva, root, mails_to):
    actions.assign(ticket, eva.person, by=root)
    actions.reply(ticket, "<p>Still stuck.</p>", by=ada)
    run_ready()
    assert "#note" in mails_to(eva)[-1].text

    rules(agents_by_mail=AgentsByMail.NEVER)
    actions.reply(ticket, "<p>And still.</p>", by=ada)
    run_ready()
    assert "A reply to this mail" not in mails_to(eva)[-1].text


def test_a_word_that_is_nearly_a_note_goes_to_nobody(guarded, ticket, ada, eva, answered, mails_to):
    came = answered("#notte\nDon't tell Ada.\n")

    assert (came.outcome, ticket.messages.count()) == (Outcome.QUARANTINED, 1)
    assert "#notte" in mails_to(eva)[-1].text


@pytest.mark.parametrize(
    "text",
    [
        "# note\nDon't tell Ada.\n",
        "\u200b#note\nDon't tell Ada.\n",
        "\u2060#note Don't tell Ada.\n",
        '"#note"\nDon\'t tell Ada.\n',
        "\uff03note\nDon't tell Ada.\n",
        "- #muistiinpano\nDon't tell Ada.\n",
        "**Note:**\nDon't tell Ada.\n",
        "Hi!\n#note\nDon't tell Ada.\n",
    ],
)
def test_a_note_that_was_meant_and_missed_goes_to_nobody(text, guarded, ticket, ada, eva, answered, mails_to):
    run_ready()
    before = len(mails_to(ada))

    came = answered(text)

    assert (came.outcome, ticket.messages.count()) == (Outcome.QUARANTINED, 1)
    assert len(mails_to(ada)) == before
    assert "note" in mails_to(eva)[-1].text or "muistiinpano" in mails_to(eva)[-1].text


def test_so_it_is_in_a_list(guarded, ticket, answered):
    came = answered("- #note\n", more=html("<ul><li>#note</li></ul><p>Don't tell Ada.</p>"))

    assert (came.outcome, ticket.messages.count()) == (Outcome.QUARANTINED, 1)


@pytest.mark.parametrize("text", ["Note that it works.\n", "Hi,\n\nplease note this.\n\nNote\nthat.\n"])
def test_note_is_a_word_too(text, guarded, ticket, answered):
    assert not ticket.messages.get(pk=answered(text).message).internal


@pytest.mark.parametrize("text", ["#12 is the same matter.\n", "Use the field #note there.\n", "# A heading\n"])
def test_other_words_with_that_sign_are_words(text, guarded, ticket, answered):
    assert not ticket.messages.get(pk=answered(text).message).internal


# What the mail repeats


def test_what_an_agents_mail_repeats_is_not_passed_on(guarded, ticket, ada, eva, root, answered, mails_to):
    actions.note(ticket, "<p>Ada is difficult.</p>", by=root)
    actions.assign(ticket, eva.person, by=root)
    actions.reply(ticket, "<p>Still stuck.</p>", by=ada)
    run_ready()
    ours = mails_to(eva)[-1]
    assert "difficult" not in ours.text + ours.html
    quoted = "".join(f"> {line}\n" for line in ours.text.splitlines())

    came = answered(
        f"It works.\n\nOn 21 Nov 2026, at 10.15, Festum <{DESK}> wrote:\n{quoted}", in_reply_to=ours.message_id
    )

    message = ticket.messages.get(pk=came.message)
    assert (message.html, message.quoted) == ("<p>It works.</p>", "")
    assert "workspace" not in mails_to(ada)[-1].text


def test_an_answer_that_cant_be_told_from_what_it_repeats_goes_to_nobody(guarded, ticket, eva, answered, mails_to):
    mine = f"It works.\n\n{FROM_US}/workspace/tickets/{ticket.number}\n\nYou can switch these mails off.\n"

    came = answered(mine)

    assert (came.outcome, ticket.messages.count()) == (Outcome.QUARANTINED, 1)
    assert "repeats our own mail" in mails_to(eva)[-1].text


# Passing on a customer's mail

INLINE = {
    "gmail": "Please see.\n\n---------- Forwarded message ---------\nFrom: Ada Aalto <ada@acme.example>\n"
    "Date: Sat, 21 Nov 2026 at 10:15\nSubject: It broke\nTo: <eva@festum.example>\n\n\nThe invoice is gone.\nReally.\n",
    "outlook fi": "Please see.\n\n________________________________\nLähettäjä: Ada Aalto <ada@acme.example>\n"
    "Lähetetty: lauantai 21. marraskuuta 2026 10.15\nVastaanottaja: Eva Eskola <eva@festum.example>\n"
    "Aihe: It broke\n\nThe invoice is gone.\nReally.\n",
    "outlook sv": "Please see.\n\nFrån: Ada Aalto <ada@acme.example>\nSkickat: den 21 november 2026 10:15\n"
    "Till: Eva Eskola <eva@festum.example>\nÄmne: It broke\n\nThe invoice is gone.\nReally.\n",
    "apple": "Please see.\n\nBegin forwarded message:\n\n> From: Ada Aalto <ada@acme.example>\n> Subject: It broke\n"
    "> Date: 21 November 2026 at 10.15.00 EET\n> To: eva@festum.example\n> \n> The invoice is gone.\n> Really.\n",
    "thunderbird de": "Please see.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tIt broke\n"
    "Datum: \tSat, 21 Nov 2026 10:15:00 +0200\nVon: \tAda Aalto <ada@acme.example>\nAn: \teva@festum.example\n\n"
    "The invoice is gone.\nReally.\n",
    "gmail nl": "Please see.\n\n---------- Doorgestuurd bericht ---------\nVan: Ada Aalto <ada@acme.example>\n"
    "Datum: za 21 nov 2026 om 10:15\nOnderwerp: It broke\nAan: <eva@festum.example>\n\nThe invoice is gone.\nReally.\n",
    "gmail fr": "Please see.\n\n---------- Message transféré ---------\nDe : Ada Aalto <ada@acme.example>\n"
    "Date: sam. 21 nov. 2026 à 10:15\nObjet : It broke\nÀ : <eva@festum.example>\n\nThe invoice is gone.\nReally.\n",
    "gmail et": "Please see.\n\n---------- Edastatud kiri ---------\nSaatja: Ada Aalto <ada@acme.example>\n"
    "Kuupäev: L, 21. november 2026, 10:15\nTeema: It broke\n"
    "Saaja: <eva@festum.example>\n\nThe invoice is gone.\nReally.\n",
    "spaced": "Please see.\n\nFrom: Ada Aalto <ada@acme.example>\n\nSent: today\n\nSubject: It broke\n\n"
    "The invoice is gone.\nReally.\n",
    "outlook bold": "Please see.\n\n*From:* Ada Aalto [mailto:ada@acme.example] \n*Sent:* 21 November 2026 10:15\n"
    "*To:* Eva Eskola\n*Subject:* It broke\n\nThe invoice is gone.\nReally.\n",
}


@pytest.mark.parametrize("program", INLINE)
def test_what_a_customer_wrote_to_an_agent_becomes_the_customers_request(program, guarded, ada, eva, mail_in, mails_to):
    came = mail_in(eva, "VL: It broke", INLINE[program], client_ip=THEIRS)

    ticket = Ticket.objects.get()
    said, note = ticket.messages.order_by("pk")
    assert (came.outcome, came.thread, came.message) == (Outcome.TICKET, ticket.pk, said.pk)
    assert (ticket.requester, ticket.subject, ticket.via) == (ada.person, "It broke", "email")
    assert (said.author, said.internal, said.html) == (eva.person, False, "<p>The invoice is gone.<br>Really.</p>")
    assert (note.author, note.internal, note.html) == (eva.person, True, "<p>Please see.</p>")
    (told,) = mails_to(ada)
    assert "we have recorded your matter" in told.text
    assert "Please see" not in told.text


def test_so_does_a_mail_that_hangs_on_the_agents_with_its_files(guarded, ada, eva, mail_in):
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "Ada Aalto <ada@acme.example>", "eva@festum.example", "It broke"
    inner["In-Reply-To"] = "<eva@festum.example>"
    inner.set_content(
        "The invoice is gone.\n\nOn 21 Nov 2026, at 10.15, Eva <eva@festum.example> wrote:\n> All is well\n"
    )
    inner.add_attachment(b"%PDF-1.4", "application", "pdf", filename="lasku.pdf")

    mail_in(eva, "Fwd: It broke", "Please see.\n", more=lambda mail: mail.add_attachment(inner), client_ip=THEIRS)

    ticket = Ticket.objects.get()
    said, note = ticket.messages.order_by("pk")
    assert (ticket.requester, said.html) == (ada.person, "<p>The invoice is gone.</p>")
    assert "All is well" in said.quoted
    assert [attachment.file.name for attachment in said.attachments.all()] == ["lasku.pdf"]
    assert note.html == "<p>Please see.</p>"


def test_html_alone_is_read_too(guarded, ada, eva, mail_in):
    raw = (
        f"From: eva@festum.example\r\nTo: {DESK}\r\nSubject: Fwd: It broke\r\nContent-Type: text/html\r\n\r\n"
        '<div dir="ltr">Please see.<br><div class="gmail_quote"><div dir="ltr">---------- Forwarded message ---------'
        '<br>From: <strong>Ada Aalto</strong> <span>&lt;<a href="mailto:ada@acme.example">ada@acme.example</a>&gt;'
        "</span><br>Date: Sat<br>Subject: It broke<br>To: &lt;eva@festum.example&gt;<br></div><br><br>"
        "<div>The invoice is gone.</div></div></div>"
    )
    mail_in.read(raw.encode(), envelope_from="eva@festum.example", client_ip=THEIRS)

    ticket = Ticket.objects.get()
    assert ticket.requester == ada.person
    assert ticket.messages.order_by("pk")[0].html == "<p>The invoice is gone.</p>"


@pytest.mark.parametrize("sign", ["chain", "tag"])
def test_it_says_which_request_it_may_be_about(sign, guarded, ticket, ada, eva, mail_in, mails_to):
    run_ready()
    more = {
        "chain": {"subject": "Fwd: It broke", "in_reply_to": mails_to(ada)[-1].message_id},
        "tag": {"subject": f"Fwd: [Festum #{ticket.number}] It broke"},
    }[sign]

    mail_in(eva, text=INLINE["gmail"], client_ip=THEIRS, **more)

    own = Ticket.objects.exclude(pk=ticket.pk).get()
    assert (own.requester, own.mentions, own.subject) == (ada.person, ticket, "It broke")
    assert ticket.messages.count() == 1


def test_a_customer_we_did_not_know_becomes_known_where_the_rule_allows(guarded, rules, eva, mail_in):
    stranger = INLINE["gmail"].replace("Ada Aalto <ada@acme.example>", "Stina Ström <stina@elsewhere.example>")
    mail_in(eva, "Fwd: It broke", stranger, client_ip=THEIRS)
    assert Ticket.objects.get().requester == eva.person
    assert not Person.objects.filter(email="stina@elsewhere.example").exists()

    rules(who_submits=WhoSubmits.ANYONE)
    mail_in(eva, "Fwd: It broke again", stranger, client_ip=THEIRS)
    assert Ticket.objects.order_by("pk").last().requester.name == "Stina Ström"


@pytest.mark.parametrize("client_ip", ["", ELSEWHERE])
def test_who_does_not_show_that_they_are_an_agent_passes_nothing_on(client_ip, domains, ada, eva, mail_in, mails_to):
    mail_in(eva, "Fwd: It broke", INLINE["gmail"], client_ip=client_ip)

    assert Ticket.objects.get().requester == eva.person
    assert mails_to(ada) == []


def test_what_a_customer_passes_on_stays_theirs(domains, ada, bert, mail_in):
    domains.guard("acme.example")
    mail_in(bert, "Fwd: It broke", INLINE["gmail"], client_ip=THEIRS)

    ticket = Ticket.objects.get()
    assert ticket.requester == bert.person
    assert "Forwarded message" in ticket.messages.get().html


@pytest.mark.parametrize(
    "text",
    [
        "Look at this.\nFrom: somebody\n",
        "From: ada@acme.example is what it says.\nNothing more.\n",
        "From: ada@acme.example\n\nTo: whom it may concern\n",
        "Look.\n\nFrom: Ada Aalto\nSent: today\nTo: me\nSubject: It broke\n\nThe invoice is gone.\n",
        "Look.\n\nFrom: Festum <support@festum.example>\nSent: today\nSubject: x\n\nHello\n",
        "Look.\n\nFrom: Root <root@festum.example>\nSent: today\nSubject: x\n\nHello\n",
    ],
)
def test_what_names_no_customer_stays_the_agents_own_and_whole(text, guarded, ada, eva, root, mail_in):
    mail_in(eva, "Fwd: It broke", text, client_ip=THEIRS)

    assert Ticket.objects.get().requester == eva.person
    assert Message.objects.count() == 1
