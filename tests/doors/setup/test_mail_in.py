"""The ledger's pages: what came, what became of it, and what is done with it by hand."""

import re

import pytest

from tuki.desk.models import WhoSubmits
from tuki.jobs.worker import run_ready
from tuki.mail.models import Outcome, RawMail
from tuki.people import actions as people
from tuki.tickets.models import Ticket


def shown(page) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr id="mail-(\d+)"', page.content.decode())]


def text_of(page) -> str:
    return page.content.decode()


@pytest.fixture
def aside(came) -> RawMail:
    """A mail that says of itself not whose it is, and waits in quarantine."""
    return came(subject="Whose am I?", body="Look at page seven.")


def test_every_mail_is_listed_with_its_end_and_found_by_it(setup_of, came, ada, aside):
    ticket = came("ada@acme.example", "The invoice is stuck")

    assert shown(setup_of.get("/setup/mail/in")) == [ticket.pk, aside.pk]
    assert shown(setup_of.get("/setup/mail/in?end=quarantined")) == [aside.pk]
    assert shown(setup_of.get("/setup/mail/in?end=ticket")) == [ticket.pk]
    assert shown(setup_of.get("/setup/mail/in?end=ignored")) == []
    assert shown(setup_of.get(f"/setup/mail/in?box={ticket.mailbox_id}")) == [ticket.pk, aside.pk]


@pytest.mark.parametrize(
    "words", ["ada@acme.example", "ADA@acme.example", "INVOICE stuck", "<1@acme.example>", "1@acme.example", "ada@acme"]
)
def test_a_mail_is_found_by_address_subject_and_message_id(setup_of, came, ada, words):
    wanted, _other = came("ada@acme.example", "The invoice is stuck"), came("dora@globex.example", "Salary")

    assert shown(setup_of.get("/setup/mail/in", {"q": words})) == [wanted.pk]


def test_words_are_looked_for_in_the_newest_mails_alone(setup_of, came, monkeypatch):
    old, new = came("a@b.example", "The same"), came("a@b.example", "The same")
    monkeypatch.setattr("tuki.mail.lists.NEWEST", 1)

    assert shown(setup_of.get("/setup/mail/in", {"q": "same"})) == [new.pk]
    assert shown(setup_of.get("/setup/mail/in", {"q": "a@b.example"})) == [new.pk, old.pk]


def test_a_long_ledger_goes_on_where_its_page_ends_and_back(setup_of, came, monkeypatch):
    monkeypatch.setattr("tuki.doors.setup.views.mail_in.SIZE", 2)
    mails = [came(subject=f"Number {n}").pk for n in range(5)]

    def follow(page, way: str):
        return setup_of.get("/setup/mail/in" + re.search(rf'href="(\?at=[^"]+)" rel="{way}"', text_of(page))[1])

    first = setup_of.get("/setup/mail/in")
    second = follow(first, "next")
    third = follow(second, "next")

    assert [shown(page) for page in (first, second, third)] == [mails[:2:-1], mails[2:0:-1], mails[:1]]
    assert shown(follow(third, "prev")) == shown(second)


def test_the_ledger_costs_the_same_whatever_stands_in_it(setup_of, came, ada, queries_of):
    def add(many: int) -> None:
        for n in range(many):
            came("ada@acme.example", f"Number {n}")
            came(subject=f"Aside {n}")

    setup_of.get("/setup/mail/in")
    add(2)
    few = {path: queries_of(setup_of, path) for path in ("/setup/mail/in", "/setup/mail/in?q=number", "/setup/")}
    add(10)
    assert {path: queries_of(setup_of, path) for path in few} == few
    assert max(few.values()) <= 14


def test_a_mail_stands_beside_its_source(setup_of, came, ada):
    mail = came("Ada Aalto <ada@acme.example>", "The invoice is stuck", "It won't move.")
    page = text_of(setup_of.get(f"/setup/mail/in/{mail.pk}"))

    assert "It won&#x27;t move." in page or "It won't move." in page
    assert "Message-ID: &lt;1@acme.example&gt;" in page
    assert f"#{Ticket.objects.get().number}" in page


def test_the_source_is_saved_and_never_shown_by_the_browser(setup_of, came):
    mail = came(raw=b"From: a@b.example\nContent-Type: text/html\n\n<script>alert(1)</script>")
    answer = setup_of.get(f"/setup/mail/in/{mail.pk}/source")

    assert answer.content == mail.content()
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


