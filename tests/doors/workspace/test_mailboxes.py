"""A desk with several mailboxes: who is written to answers, and one mail to two of them is one matter."""

import re

import pytest

from tuki.live.known import KNOWN
from tuki.mail import actions as mails
from tuki.mail.models import Delivery, Mailbox, Outcome, RawMail
from tuki.people.actor import Actor
from tuki.tickets import actions
from tuki.tickets.models import Ticket

DESK, INVOICES = "support@festum.example", "invoices@festum.example"


@pytest.fixture
def invoices(desk, teams) -> Mailbox:
    Mailbox.objects.filter(address=DESK).update(position=1)
    return Mailbox.objects.create(
        address=INVOICES,
        labels={"en": "Festum Invoices", "fi": "Festum Laskutus"},
        signatures={"en": "Your invoices, Festum", "fi": "Laskutus, Festum"},
        position=2,
    )


@pytest.fixture
def written_to(work):
    """Have the same mail come in, once to each envelope."""

    def come(*envelopes: list[str], header: str = INVOICES) -> list[RawMail]:
        raw = f"From: ada@acme.example\r\nTo: {header}\r\nSubject: Bill\r\nMessage-ID: <1@acme>\r\n\r\nToo high.\r\n"
        came = []
        for to in envelopes:
            received = f"Received: for {to}\r\n{raw}".encode()
            came.append(
                mails.receive(received, envelope_from="ada@acme.example", envelope_to=to, by=Actor(None, "email"))
            )
            work()
        for mail in came:
            mail.refresh_from_db()
        return came

    return come


@pytest.fixture
def keeping():
    """As in a web process, where parts of a page stand until a topic changes."""
    KNOWN.hears(True)
    yield
    KNOWN.hears(False)


def last_to(address: str) -> Delivery:
    return Delivery.objects.filter(address=address).latest("pk")


def test_whoever_writes_to_a_mailbox_is_answered_from_it(invoices, written_to, ada, eva, work):
    written_to([INVOICES])
    acknowledged = last_to("ada@acme.example")
    actions.reply(Ticket.objects.get(), "<p>It is right.</p>", by=eva)
    work()
    answered = last_to("ada@acme.example")

    for mail in (acknowledged, answered):
        assert (mail.from_address, mail.from_name) == (INVOICES, "Festum Invoices")
        assert mail.reply_to.startswith("invoices+")
        assert "Your invoices, Festum" in mail.text
    assert INVOICES in acknowledged.text


def test_what_began_on_the_portal_is_answered_from_the_desk_s_own_address(invoices, ticket, eva, work):
    actions.reply(ticket, "<p>It moves now.</p>", by=eva)
    work()

    assert last_to("ada@acme.example").from_address == DESK


def test_a_team_s_signature_goes_before_its_mailbox_s(invoices, teams, written_to, ada, eva, work):
    Mailbox.objects.filter(pk=invoices.pk).update(team=teams["support"])
    written_to([INVOICES])

    assert "Festum support" in last_to("ada@acme.example").text
    assert "Your invoices" not in last_to("ada@acme.example").text


@pytest.mark.parametrize("envelopes", [([DESK, INVOICES],), ([DESK], [INVOICES])])
def test_one_mail_to_two_mailboxes_is_one_ticket_and_agents_see_both(
    invoices, written_to, ada, browser_of, eva, envelopes
):
    first, *rest = written_to(*envelopes, header=f"{DESK}, {INVOICES}")

    ticket = Ticket.objects.get()
    assert first.outcome == Outcome.TICKET
    assert [mail.outcome for mail in rest] == [Outcome.IGNORED] * len(rest)
    assert not ticket.copies.exists()
    page = browser_of(eva).get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert re.search(rf'class="muted came-to">to {DESK}, {INVOICES}<', page)


def test_the_second_copy_shows_on_a_page_that_was_drawn_before_it_came(
    invoices, written_to, ada, browser_of, eva, work, keeping
):
    written_to([DESK])
    browser, path = browser_of(eva), f"/workspace/tickets/{Ticket.objects.get().number}"
    assert "came-to" not in browser.get(path).content.decode()  # the desk's own address says nothing

    mails.receive(
        RawMail.objects.get().content(),
        envelope_from="ada@acme.example",
        envelope_to=[INVOICES],
        by=Actor(None, "email"),
    )
    work()

    assert f"to {DESK}, {INVOICES}" in browser.get(path).content.decode()


def test_customers_are_not_told_at_which_address_it_came(invoices, written_to, ada, browser_of):
    written_to([INVOICES])

    page = browser_of(ada).get(f"/hc/en/requests/{Ticket.objects.get().number}").content.decode()
    assert "came-to" not in page
