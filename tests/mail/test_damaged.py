"""Damaged and made-up mails: what is said of them can always be stored, shown and trusted, and nothing is lost."""

import random
import re
from collections import Counter
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail import the_corpus as corpus
from tuki.lib.html import clean, has_content
from tuki.mail.parse import Mail, parse
from tuki.mail.reading.bounces import Bounce


def is_sound(mail: Mail) -> bool:
    """Whether everything in it can be stored and shown, and is what it says it is."""
    texts = [value for field in fields(mail) if isinstance(value := getattr(mail, field.name), str)]
    people = [*mail.senders, *mail.to, *mail.cc, *mail.reply_to]
    texts += [part for who in people for part in (who.name, who.address)]
    texts += [part for file in mail.attachments for part in (file.name, file.type, file.cid)]
    texts += [*mail.in_reply_to, *mail.references]
    if mail.bounce:
        texts += [value for field in fields(Bounce) if isinstance(value := getattr(mail.bounce, field.name), str)]
    for text in texts:
        text.encode()  # no half of a letter
        assert "\0" not in text
    assert all(who.address.count("@") == 1 and who.address == who.address.lower() for who in people)
    assert all(len(who.address) <= 254 and not set(who.address) & set(" <>,;") for who in people)
    ids = [mail.message_id, *mail.chain]
    assert all(one == "" or (one[0] == "<" and one[-1] == ">" and not one[1:-1].isspace()) for one in ids)
    assert all(len(one) <= 255 and len(one.split()) <= 1 for one in ids)
    assert all(isinstance(file.content, bytes) for file in mail.attachments)
    assert all(file.name and "/" not in file.name and "\\" not in file.name for file in mail.attachments)
    assert all("\n" not in one for one in (mail.subject, *(who.name for who in people)))
    written = Counter(lines(mail.reply_text)) + Counter(lines(mail.quoted_text))
    assert written == Counter(lines(mail.text))
    return bool(mail.identity)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A mail with some of its bytes or lines cut, doubled, swapped or made up."""
    lines = raw.splitlines(keepends=True)
    for _ in range(chance.randint(1, 6)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        way = chance.randrange(8)
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
        elif way == 6:
            lines[at:at] = lines[min(at, other) : max(at, other)][:20]
        else:
            lines = lines[: max(1, at)]
    return b"".join(lines)


@pytest.mark.parametrize("name", corpus.NAMES)
def test_no_damage_makes_the_reader_raise_or_say_what_cannot_be(name, caplog):
    chance = random.Random(name)
    for _ in range(2):
        raw = damaged(corpus.raw(name), chance)
        assert is_sound(parse(raw)), raw
    assert not caplog.records  # nothing was caught on the way either


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100))
def test_ten_thousand_damages(seed, caplog):
    chance = random.Random(seed)
    for _ in range(100):
        raw = damaged(corpus.raw(chance.choice(corpus.NAMES)), chance)
        mail = parse(raw)
        assert is_sound(mail), raw
        assert mail == parse(raw)
    assert not caplog.records


@pytest.mark.parametrize("name", corpus.NAMES)
def test_a_mail_of_the_corpus_is_sound_and_read_the_same_again(name):
    assert is_sound(parse(corpus.raw(name)))
    assert parse(corpus.raw(name)) == parse(corpus.raw(name))


FIELD_NAMES = (
    b"From To Cc Reply-To Subject Date Message-ID In-Reply-To References Content-Type Content-Disposition".split()
)
FIELD_NAMES += b"Content-Transfer-Encoding Auto-Submitted Return-Path X-Failed-Recipients".split()
PIECES = [
    *(b"=?utf-8?q?", b"?=", b"=?big5?B?pKQ=?=", b'"', b"<", b">", b"@", b";", b",", b":", b"(", b"\\", b"\r\n "),
    *(b"a@b.example", b"<1@b.example>", b"boundary=", b"boundary=b", b"name*0*=utf-8''%", b"charset=utf-7"),
    *(b"multipart/mixed", b"multipart/report", b"application/ms-tnef", b"base64", b"quoted-printable", b"attachment"),
]
HEADERS = st.lists(
    st.tuples(st.sampled_from(FIELD_NAMES), st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=12)),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(HEADERS, st.binary(max_size=200))
def test_whatever_the_header_says_the_mail_is_read(header, body):
    raw = b"".join(name + b": " + b"".join(pieces) + b"\r\n" for name, pieces in header) + b"\r\n" + body

    assert is_sound(parse(raw))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_bytes_come_they_are_read(raw):
    assert is_sound(parse(raw))


LINES = [
    *("Hello", "", " ", "> quoted", ">> twice", ">From here", "On 1.1.2026 10:15 Ada <ada@acme.example> wrote:"),
    *("Lähettäjä: Tuki <support@desk.example>", "Lähetetty: 1.1.2026", "Aihe: Laskut", "-----Original Message-----"),
    *("Begin forwarded message:", "________________________________", "-- ", "Sent from my iPhone", "begin 644 a.txt"),
    *("#0V%T", "`", "end", "From: a", "Subject: b", "see below"),
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=14), st.booleans(), st.sampled_from(["Re: x", "x", "Fwd: x"]))
def test_between_reply_and_quote_no_line_is_lost(said, answers, subject):
    head = "From: Ada <ada@acme.example>\r\nTo: support@desk.example\r\nContent-Type: text/plain; charset=utf-8\r\n"
    head += f"Subject: {subject}\r\n" + "In-Reply-To: <1@desk.example>\r\n" * answers
    mail = parse((head + "\r\n" + "\r\n".join(said)).encode())

    assert is_sound(mail)
    assert not lines(mail.text) or lines(mail.reply_text)  # nobody writes a quote and nothing else


OPENINGS = [
    *(
        "<div>",
        "<p>",
        "<blockquote>",
        "<blockquote type=cite>",
        '<div class="gmail_quote">',
        "<table><tr><td>",
        "<b>",
        "<ul><li>",
    ),
    *(
        '<div class="yahoo_quoted">',
        '<div id="divRplyFwdMsg">',
        '<div id="appendonsend">',
        "<pre>",
        "<center>",
        "<a href=x>",
    ),
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">',
]
CLOSINGS = [
    "</div>",
    "</p>",
    "</blockquote>",
    "</table>",
    "</b>",
    "</ul>",
    "</pre>",
    "<br>",
    "<hr>",
    "</td>",
    "</body>",
    "</html>",
]
SAID = [
    "On 1.1.2026 Ada &lt;support@desk.example&gt; wrote:",
    "From: support@desk.example<br>Sent: 1.1.2026<br>Subject: x<br>",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(OPENINGS + CLOSINGS + SAID + ["w"] * 12), max_size=25))
def test_between_reply_and_quote_in_html_no_word_is_lost(pieces):
    html = "".join(f" word{at}word " if piece == "w" else piece for at, piece in enumerate(pieces))
    head = "From: ada@acme.example\r\nTo: support@desk.example\r\nSubject: Re: x\r\nIn-Reply-To: <1@desk.example>\r\n"
    mail = parse((head + "Content-Type: text/html\r\n\r\n" + html).encode())

    shown = [clean(mail.reply_html), clean(mail.quoted_html)]
    for at, piece in enumerate(pieces):
        if piece == "w":
            assert [f"word{at}word" in part for part in shown].count(True) == 1
    assert not re.search("word", html) or "word" in shown[0] or has_content(shown[0])


TYPES = [
    *("text/plain", "text/html", "text/plain; charset=klingon", "text/calendar", "application/pdf; name=a.pdf"),
    *("message/rfc822", "image/png", "text/plain; name=b.txt", "nonsense", "application/octet-stream", ""),
]
ENCODINGS = ["", "7bit", "8bit", "quoted-printable", "binary", "x-unknown"]
LEAVES = st.tuples(st.just("leaf"), st.sampled_from(TYPES), st.sampled_from(ENCODINGS))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(
        st.just("parts"), st.sampled_from(["mixed", "alternative", "related", "signed"]), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def built(tree, words: list[str], boundaries: list[int]) -> str:
    """A mail's part of this shape, in each leaf a word of its own, which is noted."""
    if tree[0] == "leaf":
        words.append(f"word{len(words)}word")
        head = (f"Content-Type: {tree[1]}\r\n" if tree[1] else "") + (
            f"Content-Transfer-Encoding: {tree[2]}\r\n" if tree[2] else ""
        )
        return f"{head}\r\n{words[-1]}\r\n"
    boundaries.append(len(boundaries))
    boundary = f"b{len(boundaries)}x"
    parts = "".join(f"--{boundary}\r\n{built(part, words, boundaries)}" for part in tree[2])
    return f"Content-Type: multipart/{tree[1]}; boundary={boundary}\r\n\r\n{parts}--{boundary}--\r\n"


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_whatever_its_shape_every_part_of_a_mail_is_read_or_kept(tree):
    words: list[str] = []
    mail = parse(("From: Ada <ada@acme.example>\r\n" + built(tree, words, [])).encode())

    assert is_sound(mail)
    said = mail.text + mail.html + "".join(file.content.decode("latin-1") for file in mail.attachments)
    assert [word for word in words if word not in said] == []