HOSTILE = {
    "script": b"<script>alert('gotcha')</script><img src=x onerror=gotcha()><a href='javascript:gotcha()'>x</a>",
    "a line without end": b"gotcha " + b"<b>" * 300_000,
    "quotes": b"</pre></textarea>--><svg onload=gotcha()>",
}


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_shown_without_harm(setup_of, came, name, kind):
    head = b"From: =?utf-8?q?=1b[31m=3Csvg_onload=3Dgotcha()=3E?= <a@b.example>\n"
    head += b"Subject: <svg onload=gotcha()> \x1b]0;x\x07\n"
    mail = came(raw=head + b"Content-Type: " + kind.encode() + b"\n\n" + HOSTILE[name])

    for path in ("/setup/mail/in", f"/setup/mail/in/{mail.pk}", "/setup/"):
        page = text_of(setup_of.get(path))
        assert not re.search(r"<(script>|svg[^>]*onload|img[^>]*onerror|b><b><b><b><b>)", page)
        assert "href='javascript" not in page
        assert 'href="javascript' not in page
        assert "\x1b" not in page
        assert len(page) < 1_500_000
    assert "\\x1b]0;x\\x07" in text_of(setup_of.get(f"/setup/mail/in/{mail.pk}"))


def test_a_mail_that_killed_its_readers_is_not_read_for_a_page(setup_of, aside, monkeypatch):
    RawMail.objects.filter(pk=aside.pk).update(tries=5)
    monkeypatch.setattr("tuki.doors.setup.views.mail_in.parse", lambda raw: pytest.fail("it was read"))
    page = text_of(setup_of.get(f"/setup/mail/in/{aside.pk}"))

    assert "Look at page seven." in page  # its source
    assert "is not read for this page" in page


def test_a_mail_is_read_again_on_demand_and_that_is_written_down(setup_of, aside, done_to):
    answer = setup_of.post(f"/setup/mail/in/{aside.pk}/reading", follow=True)

    assert "had the mail read again" in text_of(answer)
    assert done_to(aside) == ["mail.run_again"]
    aside.refresh_from_db()
    assert aside.outcome == Outcome.WAITING


def test_a_mail_is_ignored_by_hand_and_that_can_be_taken_back(setup_of, aside, done_to):
    setup_of.post(f"/setup/mail/in/{aside.pk}/dismissal")
    aside.refresh_from_db()
    assert aside.outcome == Outcome.IGNORED

    setup_of.post(f"/setup/mail/in/{aside.pk}/reading")
    run_ready()
    aside.refresh_from_db()
    assert aside.outcome == Outcome.QUARANTINED
    assert done_to(aside) == ["mail.dismissed", "mail.run_again"]


def test_what_became_a_message_is_neither_read_again_nor_ignored(setup_of, came, ada):
    mail = came("ada@acme.example")

    for what in ("reading", "dismissal"):
        assert setup_of.post(f"/setup/mail/in/{mail.pk}/{what}").status_code == 409
    assert Ticket.objects.get().messages.count() == 1


def test_a_mail_is_put_on_a_ticket_as_its_senders_word(setup_of, came, mallory, ticket, told, done_to):
    mail = came("mallory@nowhere.example", body="I sit beside Ada.")
    assert mail.outcome == Outcome.QUARANTINED

    form = {"number": ticket.number, "kind": "message"}
    assert setup_of.post(f"/setup/mail/in/{mail.pk}/place", form).status_code == 302

    message = ticket.messages.get(raw_mail=mail.pk)
    assert (message.author, message.internal, message.excerpt) == (mallory.person, False, "I sit beside Ada.")
    assert told(ticket)[-2:] == ["ticket.replied", "ticket.mail_placed"]
    assert done_to(mail) == ["mail.placed"]
    mail.refresh_from_db()
    assert (mail.outcome, mail.message, mail.lacks_right) == (Outcome.REPLY, message.pk, False)


def test_a_mail_is_put_on_a_ticket_once(setup_of, aside, ticket):
    form = {"number": ticket.number, "kind": "note"}
    first, second = (setup_of.post(f"/setup/mail/in/{aside.pk}/place", form).status_code for _ in range(2))

    assert (first, second) == (302, 409)
    assert ticket.messages.filter(internal=True, raw_mail=aside.pk).count() == 1


