"""Handing mails to the mail server that is set, over a connection that is kept for the next one."""

import logging
import smtplib
import ssl
import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from tuki.mail.addresses import on_the_wire

if TYPE_CHECKING:
    from tuki.config.environment import Smtp

log = logging.getLogger("tuki.mail")

_ANSWERS_WITHIN = 30  # seconds; to the end of a mail servers may take longer, since they look into it
_TAKES_WITHIN = 300
_GREETS_WITHIN = 5
_MAILS_A_CONNECTION = 100
_IDLE = 30.0
_REST_AFTER_FAILURE = 15.0  # no try while the server was found dead this recently: each may last half a minute
# Said of us and not of this mail: a name or password that is wrong, or missing.
_ABOUT_US = {530, 534, 535, 538, 454}


class Verdict(Enum):
    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True)
class Answer:
    """What the server said. unreachable: it said nothing, or nothing about this mail."""

    verdict: Verdict
    words: str
    unreachable: bool = False


class _Line(threading.local):
    """This thread's connection."""

    smtp: smtplib.SMTP | None = None
    mails: int = 0
    used_at: float = 0.0


_line = _Line()


@dataclass
class _Server:
    dead_until: float = 0.0
    words: str = ""


_server = _Server()


def hand_over(sender: str, recipient: str, content: bytes) -> Answer:
    """Give one mail to the server. Whatever happens on the way is an answer; nothing is raised."""
    if time.monotonic() < _server.dead_until:
        return Answer(Verdict.LATER, _server.words, unreachable=True)
    kept = _line.smtp is not None
    try:
        smtp = _connection()
    except (OSError, smtplib.SMTPException) as error:
        hang_up()
        _server.dead_until, _server.words = time.monotonic() + _REST_AFTER_FAILURE, _said(error)
        return Answer(Verdict.LATER, _said(error), unreachable=True)
    try:
        return _speak(smtp, on_the_wire(sender), on_the_wire(recipient), content)
    except UnicodeError as error:
        hang_up()  # within a command
        return Answer(Verdict.NEVER, f"the mail server can't be told such an address: {error}")
    except (OSError, smtplib.SMTPException) as error:
        hang_up()
        if kept and isinstance(error, _Stale):
            return hand_over(sender, recipient, content)  # once: the connection is a new one then
        return Answer(Verdict.LATER, _said(error), unreachable=True)


class _Stale(smtplib.SMTPServerDisconnected):
    """A kept connection was found closed before the mail was begun."""


def _connection() -> smtplib.SMTP:
    """The kept connection while it is fresh, else a new one."""
    if _line.smtp is not None and _line.mails < _MAILS_A_CONNECTION and time.monotonic() - _line.used_at < _IDLE:
        return _line.smtp
    hang_up()
    server = settings.SMTP
    if server is None:
        raise ConnectionRefusedError("no mail server is set")
    _line.smtp = smtp = _dial(server, _ANSWERS_WITHIN)  # from here on hang_up() closes it
    _sign_in(smtp, server)
    return smtp


def _dial(server: "Smtp", within: float) -> smtplib.SMTP:
    """A new connection on which hello was said, and nothing more."""
    name = urlsplit(settings.PUBLIC_URL).hostname or "localhost"  # else smtplib asks the network who we are
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, name, timeout=within, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=within)
    try:
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _sign_in(smtp: smtplib.SMTP, server: "Smtp") -> None:
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
    if server.user:
        smtp.login(server.user, server.password)


@dataclass(frozen=True)
class Greeting:
    """How a server received us, when nothing was to be sent."""

    answered: bool
    words: str
    encrypted: bool = False
    offers_starttls: bool = False


def greet(server: "Smtp") -> Greeting:
    """Say hello, sign in as for a mail, and leave."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _dial(server, _GREETS_WITHIN)
        offers = smtp.has_extn("starttls")
        _sign_in(smtp, server)
        code, words = smtp.noop()
        return Greeting(code == 250, f"{code} {words.decode('utf-8', 'replace')}", bool(server.security), offers)
    except (OSError, smtplib.SMTPException) as error:
        return Greeting(False, _said(error))
    finally:
        if smtp is not None:
            smtp.close()


def hang_up() -> None:
    """End this thread's connection, if it has one."""
    smtp, _line.smtp, _line.mails = _line.smtp, None, 0
    if smtp is not None:
        smtp.close()


def _speak(smtp: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> Answer:
    fresh = _line.mails == 0
    _line.mails += 1
    _line.used_at = time.monotonic()
    options = []
    if smtp.has_extn("size"):
        options.append(f"size={len(content)}")
    if not (sender.isascii() and recipient.isascii()):
        if not smtp.has_extn("smtputf8"):
            return Answer(Verdict.NEVER, "the mail server can't write to addresses with such letters")
        options.append("SMTPUTF8")
        smtp.command_encoding = "utf-8"
    try:
        code, words = smtp.mail(sender, options)
    except smtplib.SMTPServerDisconnected as error:
        if fresh:
            raise
        raise _Stale(str(error)) from error
    finally:
        smtp.command_encoding = "ascii"
    of_domain = code == 250  # what is said from now on is about the recipient
    if of_domain:
        smtp.command_encoding = "utf-8"
        code, words = smtp.rcpt(recipient)
        smtp.command_encoding = "ascii"
    if code in {250, 251}:
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(_TAKES_WITHIN)
            code, words = smtp.data(content)
        except smtplib.SMTPDataError as error:
            code, words = error.smtp_code, _bytes(error.smtp_error)
        finally:
            if smtp.sock is not None:
                smtp.sock.settimeout(_ANSWERS_WITHIN)
    answer = _answer(code, words, of_domain)
    if code == 421:
        hang_up()
    elif answer.verdict != Verdict.TAKEN:
        smtp.rset()
    return answer


def _answer(code: int, words: bytes, of_domain: bool) -> Answer:
    said = f"{code} {words.decode('utf-8', 'replace')}"
    if 200 <= code < 300:
        return Answer(Verdict.TAKEN, said)
    if code in _ABOUT_US or (code == 421 and not of_domain):
        return Answer(Verdict.LATER, said, unreachable=True)
    return Answer(Verdict.NEVER if 500 <= code < 600 else Verdict.LATER, said)


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_bytes(error.smtp_error).decode('utf-8', 'replace')}"
    return f"{type(error).__name__}: {error}"
