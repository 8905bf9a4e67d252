"""One request: what was said and done, and all that its people do with it."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.conftest import later
from tuki.files import actions as files
from tuki.tickets import actions
from tuki.tickets.models import Copy, ReadMark, State, Ticket


@pytest.fixture
def place(ticket) -> str:
    return f"/hc/en/requests/{ticket.number}"


def test_F11_the_page_says_the_facts_and_the_thread(browser_of, ada, eva, place, ticket, words_of):
    actions.reply(ticket, "<p>We are looking.</p>", by=eva)

    page = words_of(browser_of(ada).get(place))

    for words in ("The invoice is stuck", "It won't move.", "We are looking.", "Acme Oy", "Ada Aalto", "Eva Eskola"):
        assert words in page.replace("&#x27;", "'"), words
    assert re.search(r"Eva Eskola Support", page)
    assert "changed the status from New to Waiting for information" in page


def test_what_is_internal_never_reaches_the_page(browser_of, ada, eva, otto, place, ticket):
    actions.note(ticket, "A secret among us", by=eva)
    actions.assign(ticket, otto.person, by=eva)
    actions.tag(ticket, add=["vip"], by=eva)

    page = browser_of(ada).get(place).content.decode()

    assert "secret" not in page
    assert "Otto" not in page
    assert "vip" not in page
    assert "note" not in re.sub(r"<head>.*</head>", "", page, flags=re.S).lower().replace("privacy notice", "")


def test_a_private_team_is_not_named(browser_of, ada, eva, teams, place, ticket):
    actions.hand_over(ticket, teams["accounting"], by=eva)
    assert b"Accounting" in browser_of(ada).get(place).content
    actions.hand_over(ticket, teams["payroll"], by=eva)
    assert b"Payroll" not in browser_of(ada).get(place).content


@pytest.mark.parametrize("who", ["bert", "dora", "mallory", "nils"])
def test_E3_a_request_that_is_not_ones_own_does_not_exist(browser_of, request, place, who):
    browser = browser_of(request.getfixturevalue(who))
    unknown = browser.get("/hc/en/requests/999999")

    for address in (place, f"{place}/sent"):
        assert browser.get(address).status_code == 404
    for address in (f"{place}/replies", f"{place}/facts", f"{place}/closure", f"{place}/copies"):
        assert (
            browser.post(address, {"body": "x", "facts-subject": "x", "copy-copies": "x@y.example"}).status_code == 404
        )
    shown = browser.get(place).content.replace(place.encode(), b"").replace(place.replace("/", "%2F").encode(), b"")
    assert len(shown) - len(unknown.content) < 20  # nothing but the address differs


def test_a_reply_stands_in_the_thread_and_makes_it_supports_turn(browser_of, ada, eva, place, ticket):
    actions.reply(ticket, "Which invoice?", by=eva)

    answer = browser_of(ada).post(f"{place}/replies", {"body": "Number 12.\n\nThanks"})

    message = ticket.messages.last()
    assert answer.url == f"{place}#message-{message.pk}"
    assert message.html == "<p>Number 12.</p><p>Thanks</p>"
    assert Ticket.objects.get().state == State.OPEN


def test_a_reply_carries_files_and_may_be_nothing_else(browser_of, ada, place, ticket):
    browser_of(ada).post(f"{place}/replies", {"body": "", "files": [SimpleUploadedFile("a.txt", b"one")]})

    assert ticket.messages.last().attachments.get().file.name == "a.txt"


def test_an_empty_reply_is_told_and_changes_nothing(browser_of, ada, place, ticket, words_of):
    answer = browser_of(ada).post(f"{place}/replies", {"body": "  ", "subject": "Better", "severity": "stops"})

    assert answer.status_code == 422
    assert "Please write something first." in words_of(answer)
    assert 'value="Better"' in answer.content.decode()
    assert Ticket.objects.get().subject == "The invoice is stuck"
    assert ticket.messages.count() == 1


def test_F15_a_reply_can_change_subject_and_severity_with_it(browser_of, ada, place, ticket, told):
    browser_of(ada).post(f"{place}/replies", {"body": "More", "subject": "All invoices are stuck", "severity": "stops"})

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.severity) == ("All invoices are stuck", "stops")
    assert ticket.messages.count() == 2


def test_F15_subject_and_severity_change_by_themselves(browser_of, ada, place, ticket, words_of):
    browser = browser_of(ada)
    browser.post(f"{place}/facts", {"facts-subject": "All invoices are stuck", "facts-severity": "stops"})

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.severity) == ("All invoices are stuck", "stops")
    assert "changed the subject; it was “The invoice is stuck”" in words_of(browser.get(place))


def test_a_subject_that_cant_be_is_told_beside_its_field(browser_of, ada, place, ticket, words_of):
    answer = browser_of(ada).post(f"{place}/facts", {"facts-subject": " ", "facts-severity": "stops"})

    assert answer.status_code == 422
    assert "A request needs a subject." in words_of(answer)
    assert re.search(r'<details[^>]*id="edit" open>', answer.content.decode())
    assert Ticket.objects.get().severity == ""


def test_H12_the_requester_marks_it_solved(browser_of, ada, place, ticket):
    answer = browser_of(ada).post(f"{place}/closure")

    assert answer.url == place
    assert Ticket.objects.get().state == State.SOLVED


def test_a_reply_can_say_that_it_is_solved(browser_of, ada, eva, place, ticket, told):
    actions.reply(ticket, "Try this.", by=eva)

    browser_of(ada).post(f"{place}/replies", {"body": "It works, thanks", "solve": "yes"})

    assert Ticket.objects.get().state == State.SOLVED
    assert told(ticket)[-2:] == ["ticket.replied", "ticket.solved"]


def test_F16_a_message_to_a_solved_request_opens_it_again(browser_of, ada, solved_ticket, words_of):
    place = f"/hc/en/requests/{solved_ticket.number}"
    browser = browser_of(ada)

    assert "A message opens the request again." in words_of(browser.get(place))
    browser.post(f"{place}/replies", {"body": "It broke again."})

    assert Ticket.objects.get().state == State.OPEN


def test_A15_long_after_it_was_solved_it_says_why_it_takes_no_more_words(browser_of, ada, eva, ticket, rules, words_of):
    rules(reopen_days=14)
    actions.solve(ticket, by=eva.when(timezone.now() - timedelta(days=15)))
    place = f"/hc/en/requests/{ticket.number}"
    browser = browser_of(ada)

    page = browser.get(place)
    assert "This request is closed" in words_of(page)
    assert f"mention #{ticket.number}" in words_of(page)
    assert 'name="body"' not in page.content.decode()
    assert browser.post(f"{place}/replies", {"body": "Too late"}).status_code == 422
    assert ticket.messages.count() == 1


def test_words_that_came_too_late_are_given_back(browser_of, ada, place, ticket, status):
    browser = browser_of(ada)
    browser.get(place)
    Ticket.objects.update(state=State.CLOSED, status=status("closed"))

    answer = browser.post(f"{place}/replies", {"body": "An hour's work"})

    assert answer.status_code == 422
    assert "An hour&#x27;s work" in answer.content.decode()
    assert "This request is closed." in answer.content.decode()


def test_the_requester_adds_and_removes_copies(browser_of, ada, bert, place, ticket):
    browser = browser_of(ada)

    browser.post(f"{place}/copies", {"copy-copies": "bert@acme.example"})
    assert browser_of(bert).get(place).status_code == 200
    browser.post(f"{place}/copies/{bert.person_id}/removal")

    assert not Copy.objects.exists()
    assert browser_of(bert).get(place).status_code == 404


def test_a_copy_that_the_rule_refuses_is_told_beside_the_field(browser_of, ada, place, words_of):
    answer = browser_of(ada).post(f"{place}/copies", {"copy-copies": "x@nowhere.example"})

    assert answer.status_code == 422
    assert "“x@nowhere.example” can't be added." in words_of(answer).replace("&#x27;", "'")
    assert 'value="x@nowhere.example"' in answer.content.decode()


def test_who_is_in_copy_reads_and_answers_takes_themselves_out_and_edits_nothing(
    browser_of, ada, bert, carol, place, ticket, words_of
):
    actions.add_copies(ticket, ["bert@acme.example", "carol@acme.example"], by=ada)
    browser = browser_of(bert)

    page = browser.get(place).content.decode()
    assert f"{place}/closure" not in page
    assert f"{place}/copies/{bert.person_id}/removal" in page
    assert f"{place}/copies/{carol.person_id}/removal" not in page
    assert browser.post(f"{place}/closure").status_code == 403
    assert browser.post(f"{place}/facts", {"facts-subject": "Mine now", "facts-severity": "stops"}).status_code == 403
    assert browser.post(f"{place}/copies/{carol.person_id}/removal").status_code == 403
    browser.post(f"{place}/replies", {"body": "Me too"})
    assert ticket.messages.last().author == bert.person

    gone = browser.post(f"{place}/copies/{bert.person_id}/removal")
    assert gone.url == "/hc/en/requests"
    assert f"no longer in copy of request #{ticket.number}" in words_of(browser.get(gone.url))


def test_opening_a_request_marks_it_read(browser_of, ada, eva, place, ticket):
    actions.reply(ticket, "News", by=eva)
    browser = browser_of(ada)

    assert b"unread-mark" in browser.get("/hc/en/requests").content
    browser.get(place)

    assert b"unread-mark" not in browser.get("/hc/en/requests").content
    assert ReadMark.objects.get().person == ada.person


def test_removed_words_and_files_stay_removed(browser_of, ada, eva, place, ticket, words_of):
    kept = files.store(b"010190-123A", "identity.txt", by=ada)
    message = actions.reply(ticket, "My code is 010190-123A", files=[kept], by=ada)
    actions.redact_message(message, by=eva)

    page = browser_of(ada).get(place)

    assert "010190" not in page.content.decode()
    assert "identity.txt" not in page.content.decode()
    assert "What this message said has been removed." in words_of(page)
    assert "(removed file)" in words_of(page)


def test_what_a_mail_quoted_is_folded_away(browser_of, ada, place, ticket):
    actions.reply(ticket, "<p>Yes</p>", quoted="<p>Was it this?</p>", by=ada)

    page = browser_of(ada).get(place).content.decode()

    assert re.search(r'<details class="quoted"><summary>Show quoted text</summary><div><p>Was it this\?</p>', page)


def test_a_follow_up_names_the_request_it_follows_for_those_who_may_see_that(browser_of, ada, bert, submitted, ticket):
    mine = submitted("Again", follow_up_of=ticket)
    theirs = submitted("Again", follow_up_of=ticket, by=bert)

    assert f"/hc/en/requests/{ticket.number}" in browser_of(ada).get(f"/hc/en/requests/{mine.number}").content.decode()
    shown = browser_of(bert).get(f"/hc/en/requests/{theirs.number}").content.decode()
    assert f"/hc/en/requests/{ticket.number}" not in shown


def test_a_get_of_where_replies_go_leads_to_the_page(browser_of, ada, place):
    """A page that came back with a mistake stands at that address; its language may be changed there."""
    assert browser_of(ada).get(f"{place}/replies").url == place


def test_the_page_asks_no_more_questions_when_there_is_ten_times_as_much_to_show(
    browser_of, ada, bert, eva, place, ticket, questions
):
    def talk(times: int) -> None:
        for n in range(times):
            kept = files.store(b"x", f"{n}.txt", by=ada)
            actions.reply(ticket, f"Question {n}", files=[kept], by=ada)
            actions.reply(ticket, f"Answer {n}", by=later(eva, minutes=n))
            actions.change_subject(ticket, f"Subject {times} {n}", by=ada)

    browser = browser_of(ada)
    actions.add_copy(ticket, "bert@acme.example", by=ada)
    talk(2)
    few = questions(lambda: browser.get(place))
    talk(20)

    assert questions(lambda: browser.get(place)) == few <= 18
