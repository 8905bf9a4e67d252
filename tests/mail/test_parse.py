"""A mail as we understand it: the corpus, what is bounded, and what no damage may do."""

import random
import re
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail import the_corpus as corpus
from tuki.lib.html import clean, to_text
from tuki.mail.head import head_of
from tuki.mail.headers import Address
from tuki.mail.mime import MOST_PARTS
from tuki.mail.parse import Mail, parse

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
    "tags that nest without end": b"<div>" * 300_000 + b"the words",
    "tags that overlap": b"".join(b"<b id=%d><p>" % number for number in range(20_000)) + b"the words",
    "comments never closed": b"the words" + b"<!--" * 100_000,
    "tags never closed": b"the words" + b"<a " * 300_000,
    "nothing but line breaks": b"the words" + b"<br>x" * 300_000,
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


def is_sound(mail: Mail) -> bool:
    """Whether everything in it can be stored and shown, and its addresses are addresses."""
    texts = [mail.subject, mail.text, mail.html, mail.reply_text, mail.quoted_text, mail.reply_html, mail.quoted_html]
    texts += [mail.message_id, *mail.in_reply_to, *mail.references]
    people = [*mail.senders, *mail.to, *mail.cc, *mail.reply_to]
    texts += [part for who in people for part in (who.name, who.address)]
    texts += [part for file in mail.attachments for part in (file.name, file.type, file.cid)]
    for text in texts:
        text.encode()  # no half of a letter
        assert "\0" not in text
    assert all(who.address.count("@") == 1 and who.address == who.address.lower() for who in people)
    assert all(len(one) <= 255 for one in (mail.message_id, *mail.in_reply_to, *mail.references))
    assert all(file.name and "/" not in file.name and "\\" not in file.name for file in mail.attachments)
    assert all("\n" not in one for one in (mail.subject, *(who.name for who in people)))
    return bool(mail.identity)


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A mail with some of its bytes or lines cut, doubled, swapped or made up."""
    lines = raw.splitlines(keepends=True)
    for _ in range(chance.randint(1, 6)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        way = chance.randrange(7)
        if way == 0:
            lines[at] = b""
        elif way == 1:
            lines[at] = lines[at] * chance.randint(2, 5)
        elif way == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 3:
            lines[at] = lines[at][: chance.randint(0, len(lines[at]))]
        elif way == 4:
            lines[at] = chance.randbytes(chance.randint(1, 20)) + lines[at]
        elif way == 5:
            cut = bytearray(lines[at])
            if cut:
                cut[chance.randrange(len(cut))] = chance.randrange(256)
            lines[at] = bytes(cut)
        else:
            lines = lines[: max(1, at)]
    return b"".join(lines)


@pytest.mark.parametrize("name", corpus.NAMES)
def test_no_damage_makes_the_reader_raise_or_say_what_cannot_be(name, caplog):
    chance = random.Random(name)
    for _ in range(10):
        raw = damaged(corpus.raw(name), chance)
        assert is_sound(parse(raw)), raw
    assert not caplog.records  # nothing was caught on the way either


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100))
def test_ten_thousand_damages(seed, caplog):
    chance = random.Random(seed)
    for _ in range(100):
        raw = damaged(corpus.raw(chance.choice(corpus.NAMES)), chance)
        assert is_sound(parse(raw)), raw
    assert not caplog.records


FIELD_NAMES = [
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"References",
    b"Content-Type",
    b"Content-Disposition",
]
PIECES = [
    b"=?utf-8?q?",
    b"?=",
    b'"',
    b"<",
    b">",
    b"@",
    b";",
    b"boundary=",
    b"name*0*=utf-8''%",
    b"multipart/mixed",
    b"(",
    b"\r\n ",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(FIELD_NAMES), st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=12)),
        max_size=8,
    ),
    st.binary(max_size=200),
)
def test_whatever_the_header_says_the_mail_is_read(header, body):
    raw = b"".join(name + b": " + b"".join(pieces) + b"\r\n" for name, pieces in header) + b"\r\n" + body

    assert is_sound(parse(raw))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_bytes_come_they_are_read(raw):
    assert is_sound(parse(raw))


def test_every_field_of_a_mail_is_in_some_mail_of_the_corpus():
    shown = {field for name in corpus.NAMES for field in corpus.expected(name)}

    assert shown == {field.name for field in fields(Mail)}