def test_a_mail_put_there_as_a_note_says_who_sent_it_and_no_customer_reads_it(setup_of, came, eva, ticket, ada, root):
    mail = came("eva@festum.example", f"[Festum #{ticket.number}] Psst", "Ada is late with her bills.")
    setup_of.post(f"/setup/mail/in/{mail.pk}/place", {"number": ticket.number, "kind": "note"})

    note = ticket.messages.get(internal=True)
    assert note.author == root.person
    assert "eva@festum.example" in note.html
    assert "Ada is late" in note.html


def test_a_mail_that_names_an_agent_never_speaks_for_the_desk(setup_of, came, eva, ticket):
    mail = came("eva@festum.example", f"[Festum #{ticket.number}] Refund", "We will pay you back.")
    answer = setup_of.post(f"/setup/mail/in/{mail.pk}/place", {"number": ticket.number, "kind": "message"})

    assert answer.status_code == 409
    assert "Put it there as an internal note." in text_of(answer)
    assert ticket.messages.count() == 1


def test_a_mail_cant_be_put_on_a_ticket_that_one_may_not_know(setup_of, aside, ticket, teams, eva):
    from tuki.tickets import actions

    actions.hand_over(ticket, teams["payroll"], by=eva)
    answer = setup_of.post(f"/setup/mail/in/{aside.pk}/place", {"number": ticket.number, "kind": "note"})

    assert answer.status_code == 422
    assert "There is no request with this number." in text_of(answer)


def test_who_waits_for_a_right_is_let_in_with_one_click_and_all_their_mail_with_them(setup_of, came, nils, desk):
    first, second = came("nils@acme.example", "Help"), came("nils@acme.example", "Hello?")
    assert shown(setup_of.get("/setup/mail/in?end=lacks_right")) == [second.pk, first.pk]

    setup_of.post(f"/setup/mail/in/{second.pk}/admission")
    run_ready()

    assert set(Ticket.objects.values_list("subject", "requester")) == {
        ("Help", nils.person_id),
        ("Hello?", nils.person_id),
    }
    assert shown(setup_of.get("/setup/mail/in?end=lacks_right")) == []


def test_a_stranger_is_let_in_as_one_of_a_company(setup_of, came, acme):
    mail = came("stranger@nowhere.example")
    path = f"/setup/mail/in/{mail.pk}/admission"

    assert setup_of.post(path).status_code == 409
    assert setup_of.post(path, {"company": "No such"}).status_code == 422
    assert setup_of.post(path, {"company": "acme oy"}).status_code == 302
    run_ready()

    assert Ticket.objects.get().organization == acme


@pytest.mark.parametrize(
    ("stands", "words"),
    [
        ("suspended", "Nils Niemi is suspended at Acme Oy. Let them back first."),
        ("invited", "Nils was invited to Acme Oy and has to accept first."),
        ("closed", "The account of Nils Niemi is closed."),
    ],
)
def test_nobody_is_let_in_who_would_have_no_right_all_the_same(setup_of, came, nils, root, rules, stands, words):
    mail = came("nils@acme.example")
    rules(who_submits=WhoSubmits.MEMBERS)
    if stands == "closed":
        people.close_account(nils.person, by=root)
    else:
        changed = {"suspended_at": root.at} if stands == "suspended" else {"pending": True, "called": "Nils"}
        nils.person.memberships.update(**changed)
    answer = setup_of.post(f"/setup/mail/in/{mail.pk}/admission")

    assert answer.status_code == 409
    assert words in text_of(answer)
    assert "may send requests now" not in text_of(answer)


def test_who_mails_is_let_in_by_the_rule_for_mail(setup_of, came, nils, rules):
    rules(who_submits=WhoSubmits.ANYONE, who_submits_by_mail=WhoSubmits.SEATS)
    mail = came("nils@acme.example")
    setup_of.post(f"/setup/mail/in/{mail.pk}/admission")
    run_ready()

    assert Ticket.objects.get().requester == nils.person


def test_where_anyone_may_write_nobody_needs_a_company(setup_of, came, rules):
    mail = came("stranger@nowhere.example")
    rules(who_submits=WhoSubmits.ANYONE)
    setup_of.post(f"/setup/mail/in/{mail.pk}/admission")
    run_ready()

    assert Ticket.objects.get().requester.email == "stranger@nowhere.example"
