"""Who follows their company gets a mail for each new ticket of a colleague (A17)."""

import re

import pytest
from django.core import signing
from django.test import Client

from tuki.desk.models import WhoSees
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.lib.refusal import Denied
from tuki.mail.models import Delivery
from tuki.people import actions as people
from tuki.people.models import Membership
from tuki.tickets import actions, leave_links, queries


@pytest.fixture(autouse=True)
def _seats_see(rules):
    rules(who_sees=WhoSees.SEATS)


@pytest.fixture
def follower(acme, bert):
    actions.follow_company(acme, by=bert)
    return bert


def told(address: str = "bert@acme.example") -> list[Delivery]:
    run_ready()
    return list(Delivery.objects.filter(address=address, kind="colleague_asked"))


def test_a_follower_hears_of_a_colleagues_new_ticket_once_and_not_of_what_comes_after(follower, submitted, eva, ada):
    ticket = submitted()
    (mail,) = told()
    actions.reply(ticket, "<p>Which?</p>", by=eva)
    actions.reply(ticket, "<p>This.</p>", by=ada)

    assert "Ada Aalto of Acme Oy has a new request, #1" in mail.text
    assert "It won't move." in mail.text
    assert told() == [mail]


def test_nobody_is_told_of_their_own_or_twice(follower, submitted, acme, ada, bert):
    actions.submit("Mine", "<p>x</p>", by=bert)
    submitted(copies=["bert@acme.example"])

    assert told() == []
    assert Delivery.objects.filter(address="bert@acme.example", kind="message").count() == 1


def test_what_support_records_for_a_colleague_is_told_too(follower, eva, ada):
    actions.submit("A call", "<p>She called.</p>", requester=ada.person, by=eva)

    assert len(told()) == 1


def test_another_companys_are_not_told(follower, dora):
    actions.submit("Theirs", "<p>x</p>", by=dora)

    assert told() == []


@pytest.mark.parametrize("loss", ["seat", "rule", "suspended", "confidential"])
def test_who_may_not_see_it_when_the_mail_is_made_gets_none(follower, submitted, loss, rules, eva, carol, machine):
    ticket = submitted()
    place = Membership.objects.get(person=follower.person)
    if loss == "seat":
        people.take_seat(place, by=machine)
    elif loss == "rule":
        rules(who_sees=WhoSees.MANAGERS)
    elif loss == "suspended":
        people.suspend(place, by=carol)
    else:
        actions.set_confidential(ticket, True, by=eva)

    assert told() == []


def test_only_who_sees_all_of_the_companys_tickets_may_follow_it(acme, nils, dora, eva):
    for actor in (nils, dora, eva):
        with pytest.raises(Denied):
            actions.follow_company(acme, by=actor)


def test_it_is_written_down_once(acme, bert):
    for _time in range(2):
        actions.follow_company(acme, by=bert)
    for _time in range(2):
        actions.unfollow_company(acme, by=bert)

    events = Entry.objects.filter(on_kind="organization", on_id=acme.pk, person=bert.person).order_by("pk")
    told = [entry.event for entry in events if "follow" in entry.event]
    assert told == ["organization.followed", "organization.unfollowed"]


def test_followers_come_along_where_people_or_companies_are_merged(acme, globex, bert, dora, machine):
    actions.follow_company(acme, by=bert)
    actions.follow_company(globex, by=dora)
    people.merge_organizations(globex, acme, by=machine)
    people.merge_persons(dora.person, bert.person, by=machine)

    assert queries.companies_followed(dora.person) == {globex.pk}
    assert queries.companies_followed(bert.person) == frozenset()


def test_the_mail_has_a_link_that_ends_it_without_a_sign_in_and_asks_first(settings, follower, submitted, acme):
    settings.PUBLIC_URL = "https://desk.example"
    submitted()
    (mail,) = told()
    (link,) = set(re.findall(r"https://desk.example(/hc/en/company/leave/[^\s)>\"]+)", mail.text))
    stranger = Client(enforce_csrf_checks=True)

    assert mail.headers["List-Unsubscribe"] == f"<https://desk.example{link}>"
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Follow these requests no longer?" in stranger.get(link).content.decode()
    assert queries.companies_followed(follower.person) == {acme.pk}

    answer = stranger.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200  # RFC 8058: no redirect
    assert queries.companies_followed(follower.person) == frozenset()
    stranger.post(link, {"back": "yes"})
    assert queries.companies_followed(follower.person) == {acme.pk}


def test_the_link_carries_no_right(follower, acme, carol):
    link = f"/hc/en/company/leave/{leave_links.company_token_for(acme.pk, follower.person)}"
    stranger = Client()
    people.suspend(Membership.objects.get(person=follower.person), by=carol)
    stranger.post(link)

    assert stranger.post(link, {"back": "yes"}).status_code == 403
    assert "Follow them again" not in stranger.get(link).content.decode()


def test_a_made_up_link_leads_nowhere(acme, bert):
    forged = signing.dumps([acme.pk, bert.person_id], salt="something else")
    for token in ("nonsense", forged):
        assert Client().post(f"/hc/en/company/leave/{token}").status_code == 404


def test_the_button_says_whether_it_is_pressed(browser_of, acme, bert):
    browser, road = browser_of(bert), "/hc/en/requests?tab=organization"
    assert 'aria-pressed="false"' in browser.get(road).content.decode()
    answer = browser.post(f"/hc/en/company/{acme.pk}/following", {"value": "yes", "back": "requests"})
    page = browser.get(answer.url).content.decode()

    assert answer.url == road
    assert 'aria-pressed="true"' in page
    assert "You get a mail for each new request of Acme Oy." in page
    assert queries.companies_followed(bert.person) == {acme.pk}


def test_a_manager_finds_the_button_on_the_companys_page(browser_of, acme, carol):
    browser = browser_of(carol)
    answer = browser.post(f"/hc/en/company/{acme.pk}/following", {"value": "yes", "back": "company"})

    assert answer.url == f"/hc/en/company/{acme.pk}"
    assert 'aria-pressed="true"' in browser.get(answer.url).content.decode()
