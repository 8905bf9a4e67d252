"""`python -m bench.parsing`: how fast mails are read, and how long the worst that could be thought of takes.

The rate is over the corpus of the tests, beside Python's own parser doing as much as that one can. Worst cases are
processor time, for a mail of 25 MB each; then, of those that are shown, cleaning their HTML.
"""

import email
import email.policy
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import TypeVar

import click

from bench.absurd import MAILS, SIZE
from tests.mail import the_corpus
from tuki.lib.html import clean
from tuki.mail.parse import parse

T = TypeVar("T")
_ROUNDS = 5


@click.command()
@click.option("--only", default="", help="Absurd mails whose name holds this.")
def main(only: str) -> None:
    """Print both tables."""
    if not only:
        _rates()
    print(f"\n| {'a mail of 25 MB':45} | parse, s | clean, s |\n|{'-' * 47}|----------|----------|")
    worst = 0.0
    for name, made in MAILS.items():
        if only in name:
            raw = made(SIZE)
            mail, parsing = _timed(lambda raw=raw: parse(raw))  # type: ignore[misc]
            _html, cleaning = _timed(lambda mail=mail: clean(mail.reply_html) + clean(mail.quoted_html))  # type: ignore[misc]
            worst = max(worst, parsing)
            print(f"| {name:45} | {parsing:8.2f} | {cleaning:8.2f} |")
    print(f"\nworst: {worst:.2f} s")


def _rates() -> None:
    mails = [the_corpus.raw(name) for name in the_corpus.NAMES]
    print(f"{len(mails)} mails of the corpus, {sum(map(len, mails)) // 1000} kB; mails a second of processor time")
    readers: dict[str, Callable[[bytes], object]] = {"parse": parse, "Python's email package": _by_the_standard_library}
    for name, read in readers.items():
        best = min(_timed(lambda read=read: [_tried(read, raw) for raw in mails])[1] for _ in range(_ROUNDS))  # type: ignore[misc]
        failed = sum(not _tried(read, raw) for raw in mails)
        print(f"  {name:24} {len(mails) / best:8,.0f}/s   raised on {failed}")


def _by_the_standard_library(raw: bytes) -> object:
    """People, subject, date, bodies and files: no quotes, no bounces, no cleaning."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    said = [mail[name] and str(mail[name]) for name in ("from", "to", "cc", "subject", "date", "message-id")]
    body = mail.get_body()
    files = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return said, body.get_content() if body else "", files


def _tried(read: Callable[[bytes], object], raw: bytes) -> bool:
    try:
        read(raw)
    except Exception:  # noqa: BLE001 - that is what is counted
        return False
    return True


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    result = act()
    return result, time.process_time() - begun


if __name__ == "__main__":
    main()
