"""Who enters a thread by mail, and who does not, whatever they try."""

from email.message import EmailMessage
from itertools import product

import pytest
from allauth.account.models import EmailAddress

from tests.mail.domains import ELSEWHERE, THEIRS
from tuki.desk.models import WhoIsCopied, WhoSubmits
from tuki.jobs.worker import run_ready
from tuki.mail.addresses import reply_address
from tuki.mail.models import Delivery, Outcome, RawMail, State
from tuki.people.actions import merge_persons
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.doubt import Doubt
from tuki.tickets.models import Message, Ticket

DESK = "support@festum.example"
EVERY_DOMAIN = ("acme.example", "globex.example", "nowhere.example", "festum.example")


def signed(ticket: Ticket, person: Actor) -> str:
    assert person.person_id is not None
    return reply_address(DESK, ticket.pk, person.person_id)


@pytest.fixture
def ours(ticket, ada, eva, mails_to) -> str:
    """The Message-ID of a mail about the ticket that we sent to Ada."""
    actions.reply(ticket, "<p>Try again.</p>", by=eva)
    run_ready()
    return mails_to(ada)[-1].message_id


@pytest.fixture
def became(ticket, ours):
    """became(mail) -> in a word what it became of a mail that names the ticket."""
    before = ticket.messages.count()

    def of(came: RawMail) -> str:
        if came.outcome == Outcome.REPLY:
            assert (came.thread, ticket.messages.count()) == (ticket.pk, before + 1)
        else:
            assert ticket.messages.count() == before
        if came.outcome == Outcome.QUARANTINED:
            return "quarantine"
        doubt = {"": "", Doubt.UNPROVEN: " in doubt", Doubt.FORGED: " forged"}[
            Message.objects.get(pk=came.message).doubt
        ]
        return {Outcome.REPLY: "reply", Outcome.TICKET: "own"}[Outcome(came.outcome)] + doubt

    return of


SIGNS = ("her address", "her chain", "the first mail", "the tag")
# Who: what becomes of each sign, where their domain stands behind the mail, where nobody can tell, where it is forged.
TABLE = {
    "ada": {  # the requester
        "pass": ("reply", "reply", "reply", "reply"),
        "unknown": ("reply", "reply", "reply in doubt", "reply in doubt"),
        "fail": ("own forged",) * 4,
    },
    "bert": {  # a colleague in copy, to whom we sent neither
        "pass": ("reply",) * 4,
        "unknown": ("reply in doubt",) * 4,
        "fail": ("own forged",) * 4,
    },
    "dora": {"pass": ("own",) * 4, "unknown": ("own",) * 4, "fail": ("own forged",) * 4},  # somebody else's customer
    "mallory": {"pass": ("quarantine",) * 4, "unknown": ("quarantine",) * 4, "fail": ("quarantine",) * 4},
    "eva": {"pass": ("quarantine",) * 4, "unknown": ("quarantine",) * 4, "fail": ("quarantine",) * 4},  # an agent
}


@pytest.mark.parametrize(("who", "verdict", "place"), list(product(TABLE, ("pass", "unknown", "fail"), range(4))))
def test_the_table(request, who, verdict, place, domains, ada, bert, submitted, ticket, ours, became, mail_in):
    sender = request.getfixturevalue(who)
    actions.add_copy(ticket, "bert@acme.example", by=ada)
    if verdict != "unknown":
        domains.guard(*EVERY_DOMAIN)
    first = RawMail.objects.create(
        received_at=ticket.created_at,
        size=1,
        message_id="<first@acme.example>",
        thread=ticket.pk,
        outcome=Outcome.TICKET,
    )
    carries = {
        "her address": {"to": signed(ticket, ada)},
        "her chain": {"in_reply_to": ours},
        "the first mail": {"in_reply_to": first.message_id},
        "the tag": {"subject": f"Re: [Festum #{ticket.number}] Stuck"},
    }[SIGNS[place]]

    came = mail_in(sender, client_ip=THEIRS if verdict == "pass" else ELSEWHERE, **carries)

    assert came.authenticity == verdict
    assert became(came) == TABLE[who][verdict][place]


# What doubt takes away


@pytest.mark.parametrize("published", [True, False])
def test_who_may_be_somebody_else_brings_nobody_in_and_reaches_no_customer(
    published, rules, domains, ada, bert, eva, ticket, ours, mail_in, mails_to
):
    rules(who_is_copied=WhoIsCopied.ANYONE)
    actions.add_copy(ticket, "bert@acme.example", by=ada)
    if published:
        domains.guard("acme.example")
    run_ready()
    before = len(mails_to(bert))

    mail_in(ada, f"[Festum #{ticket.number}]", cc="mallory@nowhere.example", client_ip=ELSEWHERE)

    assert not Ticket.objects.filter(copies__person__email="mallory@nowhere.example").exists()
    assert mails_to("mallory@nowhere.example") == []
    assert len(mails_to(bert)) == before


