"""Mail that nobody writes, made to hang whoever reads it. `python -m bench.parsing` says how long each takes."""

import subprocess
import sys
import time

import pytest

from bench.absurd import MAILS, SIGNED
from tuki.doors.email.forwards import forwarded
from tuki.lib.html import clean, to_text
from tuki.mail.parse import Mail, parse
from tuki.mail.reading.secured import signed_content

# Reads each mail named, of so many bytes, and cleans what is shown of it.
READ = """
import sys
from bench.absurd import MAILS
from tuki.lib.html import clean
from tuki.mail.parse import parse
for name in sys.argv[2:]:
    mail = parse(MAILS[name](int(sys.argv[1])))
    clean(mail.reply_html), clean(mail.quoted_html)
    print(name)
"""


def read_in_time(names: list[str], size: int, seconds: float) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(size), *names],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
        env={"PYTHONPATH": "src:."},
    )
    return done.stdout.splitlines()


def test_a_little_of_anything_is_read_at_once():
    # Two seconds for all of them; what grows with the square takes minutes.
    assert read_in_time(list(MAILS), 300_000, seconds=60) == list(MAILS)


@pytest.mark.full
@pytest.mark.parametrize("name", MAILS)
def test_the_worst_mail_holds_nobody_up(name):
    assert read_in_time([name], 25_000_000, seconds=20) == [name]


HTML = {
    "tags that nest without end": "<div>" * 400_000,
    "tags that overlap": "".join(f"<b id={number}><p>" for number in range(50_000)),
    "attributes": "<p " + " ".join(f"a{number}" for number in range(200_000)) + ">",
    "attributes with brackets in them": "<p " + " ".join(f'a{number}=">"' for number in range(150_000)) + ">",
    "references": "&amp;" * 400_000,
    "ends of what never began": "<i>" * 50_000 + "</b>" * 200_000,
}


TEXTS = {
    "blanks without an end": "<pre>" + " " * 400_000 + "x</pre>",
    "blanks in many elements": "<b> </b>" * 150_000,
    "empty paragraphs below a long one": "x" * 700_000 + "<p></p>" * 90_000,
    "empty links below a long text": "x" * 700_000 + '<a href="http://y"></a>' * 30_000,
}


@pytest.mark.parametrize("html", TEXTS.values(), ids=TEXTS)
def test_absurd_html_becomes_text_in_time(html):
    began = time.process_time()

    assert to_text(html + "<p>the words</p>").endswith("the words")
    assert time.process_time() - began < 5


def test_however_a_signature_is_nested_its_pieces_are_counted_in_all():
    inside = b"\x04\x01A"
    for width in (95, 95, 95, 2):
        inside = b"\x24\x80" + inside * width + b"\0\0"
    began = time.process_time()

    assert signed_content(SIGNED[:-2] + inside + b"\0\0" * 20) == b""
    assert time.process_time() - began < 1.5


def test_a_signature_in_many_pieces_is_read():
    pieces = b"\x04\x82\x03\xe8" + b"A" * 1000

    assert signed_content(SIGNED + pieces * 25_000 + b"\0\0" * 20) == b"A" * 25_000_000


FORWARDED = "-----\nFrom: ada@acme.example\nDate: today\nSubject: x\n\nthe words"
FORWARDS = {
    "senders without a mail": "> From: ada@acme.example\nx\n\n" * 130 + "> x\n" * 300_000,
    "a rule that goes on": "-" * 300 + " " * 1_000_000 + "x\n" + FORWARDED.partition("\n")[2],
    "blanks above": " " * 1_400_000 + "x\n" + FORWARDED.partition("\n")[2],
}


@pytest.mark.parametrize("text", FORWARDS.values(), ids=FORWARDS)
def test_an_absurd_forward_is_read_in_time(text):
    began = time.process_time()

    forwarded(Mail(subject="Fwd: x", text=text))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("html", HTML.values(), ids=HTML)
def test_absurd_html_is_cleaned_and_its_words_stay(html):
    assert "the words" in clean(html + "the words")


def test_html_that_people_write_is_cleaned_as_it_is():
    table = "<table>" + "<tr><td>1</td><td><b>2</b> &amp; 3</td></tr>" * 3000 + "</table>"

    assert clean(table).count("<b>2</b> &amp; 3") == 3000


def test_a_mail_too_long_to_show_is_a_file_and_its_beginning():
    mail = parse(b"From: ada@acme.example\r\n\r\n" + b"a line of a log\n" * 500_000)

    assert mail.text.startswith("a line of a log\n")
    assert [len(file.content) for file in mail.attachments] == [8_000_000]
