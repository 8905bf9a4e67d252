"""A conversation with a mail server that holds mail for us. It knows neither rows nor why anybody asks.

imap-tools does the talking. Where it does too much (it expunges what others have deleted whenever it sets a flag) or
hides a mail's own bytes, we ask by its client.
"""

import imaplib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import ngettext
from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, U
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError
from imap_tools.utils import encode_folder

from tuki.mail.fetching import oauth
from tuki.mail.fetching.account import Account
from tuki.mail.fetching.sealed import Unreadable
from tuki.mail.models import Security, SignIn, Source, Trouble

PATIENCE = 60.0  # seconds for each answer of a server
_TRIAL = 9.5  # seconds for a try in all
_LOOKS_UP = 1.0  # seconds between looks at whether somebody wants us, while we wait for news


class Failed(Exception):
    """It did not work. trouble: of which kind; words: the server's own."""

    def __init__(self, trouble: Trouble, words: object = "") -> None:
        super().__init__(trouble, str(words))
        self.trouble, self.words = trouble, " ".join(str(words).replace("\0", "").split())[:500]

    def __str__(self) -> str:
        return f"{self.trouble}: {self.words}"


@dataclass(frozen=True)
class Listed:
    """A mail as the server's list has it."""

    uid: int
    size: int
    arrived_at: datetime


