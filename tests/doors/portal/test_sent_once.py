"""The same form twice is one message."""

import threading

import pytest
from django.db import connection

from tuki.doors import once
from tuki.tickets.models import Message, Ticket

NEW = "/hc/en/requests/new"


@pytest.fixture
def form(ada) -> dict[str, str]:
    return {"subject": "Once", "body": "Only once.", "severity": "stops", "once": once.new_token(ada)}


def test_a_form_sent_again_leads_to_what_came_of_it(browser_of, ada, form):
    browser = browser_of(ada)

    first, again = browser.post(NEW, form), browser.post(NEW, form)

    assert first.url == again.url
    assert Ticket.objects.count() == 1


def test_a_reply_sent_again_is_one_message(browser_of, ada, ticket):
    browser = browser_of(ada)
    said = {"body": "Thanks", "once": once.new_token(ada)}

    places = {browser.post(f"/hc/en/requests/{ticket.number}/replies", said).url for _ in range(3)}

    assert len(places) == 1
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_the_same_words_from_a_page_opened_anew_are_another_message(browser_of, ada, ticket):
    for _ in range(2):
        said = {"body": "Thanks", "once": once.new_token(ada)}
        browser_of(ada).post(f"/hc/en/requests/{ticket.number}/replies", said)

    assert Message.objects.filter(ticket=ticket).count() == 3


def test_a_page_that_one_goes_back_to_and_writes_anew_is_another_request(browser_of, ada, form):
    browser_of(ada).post(NEW, form)
    browser_of(ada).post(NEW, form | {"body": "Something else."})

    assert Ticket.objects.count() == 2


def test_one_persons_form_says_nothing_of_anothers(browser_of, ada, bert, form):
    browser_of(ada).post(NEW, form)
    browser_of(bert).post(NEW, form)

    assert Ticket.objects.count() == 2


def test_what_could_not_be_done_is_not_remembered_as_done(browser_of, ada, form):
    refused = form | {"copies": "stranger@nowhere.example"}

    assert browser_of(ada).post(NEW, refused).status_code == 422
    assert browser_of(ada).post(NEW, refused).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_request(browser_of, ada, form):
    browsers = [browser_of(ada) for _ in range(2)]
    together = threading.Barrier(2)
    places = []

    def click(browser) -> None:
        together.wait()
        places.append(browser.post(NEW, form).url)
        connection.close()

    threads = [threading.Thread(target=click, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(places)) == 1
    assert Ticket.objects.count() == 1
