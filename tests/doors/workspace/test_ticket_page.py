"""What a ticket's page shows, and what it costs."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from tests.conftest import later
from tuki.files import actions as files_actions
from tuki.live import presence
from tuki.mail.models import Delivery, RawBytes, RawMail
from tuki.tickets import actions
from tuki.tickets.models import Message, Ticket


def page_of(browser, ticket: Ticket, **named) -> str:
    return browser.get(f"/workspace/tickets/{ticket.number}", **named).content.decode()


def test_what_was_said_and_done_stands_in_the_order_of_time(desk_of, ticket, eva, ada):
    actions.note(ticket, "Looks like the bank.", by=later(eva, minutes=1))
    actions.set_priority(ticket, 2, by=later(eva, minutes=2))
    actions.reply(ticket, "Any news?", by=later(ada, minutes=3))

    page = page_of(desk_of, ticket)

    order = ["submitted the request", "won’t move", "Looks like the bank", "changed the priority", "Any news?"]
    places = [page.replace("'", "’").index(words) for words in order]
    assert places == sorted(places)


def test_what_one_did_at_once_is_one_line(desk_of, ticket, eva):
    at = later(eva, hours=1)
    actions.set_priority(ticket, 2, by=at)
    actions.tag(ticket, add=["bank"], by=at)

    lines = re.findall(r'<li class="line.*?</li>', page_of(desk_of, ticket), re.DOTALL)

    assert sum("changed the priority" in line and "+bank" in line for line in lines) == 1


def test_reading_a_ticket_makes_it_read(desk_of, ticket):
    assert 'class="unread"' in desk_of.get("/workspace/views/open/").content.decode()

    page_of(desk_of, ticket)

    assert 'class="unread"' not in desk_of.get("/workspace/views/open/").content.decode()


def test_the_page_tells_what_became_of_a_messages_mails(desk_of, ticket, eva):
    message = actions.reply(ticket, "Fixed.", by=eva)
    common = {"kind": "answer", "from_address": "support@festum.example", "subject": "s", "text": "t", "due_at": eva.at}
    common["thread"] = ticket.pk
    sent = Delivery(address="ada@acme.example", message_id="<1@x>", message=message.pk, state="sent", **common)
    lost = Delivery(
        address="b@acme.example",
        message_id="<2@x>",
        message=message.pk,
        state="bounced",
        last_answer="550 No such user",
        **common,
    )
    Delivery.objects.bulk_create([sent, lost])

    page = page_of(desk_of, ticket)

    assert "A mail did not arrive" in page
    assert "550 No such user" in page


def test_a_message_by_mail_can_be_had_as_it_came_until_it_is_removed(desk_of, browser_of, ada, ticket, eva):
    raw = RawMail.objects.create(received_at=eva.at, size=3, sha256="x")
    RawBytes.objects.create(raw_mail=raw, content=b"raw")
    message = actions.reply(ticket, "By mail.", raw_mail=raw.pk, by=eva)
    path = f"/workspace/messages/{message.pk}/mail"

    answer = desk_of.get(path)
    assert answer.content == b"raw"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert browser_of(ada).get(path).status_code == 403

    actions.redact_message(message, by=eva)
    assert desk_of.get(path).status_code == 404


def test_a_message_is_removed_only_after_asking(desk_of, ticket):
    message = Message.objects.get()
    path = f"/workspace/messages/{message.pk}/redaction"

    assert "Nobody can bring it back" in desk_of.get(path).content.decode()
    message.refresh_from_db()
    assert message.html

    assert desk_of.post(path).url == f"/workspace/tickets/{ticket.number}#message-{message.pk}"
    message.refresh_from_db()
    assert message.html == ""
    assert "has been removed" in page_of(desk_of, ticket)


def test_a_file_is_removed_only_after_asking(desk_of, submitted, ada):
    file = files_actions.store(b"311299-123A", "salaries.txt", by=ada)
    ticket = submitted(files=[file])

    assert "salaries.txt" in desk_of.get(f"/workspace/files/{file.pk}/redaction").content.decode()
    desk_of.post(f"/workspace/files/{file.pk}/redaction")

    assert "salaries.txt" not in page_of(desk_of, ticket)


def test_beside_it_stand_the_requester_the_company_and_their_other_matters(desk_of, submitted, ada, bert, eva):
    ticket, other = submitted("The invoice is stuck"), submitted("Salaries")
    colleagues = submitted("From Bert", by=bert)
    followed = submitted("Once more", by=eva, requester=ada.person, follow_up_of=ticket)

    page = page_of(desk_of, ticket)

    assert "ada@acme.example" in page
    assert "1001 · member · seat" in re.sub(r"\s+", " ", page)
    for one in (other, colleagues, followed):
        assert f"/workspace/tickets/{one.number}" in page
    assert "Followed up by" in page


def test_the_page_says_who_else_is_here(desk_of, ticket, otto, hanna):
    presence.seen(otto, ticket.pk)
    presence.seen(hanna, ticket.pk, typing=True)

    page = page_of(desk_of, ticket)

    assert "Otto Ojala is looking" in page
    assert "Hanna Harju is typing" in page


def test_a_browser_says_that_it_is_here_and_that_it_left(browser_of, eva, otto, ticket):
    path = f"/workspace/tickets/{ticket.number}/presence"

    assert browser_of(eva).post(path, {"typing": "1"}).status_code == 204
    assert [(one.person, one.typing) for one in presence.who_else(otto, ticket.pk)] == [(eva.person, True)]

    browser_of(eva).post(path, {"left": "1"})
    assert presence.who_else(otto, ticket.pk) == []


def test_the_next_and_the_previous_are_those_of_the_list_one_came_from(desk_of, submitted, eva, otto):
    first, second, third = (submitted(f"Number {n}") for n in range(3))
    actions.assign(third, otto.person, by=eva)
    actions.assign(first, eva.person, by=later(eva, minutes=1))
    actions.assign(second, eva.person, by=later(eva, minutes=2))

    page = page_of(desk_of, second, data={"view": "mine"})

    ways = re.search(r'<nav class="ways".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', ways) == [
        f"/workspace/views/mine/#t{second.number}",
        f"/workspace/tickets/{first.number}?view=mine",
    ]


def test_what_moves_is_asked_for_alone_and_the_composer_is_not_among_it(browser_of, eva, ticket):
    browser = browser_of(eva, htmx=True)

    page = page_of(browser, ticket, headers={"X-Refresh": "1"})

    assert re.findall(r'<hx-partial id="([\w-]+)"', page) == [
        "head",
        "presence",
        "facts",
        "thread",
        "to",
        "leaving-bar",
    ]
    assert 'id="composer"' not in page


def test_a_page_costs_the_same_whatever_was_said_and_done(desk_of, submitted, eva, otto, ada, bert, queries_of):
    ticket = submitted()
    path = f"/workspace/tickets/{ticket.number}"

    def live(rounds: int) -> None:
        for n in range(rounds):
            actions.reply(ticket, f"Answer {n}", files=[files_actions.store(b"x", "a.txt", by=eva)], by=eva)
            actions.note(ticket, f"Note {n}", by=otto)
            actions.assign(ticket, eva.person if n % 2 else otto.person, by=otto)
            actions.tag(ticket, add=[f"tag{n % 15}"], by=otto)
            submitted(f"Another {n}")
            submitted(f"A colleague's {n}", by=bert)

    live(2)
    actions.add_copies(ticket, ["bert@acme.example"], by=eva)
    actions.follow(ticket, by=eva)
    desk_of.get(path)
    few = queries_of(desk_of, path)
    live(20)
    desk_of.get(path)
    assert queries_of(desk_of, path) == few
    assert few <= 48


def test_the_scripts_of_the_page_weigh_less_than_40_kilobytes(desk_of, ticket):
    """Compressed, as they travel, and without the editor, which is fetched when somebody first writes."""
    page = page_of(desk_of, ticket)
    scripts = set(re.findall(r'(?:src|data-stream-worker)="/static/([^"]+\.js)"', page))

    weight = sum(len(gzip.compress(Path(finders.find(script)).read_bytes(), 9)) for script in scripts)

    assert len(scripts) >= 7
    assert weight < 40_000