class Server:
    """A server that let us in. Everything it does raises Failed."""

    def __init__(self, box: BaseMailBox, new_secret: str = "") -> None:
        self._box = box
        self._client = box.client
        self.new_secret = new_secret  # a refresh token that took the place of the one we came with
        with _failures(Trouble.SERVER):
            # After signing in servers offer more than before.
            answer = self._ok(self._client.capability())
        self._client.capabilities = tuple(_text(answer[-1]).upper().split())

    def open(self, folder: str) -> int:
        """Make a folder the one that is spoken of. Its UIDVALIDITY; also to be called anew, since that may change."""
        with _failures(Trouble.SERVER):
            try:
                self._box.folder.set(folder)
            except MailboxFolderSelectError as error:
                raise Failed(Trouble.FOLDER, _said(error)) from error
            validity = self._client.response("UIDVALIDITY")[1]
            if not validity or validity[0] is None:
                raise Failed(Trouble.SERVER, "no UIDVALIDITY")
            return int(validity[0])

    def uids_after(self, last: int) -> list[int]:
        """The UIDs above one, in their order."""
        with _failures(Trouble.SERVER):
            found = self._box.uids(AND(uid=U(str(last + 1), "*")), None)
        return sorted({uid for text in found if (uid := int(text)) > last})  # "9:*" means the last one at least

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        """What the server's list says of these mails; of those that are gone by now it says nothing."""
        with _failures(Trouble.SERVER):
            answer = self._ok(self._client.uid("FETCH", _joined(uids), "(UID RFC822.SIZE INTERNALDATE)"))
        found: dict[int, Listed] = {}
        for line in answer:
            text = line if isinstance(line, bytes) else b" ".join(line) if line else b""
            uid, size = _number(rb"\bUID (\d+)", text), _number(rb"\bRFC822\.SIZE (\d+)", text)
            if uid is not None and size is not None:
                found[uid] = Listed(uid, size, _moment(text))
        return [found[uid] for uid in uids if uid in found]

    def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Mails byte for byte, by UID; to the server they stay unread. Those that are gone by now are not there."""
        return self._bytes(uids, "BODY.PEEK[]")

    def header(self, uid: int) -> bytes:
        """A mail's header alone."""
        return self._bytes([uid], "BODY.PEEK[HEADER]").get(uid, b"")

    def _bytes(self, uids: Sequence[int], part: str) -> dict[int, bytes]:
        if not uids:
            return {}
        with _failures(Trouble.SERVER):
            answer = self._ok(self._client.uid("FETCH", _joined(uids), f"(UID {part})"))
        found: dict[int, bytes] = {}
        for number, item in enumerate(answer):
            if not isinstance(item, tuple):
                continue  # news of flags, which a server may mix in
            after = answer[number + 1] if number + 1 < len(answer) else b""
            said = item[0] + (after if isinstance(after, bytes) else b"")  # the UID may stand on either side
            uid = _number(rb"\bUID (\d+)", said)
            if uid is not None:
                found[uid] = item[1]
        return {uid: found[uid] for uid in uids if uid in found}

    def mark(self, uids: Sequence[int]) -> None:
        """Say that somebody has read these mails."""
        with _failures(Trouble.AFTERWARDS):
            self._ok(self._client.uid("STORE", _joined(uids), "+FLAGS.SILENT", r"(\Seen)"))

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to another folder, which is made where there is none. Mails that are gone are no matter."""
        with _failures(Trouble.AFTERWARDS):
            command = "MOVE" if "MOVE" in self._client.capabilities else "COPY"
            answer = self._client.uid(command, _joined(uids), encode_folder(folder).decode())
            if answer[0] != "OK" and not self._box.folder.exists(folder):
                self._box.folder.create(folder)
                answer = self._client.uid(command, _joined(uids), encode_folder(folder).decode())
            self._ok(answer)
            if command == "COPY":
                self._ok(self._client.uid("STORE", _joined(uids), "+FLAGS.SILENT", r"(\Deleted)"))
                if "UIDPLUS" in self._client.capabilities:
                    # Never the plain one: it would remove what others have only marked.
                    self._ok(self._client.uid("EXPUNGE", _joined(uids)))

    def wait(self, seconds: float, woken: threading.Event) -> None:
        """Until the folder changes or somebody wants us; at most so long."""
        if "IDLE" not in self._client.capabilities:
            woken.wait(seconds)
            return
        until = time.monotonic() + seconds
        with _failures(Trouble.LOST):
            self._box.idle.start()  # type: ignore[no-untyped-call]
            while not woken.is_set() and (left := until - time.monotonic()) > 0 and not self._has_spoken():
                began, at_most = time.monotonic(), min(left, _LOOKS_UP)
                if self._box.idle.poll(at_most) or time.monotonic() - began < at_most / 2:
                    break  # news, or nobody there any more
            self._box.idle.stop()  # type: ignore[no-untyped-call]

    def _has_spoken(self) -> bool:
        """Whether words of the server's are here already, where looking at its socket would not show them."""
        waits = self._client.sock.gettimeout()
        self._client.sock.settimeout(0)
        try:
            return bool(self._client.file.peek(1))  # type: ignore[union-attr]
        except OSError:
            return False
        finally:
            self._client.sock.settimeout(waits)

    def count(self) -> int:
        """How many mails lie in the folder that is open."""
        return int(_text((self._client.untagged_responses.get("EXISTS") or [b"0"])[-1]))

    def _ok(self, answer: tuple[str, list[Any]]) -> list[Any]:
        if answer[0] != "OK":
            raise Failed(Trouble.SERVER, " ".join(_text(line) for line in answer[1] if line))
        return answer[1]


@contextmanager
def signed_in(account: Account, patience: float = PATIENCE) -> Iterator[Server]:
    """A server, from signing in until signing out. Raises Failed."""
    with _failures(Trouble.CLOSED):
        box = _connected(account, patience)
    try:
        new_secret = _sign_in(box, account, patience)
        yield Server(box, new_secret)
    finally:
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            box.client.sock.settimeout(2)
            box.logout()
        with suppress(OSError):
            box.client.shutdown()


def _connected(account: Account, patience: float) -> BaseMailBox:
    context = ssl.create_default_context()
    if account.security == Security.TLS:
        return MailBox(account.host, account.port, timeout=patience, ssl_context=context)
    if account.security == Security.STARTTLS:
        return MailBoxStartTls(account.host, account.port, timeout=patience, ssl_context=context)
    return MailBoxUnencrypted(account.host, account.port, timeout=patience)


