"""Somebody in copy leaves by the link in their mails, signed in or not."""

import re

import pytest
from django.core import signing
from django.test import Client

from tuki.jobs.worker import run_ready
from tuki.mail.models import Delivery
from tuki.people.models import Person
from tuki.tickets import actions, leave_links, queries


@pytest.fixture
def copied(ticket, ada, eva, nils):
    """Ada's ticket with nils in copy, and a mail to each of them with Eva's answer."""
    run_ready()  # what tells of the first message
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    run_ready()
    return ticket


@pytest.fixture
def link(copied, nils) -> str:
    return f"/hc/en/requests/leave/{leave_links.token_for(copied, nils.person)}"


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def in_copy(ticket) -> list[str]:
    return [person.email for person in queries.people_in_copy(ticket)]


def test_mail_to_those_in_copy_has_the_link_and_mail_to_the_requester_has_none(settings, copied, stranger):
    to_nils = Delivery.objects.get(address="nils@acme.example", kind="message")
    to_ada = Delivery.objects.get(address="ada@acme.example", kind="message")

    [link] = re.findall(r"https?://\S+/requests/leave/[^\s)>\"]+", to_nils.text)
    assert to_nils.headers["List-Unsubscribe"] == f"<{link}>"
    assert "List-Unsubscribe" not in to_ada.headers
    assert "/leave/" not in to_ada.text + to_ada.html
    assert stranger.get(link.removeprefix(settings.PUBLIC_URL)).status_code == 200


def test_one_press_in_the_mail_program_is_offered_where_the_link_is_safe(settings, ticket, ada, eva, nils):
    settings.PUBLIC_URL = "https://desk.example"
    run_ready()  # what tells of the first message
    actions.add_copy(ticket, "nils@acme.example", by=ada)
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    run_ready()

    headers = Delivery.objects.get(address="nils@acme.example", kind="message").headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_to_look_at_the_link_changes_nothing(link, copied, stranger):
    assert "Leave this conversation?" in stranger.get(link).content.decode()
    stranger.head(link)

    assert in_copy(copied) == ["nils@acme.example"]


def test_one_press_leaves_without_a_sign_in(link, copied, stranger, told, eva):
    answer = stranger.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200  # RFC 8058: no redirect
    assert in_copy(copied) == []
    actions.reply(copied, "<p>Still there?</p>", by=eva)
    run_ready()
    assert Delivery.objects.filter(address="nils@acme.example", kind="message").count() == 1


def test_it_is_told_in_the_history_once(link, copied, stranger, told):
    stranger.post(link)
    stranger.post(link)

    assert told(copied).count("ticket.left") == 1


def test_who_left_can_come_back_on_the_page(link, copied, stranger):
    page = stranger.post(link).content.decode()
    assert "Take me back" in page
    stranger.post(link, {"back": "yes"})

    assert in_copy(copied) == ["nils@acme.example"]


def test_who_leaves_on_the_request_s_page_has_left_as_well(link, copied, browser_of, stranger, nils, told):
    browser_of(nils).post(f"/hc/en/requests/{copied.number}/copies/{nils.person_id}/removal")

    assert told(copied) == ["ticket.left"]
    assert "Take me back" in stranger.get(link).content.decode()


def test_who_was_removed_by_others_can_t_come_back_by_the_link(link, copied, stranger, ada, nils):
    stranger.post(link)
    actions.add_copy(copied, "nils@acme.example", by=ada)
    actions.remove_copy(copied, nils.person, by=ada)
    page = stranger.get(link).content.decode()

    assert "Take me back" not in page
    assert stranger.post(link, {"back": "yes"}).status_code == 409
    assert in_copy(copied) == []


def test_who_has_lost_the_right_can_t_come_back(link, copied, stranger, nils):
    stranger.post(link)
    nils.person.memberships.all().delete()

    assert stranger.post(link, {"back": "yes"}).status_code == 409
    assert in_copy(copied) == []


def test_the_link_tells_nothing_of_the_request(link, copied, stranger):
    pages = [stranger.get(link), stranger.post(link), stranger.post(link, {"back": "yes"})]

    assert not any(copied.subject in page.content.decode() for page in pages)


def test_a_made_up_link_leads_nowhere(copied, stranger, ada, nils):
    forged = signing.dumps([copied.pk, nils.person_id], salt="something else")
    for token in ("nonsense", forged):
        assert stranger.post(f"/hc/en/requests/leave/{token}").status_code == 404

    assert in_copy(copied) == ["nils@acme.example"]


def test_the_link_of_a_ticket_in_the_trash_or_a_closed_account_leads_nowhere(link, copied, stranger, nils, eva):
    actions.trash(copied, by=eva)
    assert stranger.get(link).status_code == 404
    actions.restore(copied, by=eva)
    Person.objects.filter(pk=nils.person_id).update(is_active=False)

    assert stranger.get(link).status_code == 404
