"""Articles that may answer what somebody is about to ask for, offered beneath the subject."""

import re

import pytest

from tuki.knowledge import actions, audience
from tuki.tickets.models import Ticket

ADDRESS = "/hc/en/requests/new"


@pytest.fixture
def offered(browser_of, ada):
    """The titles that are offered for a subject."""

    def titles(subject: str, who=ada) -> list[str]:
        page = browser_of(who).get(f"{ADDRESS}/articles", {"subject": subject}).content.decode()
        return re.findall(r'target="_blank"[^>]*>([^<]*)<', page)

    return titles


def test_a_few_of_the_subjects_words_will_do_whatever_their_endings(offered, published, eva):
    published("Paying an invoice")
    by_keyword = published("Stamping hours")
    actions.change_article(by_keyword, keywords=["tuntikirjaus"], by=eva)

    assert offered("An invoice that was paid still shows as unpaid invoices") == ["Paying an invoice"]
    assert offered("Tuntikirjauksen tallennus ei onnistu") == ["Stamping hours"]
    assert offered("Something else entirely") == []
    assert offered("an") == []


def test_a_word_of_many_titles_says_less_than_one_of_few(offered, published):
    for title in ("Invoices by mail", "Invoices on paper", "Invoices in the archive", "Closing a period"):
        published(title)

    assert offered("Closing invoices")[0] == "Closing a period"


def test_what_is_short_and_in_capitals_says_what_it_is_about(offered, published):
    for title in ("Rates of VAT", "Offering a discount", "Offering more"):
        published(title)

    assert offered("The VAT of the offer is wrong")[0] == "Rates of VAT"


def test_no_more_than_five_are_offered_and_as_much_is_asked_for_them(questions, browser_of, ada, offered, published):
    browser = browser_of(ada)
    for number in range(3):
        published(f"Paying {number}")
    few = questions(lambda: browser.get(f"{ADDRESS}/articles?subject=paying"))
    for number in range(9):
        published(f"Paying {number}")

    assert len(offered("Paying")) == 5
    assert questions(lambda: browser.get(f"{ADDRESS}/articles?subject=paying")) == few


def test_nothing_is_offered_that_its_reader_may_not_know_of(offered, published, eva, nils):
    article = published("Paying an invoice")
    actions.change_article(article, audience=audience.seats(), by=eva)

    assert offered("Paying") == ["Paying an invoice"]
    assert offered("Paying", nils) == offered("Paying", None) == []


def test_without_a_script_they_come_along_with_the_forms_mistakes(browser_of, ada, published, words_of):
    published("Paying an invoice")

    assert "may help" not in words_of(browser_of(ada).get(ADDRESS))
    answer = browser_of(ada).post(ADDRESS, {"subject": "Paying fails", "severity": "question"})
    assert answer.status_code == 422
    assert "These articles may help Paying an invoice" in words_of(answer)


def test_what_was_opened_from_there_goes_along_with_the_request(browser_of, ada, published):
    before, opened = published("Paying an invoice"), published("Closing a period")
    browser, address = browser_of(ada), f"{ADDRESS}?article={before.pk}"
    sent = {"subject": "It won't close", "severity": "question", "article": opened.pk}

    mistaken = browser.post(address, sent)
    assert f'name="article" value="{opened.pk}"' in mistaken.content.decode()
    browser.post(address, sent | {"body": "Help.", "once": mistaken.context["once"]})

    assert Ticket.objects.get().after_reading == opened
