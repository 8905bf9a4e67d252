"""Following from the pages: a button, a visitor's address, what I follow, and the links in mails."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.conftest import later
from tests.knowledge.conftest import labels, publish
from tuki.desk.models import Product
from tuki.jobs.worker import run_ready
from tuki.knowledge import actions, audience, links
from tuki.knowledge.models import Following, Kind, Pace
from tuki.mail.models import Delivery
from tuki.people.actor import Actor

NOBODY = Actor(None)


@pytest.fixture(autouse=True)
def _nothing_was_tried_before(db):
    cache.clear()


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def confirmed(thing, address="reader@nowhere.example", pace=Pace.AT_ONCE) -> Following:
    row = actions.follow_by_address(thing, address, language="en", pace=pace, by=NOBODY)
    return actions.confirm(links.token_for(row, links.CONFIRM), by=NOBODY)


def test_follow_is_a_button_that_stays_pressed_and_comes_up_again(browser_of, published, ada):
    article, browser = published(), browser_of(ada)
    page = f"/hc/en/articles/{article.pk}-paying-an-invoice"
    assert 'aria-pressed="false"' in browser.get(page).content.decode()

    answer = browser.post(f"/hc/en/following/articles/{article.pk}", {"next": page})
    assert answer["Location"] == page
    assert 'aria-pressed="true"' in browser.get(page).content.decode()
    browser.post(f"/hc/en/following/articles/{article.pk}", {"next": page, "unfollow": "yes"})
    assert not Following.objects.exists()


def test_the_button_of_a_visitor_holds_no_secret_and_leads_to_a_choice(client, invoices, words_of):
    page = client.get(f"/hc/en/sections/{invoices.pk}-invoices").content.decode()
    there = f"/hc/en/following/sections/{invoices.pk}"
    assert f'href="{there}"' in page
    assert "csrf" not in page

    words = words_of(client.get(there))
    assert "Sign in and follow" in words
    assert "Follow by e-mail" in words


def test_release_notes_are_followed_by_product(browser_of, guides, root, ada):
    product = Product.objects.get(key="ledger")
    section = actions.make_section(guides, labels("Releases"), kind=Kind.RELEASES, product=product, by=root)
    page = browser_of(ada).get(f"/hc/en/sections/{section.pk}-releases").content.decode()

    assert f"/hc/en/following/products/{product.pk}" in page
    actions.follow(product, by=ada)
    assert "The release notes of Ledger" in browser_of(ada).get("/hc/en/following").content.decode()


def test_how_soon_is_chosen_and_changed(browser_of, invoices, ada):
    browser = browser_of(ada)
    there = f"/hc/en/following/sections/{invoices.pk}"
    browser.post(there, {"pace": "weekly"})
    assert Following.objects.get().pace == Pace.WEEKLY

    browser.post(there, {"pace": "daily", "next": "/hc/en/following"})
    assert Following.objects.get().pace == Pace.DAILY
    assert re.search(r'value="daily" selected', browser.get("/hc/en/following").content.decode())


def test_sections_of_one_name_are_told_apart_by_their_categories(browser_of, words_of, invoices, root, ada):
    other = actions.make_section(actions.make_category(labels("Payroll"), by=root), labels("Invoices"), by=root)
    for section in (invoices, other):
        actions.follow(section, by=ada)
    page = browser_of(ada).get("/hc/en/following")

    assert "Invoices Payroll" in words_of(page)
    assert "How soon you hear of: Invoices (Payroll)" in page.content.decode()


def test_an_address_gets_the_same_answer_whoever_it_is(client, invoices, ada):
    confirmed(invoices)
    there = f"/hc/en/following/sections/{invoices.pk}"
    answers = [
        client.post(there, {"address": address, "pace": "daily"})
        for address in ("reader@nowhere.example", "new@nowhere.example", "ada@acme.example")
    ]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/hc/en/following/sent")}
    run_ready()
    asked = Delivery.objects.filter(kind="follow_confirmation").values_list("address", flat=True)
    assert sorted(asked) == ["ada@acme.example", "new@nowhere.example"]


def test_an_address_is_not_asked_for_again_and_again(client, invoices):
    there = f"/hc/en/following/sections/{invoices.pk}"
    said = [client.post(there, {"address": "a@nowhere.example", "pace": "daily"}).status_code for _ in range(7)]

    assert said == [302] * 5 + [429] * 2


def test_one_network_does_not_have_mail_sent_to_whomever_it_likes(client, invoices):
    there = f"/hc/en/following/sections/{invoices.pk}"
    said = [client.post(there, {"address": f"a{n}@nowhere.example", "pace": "daily"}).status_code for n in range(21)]

    assert said == [302] * 20 + [429]


def test_the_link_in_the_mail_asks_first_and_needs_no_sign_in(stranger, invoices, words_of):
    row = actions.follow_by_address(invoices, "reader@nowhere.example", language="en", by=NOBODY)
    link = f"/hc/en/following/confirmation/{links.token_for(row, links.CONFIRM)}"
    assert "Do you want to follow this?" in words_of(stranger.get(link))
    assert Following.objects.get().confirmed_at is None

    assert "You follow it now" in words_of(stranger.post(link))
    assert Following.objects.get().confirmed_at is not None


def test_one_click_ends_it_without_sign_in_or_secret_RFC_8058(stranger, published, ada, eva, settings):
    settings.PUBLIC_URL = "https://help.festum.example"
    article = published()
    actions.follow(article, by=ada)
    publish(article, by=eva, tells=True)
    run_ready()
    link = Delivery.objects.get(kind="published").headers["List-Unsubscribe"].strip("<>")
    path = link.removeprefix("https://help.festum.example")
    assert "Stop following?" in stranger.get(path).content.decode()
    assert Following.objects.exists()

    answer = stranger.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not Following.objects.exists()
    assert stranger.post(path).status_code == 200


def test_a_link_claims_an_end_only_where_nothing_is_followed_any_more(stranger, published, words_of):
    row = confirmed(published())
    link = f"/hc/en/following/leave/{links.token_for(row, links.LEAVE)}"
    for broken in (link[:-1], "/hc/en/following/leave-digests/nonsense"):
        answer = stranger.post(broken)
        assert answer.status_code == 404
        assert "This link does not work" in words_of(answer)
    assert Following.objects.exists()

    for _ in range(2):
        assert "You do not follow it any more" in words_of(stranger.post(link))


def test_leaving_digests_leaves_what_is_told_at_once(stranger, invoices, news, ada):
    daily = actions.follow(invoices, pace=Pace.DAILY, by=ada)
    actions.follow(news, by=ada)
    stranger.post(f"/hc/en/following/leave-digests/{links.token_of_reader(daily)}")

    assert [row.thing for row in Following.objects.all()] == [news]


def test_an_address_sees_and_changes_what_it_follows_by_its_link(stranger, invoices, news, words_of):
    first, second = confirmed(invoices), confirmed(news)
    link = f"/hc/en/following/of/{links.token_of_reader(first)}"
    words = words_of(stranger.get(link))
    assert "Invoices" in words
    assert "News" in words
    stranger.post(link, {"row": links.token_for(first, links.LEAVE), "pace": "weekly"})
    stranger.post(link, {"row": links.token_for(second, links.LEAVE), "unfollow": "yes"})

    assert [(row.thing, row.pace) for row in Following.objects.all()] == [(invoices, Pace.WEEKLY)]


def test_a_link_of_a_person_shows_nothing_of_theirs(stranger, invoices, ada):
    row = actions.follow(invoices, by=ada)

    assert stranger.get(f"/hc/en/following/of/{links.token_of_reader(row)}").status_code == 404


def test_what_may_not_be_known_any_more_is_not_named(browser_of, stranger, published, nils, eva, words_of):
    article = published("The cashew report")
    actions.follow(article, by=nils)
    row = confirmed(article)
    actions.change_article(article, audience=audience.seats(), by=eva)
    seen = browser_of(nils).get("/hc/en/following"), stranger.get(f"/hc/en/following/of/{links.token_of_reader(row)}")

    for page in seen:
        assert "cashew" not in page.content.decode()
        assert "Something that you may not read at the moment" in words_of(page)
    assert "cashew" not in stranger.get(f"/hc/en/following/leave/{links.token_for(row, links.LEAVE)}").content.decode()


@pytest.fixture
def service(guides, root):
    return actions.make_section(guides, labels("Service releases"), kind=Kind.SERVICE, by=root)


def test_a_main_user_is_offered_service_releases_once_H5(browser_of, service, ada, nils, bert, eva, words_of):
    offer = "Do you want a mail when something is published in “Service releases”"
    assert offer in words_of(browser_of(ada).get("/hc/en"))
    for other in (nils, eva, None):
        assert offer not in words_of(browser_of(other).get("/hc/en"))
    browser_of(ada).post("/hc/en/following/offer", {"follow": "yes"})
    browser_of(bert).post("/hc/en/following/offer", {"follow": "no"})
    actions.unfollow(service, by=later(ada, minutes=1))

    for who in (ada, bert):
        assert offer not in words_of(browser_of(who).get("/hc/en"))
    assert not Following.objects.filter(person=bert.person).exists()


def test_what_i_follow_asks_no_more_however_much_it_is(browser_of, stranger, guides, published, root, ada, questions):
    browser = browser_of(ada)

    def follow(number: int) -> None:
        section = actions.make_section(guides, labels(f"Section {number}"), by=root)
        product = Product.objects.create(key=f"product-{number}", labels={"en": f"Product {number}"})
        for thing in (published(f"Article {number}", section=section), section, product):
            actions.follow(thing, by=ada)
            confirmed(thing)

    follow(0)
    link = f"/hc/en/following/of/{links.token_of_reader(Following.objects.filter(person=None).first())}"
    three = questions(lambda: browser.get("/hc/en/following")), questions(lambda: stranger.get(link))
    for number in range(1, 10):
        follow(number)
    thirty = questions(lambda: browser.get("/hc/en/following")), questions(lambda: stranger.get(link))

    assert Following.objects.filter(person=ada.person).count() == 30
    assert browser.get("/hc/en/following").content.decode().count("following-row") == 30
    assert thirty == three
