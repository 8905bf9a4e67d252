"""Addresses that are not written to: why, since when, and the way to try one again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tuki.mail import actions, queries
from tuki.mail.harm import Harm
from tuki.mail.models import Suppression, Why
from tuki.people.actor import Actor


@pytest.fixture
def bounced(desk, ada) -> Suppression:
    """Ada's address, from which a mail came back."""
    mail = actions.post(kind="answer", address="ada@acme.example", subject="Lost", text="x", by=Actor(None))
    actions.bounced(mail, "550 5.1.1 no such user", harm=Harm.ADDRESS, by=Actor(None))
    return Suppression.objects.get()


def shown(page) -> list[str]:
    return re.findall(r"<b><bdi>(.+?)</bdi></b>", page.content.decode())


def test_each_is_listed_with_its_person_and_why_the_latest_first(setup_of, bounced, root, ada):
    actions.suppress("nobody@elsewhere.example", by=Actor(root.person))
    page = setup_of.get("/setup/mail/suppressed")

    assert shown(page) == ["nobody@elsewhere.example", "ada@acme.example"]
    assert "mail to this address comes back: " in re.sub(r"<[^>]+>", "", page.content.decode())
    assert "550 5.1.1 no such user" in page.content.decode()
    assert f'href="/workspace/people/{ada.person_id}"' in page.content.decode()


def test_one_is_found_by_its_address_and_by_parts_of_it(setup_of, bounced, root):
    actions.suppress("ada@acme.example.org", by=root)

    assert shown(setup_of.get("/setup/mail/suppressed", {"q": "Ada@acme.example"})) == ["ada@acme.example"]
    assert len(shown(setup_of.get("/setup/mail/suppressed", {"q": "acme ada"}))) == 2
    assert shown(setup_of.get("/setup/mail/suppressed", {"q": "bert"})) == []


def test_it_is_written_to_again_and_that_is_written_down(setup_of, bounced, ada, done_to):
    done = setup_of.post(f"/setup/mail/suppressed/{bounced.pk}/removal", follow=True)

    assert "ada@acme.example is written to again." in done.content.decode()
    assert queries.suppression_of("ada@acme.example") is None
    assert done_to(ada.person)[-1] == "mail.suppression_lifted"
    assert setup_of.post(f"/setup/mail/suppressed/{bounced.pk}/removal").status_code == 404


def test_mail_out_leads_there_and_so_does_a_mail_that_was_held_back(setup_of, bounced, ticket):
    mail = {"kind": "answer", "address": "ada@acme.example", "subject": "Held", "text": "x", "thread": ticket.pk}
    held = actions.post(**mail, by=Actor(None))

    assert 'href="/setup/mail/suppressed"' in setup_of.get("/setup/mail/out").content.decode()
    assert (
        'href="/setup/mail/suppressed?q=ada%40acme.example"'
        in setup_of.get(f"/setup/mail/out/{held.pk}").content.decode()
    )


def test_the_page_asks_as_much_for_many_as_for_few(setup_of, queries_of):
    def add(numbers) -> None:
        since = timezone.now()
        Suppression.objects.bulk_create(
            Suppression(address=f"lost{n}@acme.example", why=Why.BOUNCED, since=since - timedelta(minutes=n))
            for n in numbers
        )

    add(range(3))
    few = queries_of(setup_of, "/setup/mail/suppressed")
    add(range(3, 130))
    assert queries_of(setup_of, "/setup/mail/suppressed") == few
    first = setup_of.get("/setup/mail/suppressed")
    older = re.search(r'href="\?(at=[^"]+)" rel="next"', first.content.decode())[1]
    rest = setup_of.get(f"/setup/mail/suppressed?{older}")
    assert (len(shown(first)), shown(rest)[0]) == (50, "lost50@acme.example")