def _sign_in(box: BaseMailBox, account: Account, patience: float) -> str:
    """Sign in. The refresh token that is to be used from now on, where it is another."""
    with _failures(Trouble.SIGN_IN):
        if account.sign_in == SignIn.XOAUTH2:
            try:
                token = oauth.token_for(account, patience)
            except oauth.NotGiven as error:
                raise Failed(Trouble.TOKEN, error) from error
            box.xoauth2(account.user, token.access, None)
            return token.refresh if token.refresh != account.secret else ""
        if account.user.isascii() and account.secret.isascii():
            box.login(account.user, account.secret, None)
        else:
            box.login_utf8(account.user, account.secret, None)
        return ""


@contextmanager
def _failures(otherwise: Trouble) -> Iterator[None]:
    """Whatever goes wrong between two machines, as Failed. otherwise: what a server's plain no means here."""
    connecting = otherwise == Trouble.CLOSED
    try:
        yield
    except Failed as failed:
        if failed.trouble != Trouble.SERVER:
            raise
        raise Failed(otherwise, failed.words) from failed
    except ssl.SSLCertVerificationError as error:
        raise Failed(Trouble.TLS, error.verify_message) from error
    except socket.gaierror as error:
        raise Failed(Trouble.NO_HOST, error.strerror) from error
    except TimeoutError as error:
        raise Failed(Trouble.SILENT) from error
    except imaplib.IMAP4.abort as error:
        raise Failed(_before_greeting(error) if connecting else Trouble.LOST, error) from error
    except ssl.SSLError as error:
        raise Failed(Trouble.TLS if connecting else Trouble.LOST, error.reason or error) from error
    except OSError as error:
        raise Failed(Trouble.CLOSED if connecting else Trouble.LOST, error.strerror) from error
    except UnicodeError as error:
        raise Failed(Trouble.NO_HOST if connecting else otherwise, error) from error  # a name nobody can have
    except imaplib.IMAP4.error as error:
        raise Failed(Trouble.NO_IMAP if connecting else otherwise, _said(error)) from error
    except (ImapToolsError, ValueError) as error:
        raise Failed(Trouble.TLS if connecting else otherwise, _said(error)) from error


def _before_greeting(error: imaplib.IMAP4.abort) -> Trouble:
    """What is wrong where a conversation ends before anybody was greeted."""
    return Trouble.TLS if "TLS not supported" in str(error) else Trouble.NO_IMAP


def tried(source: Source) -> tuple[str, str]:
    """What goes wrong there, as a kind of trouble and words; or no trouble, and how many mails there are."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="mail-trial")  # nothing else ends a question for a host's address
    try:
        count = pool.submit(_try, source).result(_TRIAL)
    except TimeoutError:
        return Trouble.SILENT, ""
    except Unreadable:
        return Trouble.SECRET, ""
    except Failed as failed:
        return failed.trouble, failed.words
    finally:
        pool.shutdown(wait=False)
    return "", ngettext("%(count)d mail lies there.", "%(count)d mails lie there.", count) % {"count": count}


def _try(source: Source) -> int:
    with signed_in(Account.of(source), _TRIAL) as server:
        server.open(source.folder)
        return server.count()


def _said(error: BaseException) -> str:
    """The words of a server, out of an error that quotes them in Python's way."""
    data = getattr(error, "command_result", None)
    if isinstance(data, tuple) and len(data) > 1 and isinstance(data[1], list):
        return " ".join(_text(line) for line in data[1] if line)
    said = error.args[0] if error.args else ""
    return _text(said)


def _text(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _joined(uids: Sequence[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _number(pattern: bytes, text: bytes) -> int | None:
    found = re.search(pattern, text)
    return int(found[1]) if found else None


def _moment(text: bytes) -> datetime:
    """When the server took a mail; now, where it does not say."""
    local = imaplib.Internaldate2tuple(text)
    return datetime.fromtimestamp(time.mktime(local), UTC) if local else datetime.now(UTC)