def test_agents_are_told_of_the_doubt_in_words(ada, eva, ticket, ours, mail_in, mails_to):
    mail_in(ada, f"[Festum #{ticket.number}]", "Send it all to my new address.")

    assert ticket.messages.last().get_doubt_display() in mails_to(eva)[-1].text


def test_whom_a_domain_stands_behind_brings_colleagues_in_by_the_number_alone(
    domains, ada, bert, ticket, ours, mail_in
):
    domains.guard("acme.example")

    mail_in(ada, f"[Festum #{ticket.number}]", cc="bert@acme.example", client_ip=THEIRS)

    assert [copy.person for copy in ticket.copies.all()] == [bert.person]


def test_a_forged_mail_is_answered_by_nobody_and_shows_to_no_colleague(rules, domains, ada, carol, mail_in, mails_to):
    rules(who_sees="managers")
    domains.guard("acme.example")

    came = mail_in(ada, "Our new bank account", client_ip=ELSEWHERE)

    own = Ticket.objects.get()
    assert (came.thread, own.requester, own.organization) == (own.pk, ada.person, None)
    assert "could not be verified" in own.messages.get().get_doubt_display()
    assert mails_to(ada) == []


def test_a_stranger_whose_mail_is_forged_is_told_nothing(domains, mail_in, mails_to):
    domains.guard("nowhere.example")

    came = mail_in("victim@nowhere.example", client_ip=ELSEWHERE)

    assert (came.outcome, came.lacks_right) == (Outcome.QUARANTINED, False)
    assert "could not be verified" in came.reason
    assert mails_to("victim@nowhere.example") == []


def test_where_anyone_may_write_a_forged_stranger_gets_a_ticket_and_no_way_in(rules, domains, mail_in, mails_to):
    rules(who_submits=WhoSubmits.ANYONE, invites_writers=True)
    domains.guard("nowhere.example")

    assert mail_in("victim@nowhere.example", client_ip=ELSEWHERE).outcome == Outcome.TICKET
    assert mails_to("victim@nowhere.example") == []


# Each way of trying. Acme publishes what it sends by; Mallory's mail comes from elsewhere.


@pytest.fixture
def tries(rules, domains, bert, carol, ticket, ours, became, mail_in):
    """tries(head, to=…) -> what became of a mail with these header lines that Mallory sends from her own machine."""
    rules(who_submits=WhoSubmits.ANYONE)
    domains.guard("acme.example", "festum.example")
    domains.publish("nowhere.example", spf=f"ip4:{ELSEWHERE} -all")

    def sent(*head: str, to: str = DESK) -> str:
        lines = ("Message-ID: <m@nowhere.example>", "Date: Sat, 21 Nov 2026 10:15:00 +0200", f"To: {to}", *head)
        raw = "\r\n".join(lines).encode() + b"\r\n\r\nSend me the contract.\r\n"
        return became(mail_in.read(raw, envelope_from="mallory@nowhere.example", envelope_to=to, client_ip=ELSEWHERE))

    return sent


MALLORY = "From: Mallory <mallory@nowhere.example>"
ADA = "From: Ada Aalto <ada@acme.example>"


def test_by_a_guessed_number(tries, ticket):
    assert tries(MALLORY, f"Subject: Re: [Festum #{ticket.number}] Stuck") == "own"


def test_by_a_copied_message_id(tries, ours):
    assert tries(MALLORY, "Subject: Re: Stuck", f"In-Reply-To: {ours}", f"References: <a@b> {ours}") == "own"


def test_by_somebody_elses_signed_address(tries, ticket, ada):
    assert tries(MALLORY, "Subject: Re: Stuck", to=signed(ticket, ada)) == "own"


def test_by_a_signed_address_that_was_altered(tries, ticket, ada, mallory, submitted):
    good = signed(ticket, ada)
    other = submitted("Another")
    altered = (
        good.replace(f"+{ticket.pk}.", f"+{other.pk}."),
        good.replace(f".{ada.person_id}.", f".{mallory.person_id}."),
    )

    for number, address in enumerate((*altered, good[:-20] + "aaaaaaa" + good[-13:])):
        assert tries(MALLORY, f"Subject: Try {number}", to=address) == "own"
    assert other.messages.count() == 1


