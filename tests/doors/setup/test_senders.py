"""What the ledger says of who a mail is from, and of those who may not write yet."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tuki.journal.via import Via
from tuki.mail import actions, lists
from tuki.mail.models import RawMail
from tuki.mail.trust.authentication import Authenticity, Findings
from tuki.people.actor import Actor


@pytest.fixture
def set_aside(desk):
    """Have a mail in quarantine, of which this was found."""

    def aside(subject: str, authenticity: Authenticity, *, lacks_right: bool = False) -> RawMail:
        by = Actor(None, Via.EMAIL, timezone.now())
        raw = f"From: stina@elsewhere.example\r\nSubject: {subject}\r\n\r\nHello\r\n".encode()
        mail = actions.receive(raw, envelope_from="", envelope_to=[], client_ip="192.0.2.7", helo="mx.elsewhere", by=by)
        found = Findings(authenticity, "elsewhere.example", spf="fail", dmarc="fail", policy="reject")
        actions.know_sender(mail, found, by=by)
        actions.quarantine(mail, "why", lacks_right=lacks_right, by=by)
        return mail

    return aside


def test_who_waits_for_a_right_stands_in_a_list_of_their_own(browser_of, root, set_aside):
    set_aside("Help me", Authenticity.UNKNOWN, lacks_right=True)
    set_aside("Pay me", Authenticity.FAIL)

    page = browser_of(root).get(reverse("setup:mail_in"), {"end": lists.LACKS_RIGHT}).content.decode()

    assert "waiting for a right" in page
    assert "Help me" in page
    assert "Pay me" not in page


@pytest.mark.parametrize(
    ("authenticity", "words"),
    [(Authenticity.PASS, "verified: the"), (Authenticity.FAIL, "forged"), (Authenticity.UNKNOWN, "nobody can tell")],
)
def test_a_mail_says_whether_its_sender_is_who_it_names(authenticity, words, browser_of, root, set_aside):
    mail = set_aside("Help", authenticity)

    page = browser_of(root).get(reverse("setup:mail", args=[mail.pk])).content.decode()

    assert words in page
    assert "DMARC fail (p=reject)" in page
    assert "192.0.2.7 (<bdi>mx.elsewhere</bdi>)" in page
