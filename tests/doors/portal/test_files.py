"""Files: taken up while somebody still writes, and handed out to those who may see them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tuki.files import actions as files
from tuki.files.models import File
from tuki.tickets import actions

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def attach(ticket, ada):
    """A file of ada's request; by an agent, on an internal note."""

    def make(content: bytes, name: str, by=None) -> File:
        by = by or ada
        file = files.store(content, name, by=by)
        (actions.note if by.is_agent else actions.reply)(ticket, "See file", files=[file], by=by)
        return file

    return make


def test_an_upload_waits_for_the_message_that_will_take_it(browser_of, ada):
    answer = browser_of(ada).post("/hc/uploads", {"file": SimpleUploadedFile("../../etc/Äkta fil.txt", b"hej")})

    file = File.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"id": file.pk, "name": "Äkta fil.txt", "size": 3}
    assert (file.owner, file.taken, file.read()) == (ada.person, False, b"hej")


def test_an_upload_that_is_too_large_is_refused_by_name(browser_of, ada, settings):
    settings.FILE_SIZE_LIMIT = 2

    answer = browser_of(ada).post("/hc/uploads", {"file": SimpleUploadedFile("huge.txt", b"abc")})

    assert answer.status_code == 422
    assert "“huge.txt” is too large" in answer.json()["why"]
    assert not File.objects.exists()


def test_nobody_uploads_without_signing_in(browser_of, desk):
    answer = browser_of().post("/hc/uploads", {"file": SimpleUploadedFile("a.txt", b"abc")})

    assert answer.status_code == 401
    assert answer.json()["why"]
    assert not File.objects.exists()


def test_an_upload_is_let_go_by_whoever_made_it_and_only_while_no_message_has_it(browser_of, ada, bert, attach):
    loose, taken = files.store(b"x", "loose.txt", by=ada), attach(b"x", "taken.txt")

    assert browser_of(bert).post(f"/hc/uploads/{loose.pk}/removal").status_code == 404
    assert browser_of(ada).post(f"/hc/uploads/{taken.pk}/removal").status_code == 404
    assert browser_of(ada).post(f"/hc/uploads/{loose.pk}/removal").status_code == 204

    assert list(File.objects.all()) == [taken]


@pytest.mark.parametrize(
    ("content", "name", "kind", "disposition"),
    [
        (PNG, "kuva.png", "image/png", "inline"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "x.svg", "text/plain", "attachment"),
        (b"<html><script>alert(1)</script>", "page.html", "text/plain", "attachment"),
        (b"%PDF-1.7", "lasku.pdf", "application/pdf", "attachment"),
    ],
)
def test_a_file_is_saved_and_never_a_page_of_ours(browser_of, ada, attach, content, name, kind, disposition):
    answer = browser_of(ada).get(f"/hc/files/{attach(content, name).pk}/{name}")

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith(disposition)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "'self'" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"].startswith("private")


def test_a_name_that_is_no_latin_word_survives(browser_of, ada, attach):
    answer = browser_of(ada).get(f"/hc/files/{attach(b'x', 'lasku ”1” ąä.txt').pk}")

    assert "filename*=utf-8''lasku%20%E2%80%9D1%E2%80%9D%20%C4%85%C3%A4.txt" in answer["Content-Disposition"]


@pytest.mark.parametrize("who", ["bert", "dora", "mallory"])
def test_E3_a_file_of_somebody_elses_request_does_not_exist(browser_of, request, attach, who):
    file = attach(b"x", "secret.txt")

    assert browser_of(request.getfixturevalue(who)).get(f"/hc/files/{file.pk}").status_code == 404


def test_a_file_of_an_internal_note_does_not_exist_for_the_requester(browser_of, ada, eva, attach):
    file = attach(b"x", "inside.txt", by=eva)

    assert browser_of(ada).get(f"/hc/files/{file.pk}").status_code == 404
    assert browser_of(eva).get(f"/hc/files/{file.pk}").status_code == 200


def test_a_visitor_with_a_link_to_a_file_is_asked_to_sign_in(browser_of, attach):
    file = attach(b"x", "a.txt")

    assert (
        browser_of().get(f"/hc/files/{file.pk}/a.txt").url == f"/account/login/?next=%2Fhc%2Ffiles%2F{file.pk}%2Fa.txt"
    )


def test_a_removed_file_is_gone(browser_of, ada, eva, attach):
    file = attach(b"x", "a.txt")
    actions.redact_file(file, by=eva)

    assert browser_of(ada).get(f"/hc/files/{file.pk}").status_code == 404
