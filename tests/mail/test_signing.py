"""Every mail that leaves carries the signature of the domain that it is from, checked here as a receiver would."""

import stat

import dkim
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tuki.mail.models import Delivery
from tuki.mail.sending.compose import compose
from tuki.mail.sending.signing import public_record, signed


@pytest.fixture
def holds(settings, tmp_path):
    """Whether a receiver who finds our key in the DNS believes a mail."""
    settings.DKIM_FOLDER = tmp_path / "dkim"

    def believe(content: bytes) -> bool:
        name, value = public_record("festum.example")
        rows = {f"{name}.".encode(): value.encode()}
        return bool(dkim.verify(content, dnsfunc=lambda asked, timeout=5: rows.get(asked)))

    return believe


def test_a_mail_goes_out_with_a_signature_that_holds(mail_server, sent, holds):
    path = default_storage.save("file", ContentFile(b"%PDF" * 1000))
    sent(
        html="<p>Hyvää päivää</p>",
        subject="Pitkä otsikko jossa on ääkkösiä ja joka jatkuu monelle riville " * 3,
        attachments=[{"path": path, "name": "lasku.pdf", "type": "application/pdf", "cid": ""}],
    )

    [(_sender, _recipient, content)] = mail_server.taken
    assert b"d=festum.example" in content
    assert holds(content)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"It moves now.", b"Pay here."),
        (b"Subject: The invoice", b"Subject: Your invoice"),
        (b"<support@festum.example>", b"<support@evil.example>"),
        (b"\r\nMIME-Version", b"\r\nSubject: A second one\r\nMIME-Version"),
        (b"leave/abc", b"leave/xyz"),
    ],
)
def test_whatever_a_reader_sees_can_t_be_changed_on_the_way(post, holds, before, after):
    delivery = post(headers={"List-Unsubscribe": "<https://desk.example/leave/abc>"})
    content = signed(compose(delivery), delivery.from_address, delivery.made_at)
    assert holds(content)
    assert before in content

    assert not holds(content.replace(before, after))


def test_every_try_has_the_same_bytes(post, holds):
    path = default_storage.save("picture", ContentFile(b"\x89PNG"))
    made = post(
        html='<img src="cid:1@tuki">', attachments=[{"path": path, "name": "x", "type": "image/png", "cid": "1@tuki"}]
    )
    delivery = Delivery.objects.get(pk=made.pk)

    first, second = (signed(compose(delivery), delivery.from_address, delivery.made_at) for _ in range(2))
    assert first == second


def test_the_key_is_made_once_and_only_its_owner_can_read_it(settings, tmp_path):
    settings.DKIM_FOLDER = tmp_path / "dkim"
    first = public_record("festum.example")

    [file] = settings.DKIM_FOLDER.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert public_record("festum.example") == first
    assert public_record("other.example")[1] != first[1]


def test_another_selector_is_another_key(settings, tmp_path):
    settings.DKIM_FOLDER = tmp_path / "dkim"
    first = public_record("festum.example")
    settings.DKIM_SELECTOR = "tuki2027"

    assert public_record("festum.example")[0] == "tuki2027._domainkey.festum.example"
    assert public_record("festum.example")[1] != first[1]


def test_where_the_relay_signs_we_do_not(settings, mail_server, sent):
    settings.DKIM_SELECTOR = ""
    sent()

    assert b"DKIM-Signature" not in mail_server.taken[0][2]


def test_without_room_for_a_key_mail_waits_and_says_why(settings, tmp_path, mail_server, sent):
    (tmp_path / "dkim").write_text("a file where the folder should be")
    settings.DKIM_FOLDER = tmp_path / "dkim"
    delivery = sent()

    assert delivery.state == "delayed"
    assert "can't be signed" in delivery.last_answer
    assert mail_server.taken == []