def test_by_the_requesters_address_in_from(tries, ticket, ada):
    assert tries(ADA, f"Subject: [Festum #{ticket.number}]", to=signed(ticket, ada)) == "own forged"


@pytest.mark.parametrize(("brought_by", "becomes"), [(THEIRS, "reply"), (ELSEWHERE, "own forged")])
def test_by_a_server_beside_us_that_says_who_brought_it(
    brought_by, becomes, became, domains, ticket, ada, ours, mail_in
):
    domains.guard("acme.example")
    raw = (
        f"Received: from mx.acme.example (mx [{brought_by}])\r\n\tby mx.festum.example\r\n"
        f"{ADA}\r\nTo: {signed(ticket, ada)}\r\nSubject: Re: Stuck\r\n\r\nHello\r\n"
    )

    assert became(mail_in.read(raw.encode(), envelope_from="ada@acme.example")) == becomes


@pytest.mark.parametrize("order", [(ADA, MALLORY), (MALLORY, ADA)])
def test_by_two_from_lines(tries, order, ticket, ada):
    assert tries(*order, f"Subject: [Festum #{ticket.number}]", to=signed(ticket, ada)) == "own forged"


def test_by_two_people_in_one_from(tries, ticket, ada):
    both = "From: Ada <ada@acme.example>, Mallory <mallory@nowhere.example>"

    assert tries(both, "Subject: x", to=signed(ticket, ada)) == "own forged"


@pytest.mark.parametrize(
    "head",
    [
        'From: "ada@acme.example" <mallory@nowhere.example>',
        'From: "Ada Aalto <ada@acme.example>" <mallory@nowhere.example>',
        "From: Ada Aalto (ada@acme.example) <mallory@nowhere.example>",
        "From: =?utf-8?q?ada=40acme.example?= <mallory@nowhere.example>",
        "From: =?utf-8?q?Ada_=3Cada=40acme.example=3E=2C?= <mallory@nowhere.example>",
        "From: ada=acme.example@nowhere.example",
        "From: @acme.example:mallory@nowhere.example",
    ],
)
def test_by_a_name_that_looks_like_an_address(tries, head, ticket, ada):
    assert tries(head, "Subject: Re: Stuck", to=signed(ticket, ada)) in {"own", "own forged"}


@pytest.mark.parametrize("field", ["Sender", "Reply-To", "Resent-From", "X-Original-From", "Return-Path"])
def test_by_another_field(tries, field, ticket, ada):
    assert tries(MALLORY, f"{field}: Ada <ada@acme.example>", "Subject: Re: Stuck", to=signed(ticket, ada)) == "own"


@pytest.mark.parametrize("field", ["Sender", "Reply-To"])
def test_by_a_field_instead_of_from(tries, field, ticket, ada):
    assert tries(f"{field}: Ada <ada@acme.example>", "Subject: Re: Stuck", to=signed(ticket, ada)) == "own forged"


@pytest.mark.parametrize(
    "address",
    [
        "ada+work@acme.example",
        "ada@mail.acme.example",
        "ada@acme.example.nowhere.example",
        "ada@аcme.example",
        "ada@acmе.example",
    ],
)
def test_by_an_address_that_is_nearly_hers(tries, address, ticket, ada):
    assert tries(f"From: Ada <{address}>", "Subject: Re: Stuck", to=signed(ticket, ada)) in {"own", "own forged"}


@pytest.mark.parametrize("spelling", ["ADA@ACME.EXAMPLE", "=?utf-8?q?ada=40acme=2Eexample?=", "<ada@acme.example>>"])
def test_by_another_spelling_of_her_address(tries, spelling, ticket, ada):
    assert tries(f"From: {spelling}", "Subject: Re: Stuck", to=signed(ticket, ada)) == "own forged"


def test_by_a_group_that_she_is_in(tries, ticket, ada):
    assert tries("From: Acme: ada@acme.example;", "Subject: Re: Stuck", to=signed(ticket, ada)) == "own forged"


def test_by_being_copied_on_a_mail_of_hers(tries, ticket, ours, became, domains, ada, mail_in):
    came = mail_in(ada, "Re: Stuck", to=signed(ticket, ada), cc="mallory@nowhere.example", client_ip=THEIRS)
    assert came.outcome == Outcome.REPLY

    RawMail.objects.filter(pk=came.pk).update(message_id="<hers@acme.example>")
    count = ticket.messages.count()
    mail_in("Mallory <mallory@nowhere.example>", "Re: Stuck", in_reply_to="<hers@acme.example>", client_ip=ELSEWHERE)
    assert ticket.messages.count() == count


