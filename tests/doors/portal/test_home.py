"""The first page, the pages of the footer, and the choice of a language."""

import pytest

from tuki.desk.models import WhoSubmits
from tuki.people.models import Person
from tuki.tickets import actions


def test_the_start_leads_to_the_help_center_in_the_readers_language(client, desk):
    assert client.get("/", headers={"Accept-Language": "fi-FI,en;q=0.5"}).url == "/hc/fi"
    assert client.get("/hc/fi/").status_code == client.get("/hc/fi").status_code == 200


def test_there_is_no_page_in_a_language_that_the_desk_does_not_speak(client, rules):
    rules(languages=["fi", "en"])

    assert client.get("/hc/sv").status_code == 404
    assert client.get("/hc/sv/privacy").status_code == 404


def test_a_visitor_is_offered_to_sign_in_and_told_how_to_get_access(client, desk, words_of):
    page = words_of(client.get("/hc/en"))

    assert "Sign in" in page
    assert "Ask support for a seat." in page
    assert "support@festum.example" in page


def test_somebody_with_a_seat_can_submit_from_every_page(browser_of, ada):
    for address in ("/hc/en", "/hc/en/privacy", "/hc/en/requests"):
        assert 'href="/hc/en/requests/new"' in browser_of(ada).get(address).content.decode(), address


def test_H6_somebody_without_the_right_is_not_offered_to_submit_and_reads_how_to_get_it(browser_of, nils, words_of):
    home = browser_of(nils).get("/hc/en")

    assert 'href="/hc/en/requests/new"' not in home.content.decode()
    assert "Ask support for a seat." in words_of(home)


def test_home_shows_ones_own_open_requests_and_nobody_elses(browser_of, ada, bert, ticket, solved_ticket, submitted):
    submitted("Still open")
    submitted("Somebody else's", by=bert)

    page = browser_of(ada).get("/hc/en").content.decode()

    assert "Still open" in page
    assert solved_ticket.subject not in page
    assert "Somebody else&#x27;s" not in page


def test_what_i_did_myself_is_no_news(browser_of, ada, eva, ticket):
    assert b"unread-mark" not in browser_of(ada).get("/hc/en").content
    actions.reply(ticket, "We are looking.", by=eva)
    assert b"unread-mark" in browser_of(ada).get("/hc/en").content


@pytest.mark.parametrize("page", ["privacy", "accessibility"])
def test_the_desks_own_words_stand_in_for_ours(client, rules, page, words_of):
    field = {"privacy": "privacy_notice", "accessibility": "accessibility_statement"}[page]
    assert "support@festum.example" in words_of(client.get(f"/hc/en/{page}"))

    rules(**{field: {"en": "Our own words.\n\n<b>not markup</b>"}})

    own = client.get(f"/hc/en/{page}")
    assert "Our own words." in words_of(own)
    assert b"<b>not markup" not in own.content


def test_a_language_chosen_leads_to_the_same_page_and_is_remembered(client, desk):
    answer = client.post("/hc/language", {"language": "fi", "next": "/hc/en/privacy"})

    assert answer.url == "/hc/fi/privacy"
    assert client.get("/").url == "/hc/fi"


def test_a_language_chosen_becomes_the_persons_own(browser_of, ada):
    browser_of(ada).post("/hc/language", {"language": "sv", "next": "/hc/en/requests?tab=copied"})

    assert Person.objects.get(pk=ada.person_id).language == "sv"


@pytest.mark.parametrize("next_", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_choice_of_a_language_leads_nowhere_else(client, desk, next_):
    assert client.post("/hc/language", {"language": "fi", "next": next_}).url == "/"


def test_a_language_that_is_not_spoken_changes_nothing(client, desk):
    answer = client.post("/hc/language", {"language": "xx", "next": "/hc/en"})

    assert answer.url == "/hc/en"
    assert not answer.cookies


def test_public_pages_carry_nothing_of_their_readers(client, desk):
    """So that they are the same for all: no cookie, no secret in a form."""
    answer = client.get("/hc/en")

    assert not answer.cookies
    assert b"csrfmiddlewaretoken" not in answer.content


def test_anyone_may_ask_where_the_desk_says_so(browser_of, mallory, rules):
    rules(who_submits=WhoSubmits.ANYONE)

    assert browser_of(mallory).get("/hc/en/requests/new").status_code == 200
