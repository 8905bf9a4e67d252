"""A mail as we understand it: the corpus, and what is bounded."""

import re
from dataclasses import fields

import pytest

from tests.mail import the_corpus as corpus
from tuki.lib.html import clean, to_text
from tuki.mail.parse import Mail, parse
from tuki.mail.reading.head import head_of
from tuki.mail.reading.headers import Address
from tuki.mail.reading.mime import MOST_PARTS

HEAD = b"From: Ada <ada@acme.example>\r\nTo: support@desk.example\r\nSubject: Laskut\r\n"


@pytest.mark.parametrize("name", corpus.NAMES)
def test_a_mail_of_the_corpus_is_read_as_is_written_beside_it(name):
    mail = parse(corpus.raw(name))

    assert corpus.shown(mail) == corpus.expected(name)
    assert head_of(corpus.raw(name)).message_id == mail.message_id


@pytest.mark.parametrize("name", [name for name in corpus.NAMES if name.startswith(("reply_", "first_", "forward_"))])
def test_no_word_is_lost_between_what_was_written_and_what_was_repeated(name):
    mail = parse(corpus.raw(name))

    def words(*texts: str) -> list[str]:
        return sorted(" ".join(texts).split())

    assert words(mail.reply_text, mail.quoted_text) == words(mail.text)
    html = [to_text(clean(part)) for part in (mail.reply_html, mail.quoted_html)]
    assert words(*html) == words(to_text(clean(mail.html)))


def test_the_same_mail_by_another_way_is_the_same():
    once = HEAD + b"Message-ID: <1@acme.example>\r\n\r\nHei\r\n"
    relayed = b"Received: from elsewhere\r\nDelivered-To: x@y.example\r\n" + once
    changed = once.replace(b"Hei", b"Moi")

    assert parse(once).identity == parse(relayed).identity
    assert parse(once).identity != parse(changed).identity


def test_parts_beyond_the_most_are_kept_as_one_file():
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    raw += b"".join(b"--b\r\nContent-Type: application/x-n\r\n\r\npart %d\r\n" % number for number in range(1000))

    mail = parse(raw)

    assert len(mail.attachments) <= MOST_PARTS
    assert mail.attachments[-1].name == "rest-of-message.txt"
    kept = b"".join(attachment.content for attachment in mail.attachments)
    assert [int(number) for number in re.findall(rb"part (\d+)", kept)] == list(range(1000))


def test_parts_deeper_than_is_read_are_kept_as_one_file():
    raw = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(2000)
    )

    mail = parse(raw + b"\r\nthe bottom")

    assert mail.senders == (Address("Ada", "ada@acme.example"),)
    assert b"the bottom" in mail.attachments[-1].content


HOSTILE = {
    "tags that nest without end": b"<div>" * 250_000 + b"the words",
    "tags that overlap": b"".join(b"<b id=%d><p>" % number for number in range(20_000)) + b"the words",
    "comments never closed": b"the words" + b"<!--" * 100_000,
    "tags never closed": b"the words" + b"<a " * 300_000,
    "nothing but line breaks": b"the words" + b"<br>x" * 200_000,
    "quotes in quotes": b"the words" + b"<blockquote type=cite>x" * 30_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_html_made_to_hang_its_reader_is_read_and_cleaned(content):
    mail = parse(HEAD + b"In-Reply-To: <1@desk.example>\r\nContent-Type: text/html\r\n\r\n" + content)

    assert "the words" in clean(mail.reply_html)


@pytest.mark.parametrize("piece", [b"(", b'"\\', b"a@b,", b"<", b"a:", b"@", b"=?a?q?", b'a="\\";', b"> ", b"a "])
@pytest.mark.parametrize("field", b"From Subject Content-Type References Date Content-Disposition".split())
def test_a_field_made_to_hang_its_reader_is_read(field, piece):
    value = piece * (60_000 // len(piece))
    mail = parse(b"X-Before: y\r\n" + field + b": " + value + b"\r\nX-After: z\r\n\r\nthe words\r\n")

    assert "the words" in mail.text or any(b"the words" in attachment.content for attachment in mail.attachments)


def test_a_charset_that_is_no_charset_is_not_asked():
    for name in (b"punycode", b"idna", b"unicode_escape", b"base64", b"rot13", b"undefined"):
        mail = parse(HEAD + b"Content-Type: text/plain; charset=" + name + b"\r\n\r\n" + "päivä".encode())
        assert mail.text == "päivä"


def test_every_field_of_a_mail_is_in_some_mail_of_the_corpus():
    shown = {field for name in corpus.NAMES for field in corpus.expected(name)}

    assert shown == {field.name for field in fields(Mail)}