def test_by_an_address_that_its_owner_never_confirmed(tries, ticket, ada):
    EmailAddress.objects.create(user=ada.person, email="mallory@nowhere.example", verified=False)

    assert tries(MALLORY, "Subject: Re: Stuck", to=signed(ticket, ada)) == "own"


def test_by_the_address_of_a_duplicate_that_was_merged(tries, ticket, ada, root, person, mail_in):
    double = person("ada.aalto@acme.example", "Ada Aalto")
    merge_persons(ada.person, double, by=root)

    assert tries("From: ada.aalto@acme.example", "Subject: Re: Stuck", to=signed(ticket, ada)) == "own forged"
    assert mail_in("ada.aalto@acme.example", to=signed(ticket, ada), client_ip=THEIRS).outcome == Outcome.REPLY


def test_by_a_mail_of_hers_once_more(domains, ada, ticket, ours, mail_in):
    domains.guard("acme.example")
    first = mail_in(ada, "Re: Stuck", to=signed(ticket, ada), signed_by="acme.example", client_ip=ELSEWHERE)
    count = ticket.messages.count()

    again = mail_in.read(b"Received: from mallory\r\n" + first.content(), client_ip=ELSEWHERE)

    assert (first.authenticity, again.outcome, ticket.messages.count()) == ("pass", Outcome.IGNORED, count)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"Something else", b"Stuck").replace(b"Subject: Stuck", b"Subject: [Festum #1]"),
        lambda raw: b"Subject: [Festum #1]\r\n" + raw,
        lambda raw: b"In-Reply-To: <made.up@x.example>\r\n" + raw.replace(b"won't move", b"is all yours"),
    ],
)
def test_by_a_signed_mail_of_hers_made_to_say_something_else(change, domains, ada, ticket, ours, mail_in):
    domains.guard("acme.example")
    first = mail_in(ada, "Something else", signed_by="acme.example", client_ip=ELSEWHERE)
    count = ticket.messages.count()

    again = mail_in.read(change(first.content()), envelope_from="mallory@nowhere.example", client_ip=ELSEWHERE)

    assert (again.authenticity, ticket.messages.count()) == ("fail", count)


@pytest.mark.parametrize(
    "field", ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated", "Precedence: bulk", "X-Autoreply: yes"]
)
def test_by_calling_itself_a_machines(tries, field, rules, domains, ticket, ada, ours, mail_in):
    domains.guard("acme.example")
    count = ticket.messages.count()

    raw = f"{ADA}\r\n{field}\r\nTo: {signed(ticket, ada)}\r\nSubject: Re: Stuck\r\n\r\nHello\r\n".encode()
    came = mail_in.read(raw, envelope_from="", envelope_to=signed(ticket, ada), client_ip=ELSEWHERE)

    assert ticket.messages.count() == count
    assert came.outcome in {Outcome.IGNORED, Outcome.TICKET}


def test_by_a_bounce_that_quotes_our_mail(domains, ada, ticket, ours, mail_in):
    Delivery.objects.update(state=State.SENT)
    count = ticket.messages.count()
    bounce = EmailMessage()
    bounce["From"], bounce["To"], bounce["Subject"] = (
        "MAILER-DAEMON@acme.example",
        signed(ticket, ada),
        "Undelivered Mail",
    )
    bounce["In-Reply-To"] = ours
    bounce.set_content("550 no such user. Send me the contract.")

    came = mail_in.read(bounce.as_bytes(), envelope_from="", envelope_to=signed(ticket, ada), client_ip=ELSEWHERE)

    assert (came.outcome, ticket.messages.count()) == (Outcome.IGNORED, count)


def test_by_the_name_of_the_desk_itself(tries, ticket, ada):
    assert tries(f"From: Festum <{DESK}>", "Subject: Re: Stuck", to=signed(ticket, ada)) == "quarantine"


def test_nobody_became_known_by_trying_where_only_seat_holders_may_write(domains, ticket, ours, mail_in):
    known = Person.objects.count()

    mail_in("mallory@nowhere.example", f"[Festum #{ticket.number}]", client_ip=ELSEWHERE)

    assert Person.objects.count() == known


def test_a_machine_of_hers_joins_and_reopens_nothing(ada, solved_ticket, mail_in):
    came = mail_in(ada, "Re: Stuck", to=signed(solved_ticket, ada), Auto_Submitted="auto-generated")

    solved_ticket.refresh_from_db()
    assert came.outcome == Outcome.REPLY
    assert solved_ticket.is_solved
