"""My requests, those I am copied on, and my company's."""

import re
from datetime import timedelta

import pytest

from tests.conftest import later
from tuki.desk.models import WhoSees
from tuki.people.models import Membership, Organization, Seat
from tuki.tickets import actions
from tuki.tickets.models import Ticket

ADDRESS = "/hc/en/requests"


@pytest.fixture
def subjects(browser_of):
    """The subjects in a list, as they stand in it."""

    def read(actor, query: str = "") -> list[str]:
        page = browser_of(actor).get(ADDRESS + query)
        assert page.status_code == 200
        return re.findall(r'class="subject"><a href="/hc/en/requests/\d+">(.*?)</a>', page.content.decode())

    return read


def test_F13_after_sign_in_stand_the_open_ones_latest_first_and_solved_ones_are_a_choice_away(
    subjects, ada, eva, submitted
):
    first, second, done = submitted("First"), submitted("Second"), submitted("Done")
    actions.solve(done, by=eva)
    actions.reply(first, "News", by=later(eva, minutes=1))

    assert subjects(ada) == ["First", "Second"]
    assert subjects(ada, "?status=any") == ["First", "Done", "Second"]
    assert subjects(ada, "?status=done") == ["Done"]
    assert second.requester == ada.person


def test_statuses_that_read_the_same_to_customers_are_one_choice(subjects, browser_of, ada, eva, submitted, status):
    held = status("hold")
    held.customer_labels = {"en": "In progress"}
    held.save()
    actions.set_status(submitted("Held"), held, by=eva)
    actions.set_status(submitted("Opened"), status("open"), by=later(eva, minutes=1))

    assert subjects(ada, "?status=open") == ["Opened", "Held"]
    assert browser_of(ada).get(ADDRESS).content.decode().count(">In progress</option>") == 1


def test_F14_a_row_says_number_status_priority_severity_and_who_last_updated_it_when(
    browser_of, ada, eva, submitted, words_of
):
    eva.person.display_name = "Eva from support"
    eva.person.save()
    ticket = submitted("Stuck", severity="hinders")
    actions.reply(ticket, "We are looking.", by=eva)

    page = words_of(browser_of(ada).get(ADDRESS))

    assert re.search(
        rf"#{ticket.number} Stuck .*Waiting for information.*Severity: Hinders work.*Priority: 3 .*just now Eva from",
        page,
    )


def test_E3_a_list_holds_nothing_that_is_not_the_readers(subjects, ada, bert, dora, mallory, submitted):
    submitted("Ada's")
    submitted("Dora's", by=dora)

    assert subjects(bert) == []
    assert subjects(mallory) == []
    assert subjects(bert, "?tab=organization") == []
    assert subjects(dora) == ["Dora&#x27;s"]


def test_requests_one_is_copied_on_have_a_tab(subjects, ada, bert, submitted):
    submitted("For both", copies=[bert.person.email])

    assert subjects(bert) == []
    assert subjects(bert, "?tab=copied") == ["For both"]


def test_H11_the_companys_tab_is_there_for_those_who_may_see_its_requests(
    subjects, browser_of, ada, bert, nils, rules, submitted
):
    rules(who_sees=WhoSees.SEATS)
    submitted("Ada's")

    assert subjects(bert, "?tab=organization") == ["Ada&#x27;s"]
    assert b"tab=organization" in browser_of(bert).get(ADDRESS).content
    assert b"tab=organization" not in browser_of(nils).get(ADDRESS).content
    assert subjects(nils, "?tab=organization") == []


def test_who_sees_several_companies_chooses_one(subjects, ada, bert, dora, rules, submitted):
    rules(who_sees=WhoSees.SEATS)
    globex = Organization.objects.get(name="Globex Oy")
    place = Membership.objects.create(person=bert.person, organization=globex)
    Seat.objects.create(membership=place, given_by=ada.person, given_at=ada.at)
    submitted("Ada's")
    submitted("Dora's", by=later(dora, minutes=1))

    assert subjects(bert, "?tab=organization") == ["Dora&#x27;s", "Ada&#x27;s"]
    assert subjects(bert, f"?tab=organization&organization={globex.pk}") == ["Dora&#x27;s"]


def test_H13_an_old_request_is_found_by_its_number_or_the_words_of_its_subject(subjects, ada, eva, submitted):
    old = submitted("Äkillinen katko verkkolaskuissa")
    submitted("Another")
    actions.solve(old, by=eva)

    for words in (f"{old.number}", f"%23{old.number}", f"[Festum %23{old.number}]", "verkkolask katko", "ÄKILLINEN"):
        assert subjects(ada, f"?q={words}") == ["Äkillinen katko verkkolaskuissa"], words
    assert subjects(ada, "?q=katko&status=unsolved") == []


def test_an_empty_list_says_why_and_what_next(browser_of, ada, words_of):
    browser = browser_of(ada)

    assert "You have no request that waits for an answer." in words_of(browser.get(ADDRESS))
    assert "Nothing was found for “<nowhere>”".replace("<", "&lt;").replace(">", "&gt;") in words_of(
        browser.get(ADDRESS + "?q=%3Cnowhere%3E")
    )


def test_pages_follow_each_other_without_a_gap_and_keep_the_filter(subjects, browser_of, ada, submitted):
    for n in range(35):
        submitted(f"Nr {n:02}", by=later(ada, minutes=n))
    browser = browser_of(ada)

    first = subjects(ada, "?q=nr&status=any")
    page = browser.get(ADDRESS + "?q=nr&status=any").content.decode()
    older = re.search(r'href="(\?[^"]+)" rel="next"', page)[1].replace("&amp;", "&")
    second = subjects(ada, older)
    back = re.search(r'href="(\?[^"]+)" rel="prev"', browser.get(ADDRESS + older).content.decode())[1]

    assert first + second == [f"Nr {n:02}" for n in reversed(range(35))]
    assert "q=nr" in older
    assert subjects(ada, back.replace("&amp;", "&")) == first


def test_a_cursor_that_nobody_made_gives_the_first_page(subjects, ada, ticket):
    assert subjects(ada, "?at=nonsense") == [ticket.subject]


def test_a_visitor_is_asked_to_sign_in_and_led_back(client, desk):
    assert client.get(ADDRESS + "?tab=copied").url == "/account/login/?next=%2Fhc%2Fen%2Frequests%3Ftab%3Dcopied"


def test_an_agent_has_requests_of_their_own_too(subjects, eva, ticket):
    assert subjects(eva) == []


def test_the_list_asks_no_more_questions_when_there_are_ten_times_as_many(browser_of, ada, eva, submitted, questions):
    browser = browser_of(ada)
    for n in range(3):
        actions.reply(submitted(f"Nr {n}"), "News", by=eva)
    few = questions(lambda: browser.get(ADDRESS))
    for n in range(30):
        actions.reply(submitted(f"Nr {n}"), "News", by=eva)

    assert questions(lambda: browser.get(ADDRESS)) == few <= 7
    assert Ticket.objects.count() == 33


def test_what_happened_inside_does_not_move_a_request(subjects, ada, eva, submitted):
    """An internal note must not show, not even by its time."""
    noted = submitted("Noted")
    submitted("Later", by=later(ada, minutes=1))
    actions.note(noted, "psst", by=eva.when(eva.at + timedelta(hours=1)))

    assert subjects(ada) == ["Later", "Noted"]
