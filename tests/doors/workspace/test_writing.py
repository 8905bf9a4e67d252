"""Replies, notes and drafts."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import later
from tuki.doors import once
from tuki.tickets import actions, marks, queries
from tuki.tickets.models import Draft, Message, State


@pytest.fixture
def path(ticket) -> str:
    return f"/workspace/tickets/{ticket.number}"


@pytest.fixture
def leave(machine):
    """Let the ten seconds pass."""

    def ten_seconds_later() -> None:
        for draft in Draft.objects.filter(sends_at__isnull=False):
            actions.send_due_draft(draft.pk, by=machine.when(draft.sends_at))

    return ten_seconds_later


def test_a_reply_waits_ten_seconds_and_then_is_said_with_its_status(desk_of, path, ticket, leave, status, eva):
    answer = desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Try again.\n\nBye", "status": "waiting"})

    assert answer.status_code == 302
    assert Message.objects.count() == 1
    page = desk_of.get(path).content.decode()
    assert "Try again." in page
    assert "Undo" in page

    leave()
    ticket.refresh_from_db()
    assert Message.objects.last().html == "<p>Try again.</p><p>Bye</p>"
    assert (ticket.status, ticket.assignee) == (status("waiting"), eva.person)


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_the_same_form_twice_is_one_message(kind, desk_of, path, ticket, leave, eva):
    form = {"kind": kind, "body": "Try again.", "once": once.new_token(eva)}

    first, again = desk_of.post(f"{path}/messages", form), desk_of.post(f"{path}/messages", form)
    leave()
    late = desk_of.post(f"{path}/messages", form)

    assert first.url == again.url == late.url
    assert ticket.messages.count() == 2
    assert not Draft.objects.exists()


def test_what_was_taken_back_can_be_sent_as_it_was(desk_of, path, ticket, leave):
    def send() -> None:
        token = re.search(r'name="once" value="([^"]+)"', desk_of.get(path).content.decode())[1]
        desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Try again.", "once": token})

    send()
    desk_of.post(f"{path}/leaving/{Draft.objects.get().pk}")
    send()
    leave()

    assert ticket.messages.count() == 2


def test_a_reply_taken_back_stands_in_the_composer_again(desk_of, path, ticket, leave):
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Too soon.", "status": "done"})
    draft = Draft.objects.get()

    answer = desk_of.post(f"{path}/leaving/{draft.pk}")
    leave()

    assert answer.url == f"{path}#composer"
    page = desk_of.get(path).content.decode()
    assert re.search(r"<textarea[^>]*>Too soon\.</textarea>", page)
    assert "Send reply · as Done" in page
    assert not Message.objects.filter(by_support=True).exists()


def test_a_reply_that_has_left_can_be_taken_back_no_more(desk_of, path, leave):
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Gone."})
    draft = Draft.objects.get()
    leave()

    answer = desk_of.post(f"{path}/leaving/{draft.pk}")

    assert answer.status_code == 409
    assert "Too late" in answer.content.decode()


def test_nobody_takes_back_anothers_reply(browser_of, otto, desk_of, path):
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Mine."})

    assert browser_of(otto).post(f"{path}/leaving/{Draft.objects.get().pk}").status_code == 409
    assert "is sending a reply" in browser_of(otto).get(path).content.decode()
    assert "Mine." not in browser_of(otto).get(path).content.decode()


def test_a_reply_that_leaves_can_be_taken_back_from_any_page(desk_of, path, ticket):
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Off."})

    page = desk_of.get("/workspace/views/open/").content.decode()

    assert f"Reply to #{ticket.number} leaves" in page
    assert f'action="{path}/leaving/{Draft.objects.get().pk}"' in page


def test_a_note_stands_at_once_and_leaves_the_status_alone(desk_of, path, ticket, eva, ada):
    before = actions.assign(ticket, eva.person, by=eva).status
    desk_of.post(f"{path}/draft", {"kind": "note", "body": "Ask the"})

    desk_of.post(f"{path}/messages", {"kind": "note", "body": "Ask the bank.", "status": ""})

    note = Message.objects.last()
    ticket.refresh_from_db()
    assert (note.html, note.internal) == ("<p>Ask the bank.</p>", True)
    assert ticket.status == before
    assert not Draft.objects.exists()
    assert note not in queries.thread(ada, ticket)


def test_a_note_can_set_a_status(desk_of, path, ticket, status):
    desk_of.post(f"{path}/messages", {"kind": "note", "body": "Waits for the bank.", "status": "hold"})

    ticket.refresh_from_db()
    assert ticket.status == status("hold")


def test_what_the_editor_wrote_is_kept_clean(desk_of, path, leave):
    body = '<p>Press <b>Save</b><script>alert(1)</script><img src="https://spy.example/x.png"></p>'
    desk_of.post(f"{path}/messages", {"kind": "reply", "format": "html", "body": body})
    leave()

    html = Message.objects.last().html
    assert "<b>Save</b>" in html
    assert "script" not in html
    assert "spy" not in html


def test_nothing_written_is_said_beside_the_text(desk_of, path):
    answer = desk_of.post(f"{path}/messages", {"kind": "reply", "body": " \n "})

    assert answer.status_code == 422
    assert "Please write something first." in answer.content.decode()


def test_what_was_begun_as_a_note_is_not_sent_before_it_was_read_through(desk_of, path, ticket):
    data = {"kind": "reply", "body": "They never read the manual.", "begun_as": "note"}

    answer = desk_of.post(f"{path}/messages", data)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "This text was begun as an internal note." in page
    assert "They never read the manual." in page
    assert not Draft.objects.filter(sends_at__isnull=False).exists()

    desk_of.post(f"{path}/messages", {**data, "confirmed": "yes"})
    assert Draft.objects.filter(sends_at__isnull=False).exists()


def test_a_reply_waits_when_somebody_wrote_meanwhile_and_their_words_are_shown(desk_of, path, ticket, otto, leave):
    seen = Message.objects.get().pk
    actions.reply(ticket, "I have fixed it already.", by=otto)
    data = {"kind": "reply", "body": "Please wait.", "seen": seen, "status": "waiting"}

    answer = desk_of.post(f"{path}/messages", data)

    assert answer.status_code == 409
    page = answer.content.decode()
    composer = page[page.index('id="composer"') :]
    assert "I have fixed it already." in composer
    assert re.search(r"<textarea[^>]*>Please wait\.</textarea>", composer)
    assert "Send anyway" in composer

    again = re.search(r'name="seen" value="(\d+)"', composer)[1]
    assert desk_of.post(f"{path}/messages", {**data, "seen": again}).status_code == 302
    leave()
    assert Message.objects.last().excerpt == "Please wait."


def test_a_closed_ticket_takes_no_reply_and_loses_no_word(desk_of, path, ticket, status, eva):
    actions.set_status(ticket, status("closed"), by=eva)

    answer = desk_of.post(f"{path}/messages", {"kind": "reply", "body": "One more thing."})

    assert answer.status_code == 409
    assert "One more thing." in answer.content.decode()
    assert "This request is closed." in answer.content.decode()


def test_a_draft_that_could_not_leave_says_why(desk_of, path, ticket, status, eva, leave, otto):
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Just a moment."})
    actions.set_status(ticket, status("closed"), by=otto)
    leave()

    page = desk_of.get(path).content.decode()

    assert "Not sent: This request is closed." in page
    assert "Just a moment." in page
    assert "Not sent:" in desk_of.get("/workspace/drafts").content.decode()


def test_files_go_along_whether_a_script_sent_them_before_or_they_come_with_the_form(desk_of, path, leave, eva):
    from tuki.files import actions as files_actions

    before = files_actions.store(b"one", "one.txt", by=eva)
    upload = SimpleUploadedFile("two.txt", b"two")

    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "See these.", "file": before.pk, "files": upload})
    leave()

    files = [attachment.file.name for attachment in Message.objects.last().attachments.all()]
    assert files == ["one.txt", "two.txt"]


def test_anothers_upload_does_not_go_along(desk_of, path, leave, ada):
    from tuki.files import actions as files_actions

    theirs = files_actions.store(b"secret", "secret.txt", by=ada)
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Hm.", "file": theirs.pk})
    leave()

    assert not Message.objects.last().attachments.exists()


def test_a_file_too_large_is_named_and_the_text_stays(desk_of, path, settings):
    settings.FILE_SIZE_LIMIT = 2

    upload = SimpleUploadedFile("huge.bin", b"1234")
    answer = desk_of.post(f"{path}/messages", {"kind": "reply", "body": "See this.", "files": upload})

    assert answer.status_code == 422
    assert "“huge.bin” is too large" in answer.content.decode()
    assert "See this." in answer.content.decode()


def test_a_draft_keeps_its_form_where_a_page_without_script_did_not_touch_it(desk_of, path, ticket, eva, leave):
    marks.save_draft(eva.person, ticket, "<p>Press <b>Save</b></p>", internal=False, at=eva.at)

    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Press Save"})
    leave()

    assert Message.objects.last().html == "<p>Press <b>Save</b></p>"


def test_a_draft_is_kept_and_let_go(desk_of, path, ticket, eva):
    answer = desk_of.post(f"{path}/draft", {"kind": "note", "format": "html", "body": "<p>Hm</p>"})
    assert "Draft kept" in answer.content.decode()
    draft = queries.draft_of(eva, ticket)
    assert (draft.html, draft.internal) == ("<p>Hm</p>", True)

    desk_of.post(f"{path}/draft", {"discard": "yes"})
    assert queries.draft_of(eva, ticket) is None


def test_after_a_message_one_is_where_one_wants_to_be_and_so_the_next_time(desk_of, submitted, eva):
    older, newer = submitted("Older"), submitted("Newer")
    path = f"/workspace/tickets/{newer.number}/messages"
    data = {"kind": "note", "body": "Hm.", "view": "open"}

    assert (
        desk_of.post(path, data).url
        == f"/workspace/tickets/{newer.number}?view=open#message-{Message.objects.last().pk}"
    )
    to_list = desk_of.post(path, {**data, "afterwards": "list"})
    assert to_list.url == "/workspace/views/open/"
    assert desk_of.post(path, data).url == "/workspace/views/open/"
    onward = desk_of.post(path, {**data, "afterwards": "next", "next": older.number})
    assert onward.url == f"/workspace/tickets/{older.number}?view=open"


def test_a_reply_to_what_was_solved_leaves_it_solved_unless_told_otherwise(desk_of, solved_ticket):
    page = desk_of.get(f"/workspace/tickets/{solved_ticket.number}").content.decode()

    assert solved_ticket.state == State.SOLVED
    assert "Send reply · as Done" in page


def test_the_signature_of_the_team_stands_under_the_composer_in_the_tickets_language(desk_of, path, ticket, teams, eva):
    actions.hand_over(ticket, teams["support"], by=eva)

    assert "Festum support" in desk_of.get(path).content.decode()


def test_a_leaving_reply_says_until_when(desk_of, path, eva):
    desk_of.post(f"{path}/messages", {"kind": "reply", "body": "Soon."})

    leaves = re.search(r'data-leaves="([^"]+)"', desk_of.get(path).content.decode())[1]

    assert leaves == Draft.objects.get().sends_at.isoformat()
    assert Draft.objects.get().sends_at - later(eva).at < timedelta(seconds=60)


def test_what_was_begun_as_a_note_comes_back_as_one_though_it_was_to_be_a_reply(desk_of, path, ticket, eva):
    desk_of.post(f"{path}/draft", {"kind": "reply", "body": "Between us", "begun_as": "note"})

    assert queries.draft_of(eva, ticket).internal
    assert 'name="begun_as" value="note"' in desk_of.get(path).content.decode()
