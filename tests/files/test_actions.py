"""Files as people send them: what they are called, what they are, and how large."""

import errno
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from tuki.files import actions
from tuki.files.models import File
from tuki.lib.refusal import Refused
from tuki.tickets import marks


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("lasku.pdf", "lasku.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\lasku.pdf", "lasku.pdf"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 200 + ".pdf"),
    ],
)
def test_a_name_plays_no_tricks(given, kept):
    assert actions.clean_name(given) == kept


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a.exe", "image/png"),
        (b"%PDF-1.7 ...", "a.png", "application/pdf"),
        (b"<html><script>x()</script>", "a.html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "text/plain"),
        (b"a;b\n1;2\n", "a.csv", "text/csv"),
        (b"\0\1\2\3", "a.txt", "application/octet-stream"),
        (b"", "a.txt", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_are(content, name, kind):
    assert actions.sniff(content, name) == kind


def test_what_is_too_large_is_refused_by_name(settings, ada):
    settings.FILE_SIZE_LIMIT = 10
    with pytest.raises(Refused, match=r"video\.mp4"):
        actions.store(b"x" * 11, "video.mp4", by=ada)


def test_what_one_did_not_send_leaves_room_for_what_others_did(settings, ada, bert):
    settings.FILES_NOT_SENT_LIMIT = 10
    actions.take([actions.store(b"x" * 8, "sent.txt", by=ada)], by=ada)
    actions.store(b"x" * 8, "not sent.txt", by=ada)

    with pytest.raises(Refused, match=r"more\.txt"):
        actions.store(b"x" * 8, "more.txt", by=ada)
    actions.store(b"x" * 8, "another's.txt", by=bert)


def test_what_finds_no_room_on_the_disk_leaves_nothing_behind(ada, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = all_files()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        actions.store(b"x", "x.txt", by=ada)

    assert all_files() == before
    assert not File.objects.exists()


def all_files():
    return {path for path in Path(default_storage.location).rglob("*") if path.is_file()}


def test_an_upload_that_no_message_took_is_swept_away_after_its_time(ada, machine):
    file = actions.store(b"x", "x.txt", by=ada)

    assert actions.sweep(ada.at + timedelta(days=1), by=machine) == 0
    assert actions.sweep(ada.at + timedelta(days=3), by=machine) == 1
    assert not File.objects.exists()
    assert not default_storage.exists(file.path)


def test_what_is_attached_to_a_draft_waits_with_it(ticket, eva, machine):
    file = actions.store(b"x", "x.txt", by=eva)
    draft = marks.save_draft(eva.person, ticket, "<p>See this.</p>", internal=False, files=[file], at=eva.at)

    assert actions.sweep(eva.at + timedelta(days=30), by=machine) == 0
    assert list(draft.files.all()) == [file]

    marks.discard_draft(eva.person, ticket)
    assert actions.sweep(eva.at + timedelta(days=30), by=machine) == 1
