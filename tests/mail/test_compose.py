"""Mails as they go over the wire, read again by the standard library and by ourselves."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tuki.mail.addresses import read_reply_address
from tuki.mail.models import Delivery, RawMail
from tuki.mail.parse import parse
from tuki.mail.reading.automatic import Automatic
from tuki.mail.sending.compose import compose

PNG = b"\x89PNG\r\n\x1a\n0000"


def read(delivery: Delivery) -> EmailMessage:
    return message_from_bytes(compose(delivery), policy=default)


def test_text_and_html_stand_side_by_side(post):
    delivery = post(text="Hyvä näin\n", html="<style>p{color:#123456}</style><p>Hyvä <b>näin</b></p>", language="fi")

    mail = parse(compose(delivery))
    assert mail.text == "Hyvä näin\n"
    assert '<p style="color: #123456;">Hyvä <b>näin</b></p>' in mail.html
    assert read(delivery).get_content_type() == "multipart/alternative"
    assert read(delivery)["Content-Language"] == "fi"


def test_the_mail_is_the_same_at_every_try(post):
    delivery = Delivery.objects.get(pk=post().pk)

    assert parse(compose(delivery)).identity == parse(compose(delivery)).identity
    assert compose(delivery).count(b"Message-ID:") == 1
    assert delivery.message_id in compose(delivery).decode()


def test_pictures_are_in_the_text_and_files_beside_it(post):
    picture = default_storage.save("picture", ContentFile(PNG))
    pdf = default_storage.save("file", ContentFile(b"%PDF"))
    delivery = post(
        html='<p><img src="cid:file1@tuki"></p>',
        attachments=[
            {"path": picture, "name": "kuva.png", "type": "image/png", "cid": "file1@tuki"},
            {"path": pdf, "name": 'päivä; "lasku".pdf', "type": "application/pdf", "cid": ""},
        ],
    )

    mail = parse(compose(delivery))
    assert [(file.name, file.type, file.cid, file.content) for file in mail.attachments] == [
        ("kuva.png", "image/png", "file1@tuki", PNG),
        ("päivä; lasku.pdf", "application/pdf", "", b"%PDF"),
    ]
    assert 'src="cid:file1@tuki"' in mail.html


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "text/html; x=y", "nonsense", ""])
def test_a_file_of_a_strange_type_is_only_bytes(post, kind):
    path = default_storage.save("file", ContentFile(b"From: x\n\nhei"))
    delivery = post(attachments=[{"path": path, "name": "x", "type": kind, "cid": ""}])

    file = parse(compose(delivery)).attachments[0]
    assert (file.type, file.content) == ("application/octet-stream", b"From: x\n\nhei")


def test_who_wrote_and_where_answers_go(post, ada, ticket):
    delivery = post("ada@acme.example", thread=ticket.pk, person_id=ada.person_id)

    mail = read(delivery)
    assert str(mail["From"]) == "Festum Support <support@festum.example>"
    reply_to = mail["Reply-To"].addresses[0].addr_spec
    address = read_reply_address(reply_to)
    assert address is not None
    assert (address.thread, address.person) == (ticket.pk, ada.person_id)


def test_a_mail_answers_what_its_reader_knows_of_the_thread(post, ticket):
    first = post("ada@acme.example", thread=ticket.pk)
    post("bert@acme.example", thread=ticket.pk)
    RawMail.objects.create(
        received_at=first.made_at, size=1, message_id="<from.ada@acme.example>", thread=ticket.pk, message=1
    )
    last = post("ada@acme.example", thread=ticket.pk)

    mail = parse(compose(last))
    assert set(mail.references) == {first.message_id, "<from.ada@acme.example>"}
    assert mail.in_reply_to[0] in mail.references


def test_automatic_mail_says_so_and_other_mail_does_not(post):
    automatic, ours = compose(post(automatic=True)), compose(post())

    assert parse(automatic).automatic == Automatic.GENERATED
    assert b"X-Auto-Response-Suppress: All" in automatic
    assert parse(ours).automatic == Automatic.NONE
    assert parse(compose(post(automatic=True, in_reply_to="<1@acme.example>"))).automatic == Automatic.REPLY


EVIL = "Hei\r\nBcc: victim@elsewhere.example\r\n\r\nx\u2028y\x00z"


def test_no_words_of_strangers_become_a_header(post):
    delivery = post(subject=EVIL, from_name=EVIL, headers={"X-Ticket": EVIL}, in_reply_to="<a@b>\r\nBcc: v@e.example")
    delivery.references = "<a@b>\r\nBcc: v@e.example"
    delivery.language = "fi\r\nBcc: x@y.example"

    mail = read(delivery)
    assert mail["Bcc"] is None
    assert "Bcc" in str(mail["Subject"])  # as words of the subject
    assert b"\nBcc:" not in compose(delivery)


@pytest.mark.parametrize("address", ["ada@acme.example\r\nBcc: x@y.example", "no address", "a@b@c.example"])
def test_what_is_no_address_is_not_written_to(post, address):
    delivery = post()
    delivery.address = address

    with pytest.raises(ValueError, match="is no address"):
        compose(delivery)


def test_a_header_of_a_strange_name_is_refused(post):
    with pytest.raises(ValueError, match="no header"):
        compose(post(headers={"X-A: b\r\nBcc": "x"}))


LONG_ID = f"<{'a' * 120}@acme.example>"


def test_long_message_ids_names_and_subjects_survive(post):
    name = "Hyvin Pitkän Nimen Omaava Asiakaspalvelu, Ääkkösten Ystävät ry"
    subject = "Pitkä otsikko jossa on ääkkösiä ja joka jatkuu monelle riville " * 4
    delivery = post(subject=subject, from_name=name, in_reply_to=LONG_ID)
    delivery.references = " ".join([LONG_ID, "<b@c.example>"] * 10)

    mail = parse(compose(delivery))
    assert mail.sender is not None
    assert (mail.sender.name, mail.subject, mail.in_reply_to) == (name, subject.strip(), (LONG_ID,))
    assert mail.references == (LONG_ID, "<b@c.example>")
    assert all(len(line) <= 998 for line in compose(delivery).split(b"\r\n"))
    assert compose(delivery).isascii()


def test_every_line_ends_as_smtp_wants_it(post):
    raw = compose(post(text="yksi\nkaksi\n.\nkolme", html="<p>x</p>"))

    assert raw.count(b"\n") == raw.count(b"\r\n")
