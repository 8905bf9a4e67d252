"""The desk's own mail server: takes mail for its mailboxes, and says 250 when the ledger has it for good.

It speaks SMTP, or LMTP with a mail server beside it.

Every other answer leaves the mail with whoever sent it: 550 for addresses that are not ours, 452 and 552 for too much,
451 when the database is locked or the disk is full.
"""

import asyncio
import logging
import queue
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import AnyStr
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from tuki.journal.via import Via
from tuki.mail import actions, queries
from tuki.mail.actions import Arrival
from tuki.mail.addresses import without_tag
from tuki.mail.models import RawMail
from tuki.people.actor import Actor

log = logging.getLogger("tuki.mail")
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's: below that it tells who wrote to whom

LARGEST = 50 * 1024 * 1024
MOST_RECIPIENTS = 100
MOST_CONNECTIONS = 200
MOST_IN_FLIGHT = 200 * 1024 * 1024  # bytes of all mails that are being sent to us or written down
_AT_ONCE = 64 * 1024  # bytes of a connection that are read at once, and that a command may be long
_LAST = b"\r\n.\r\n"
_TOGETHER, _TOGETHER_BYTES = 50, 8 * 1024 * 1024  # mails, and bytes, that share one commit
_ADDRESSES_FOR = 1.0  # seconds that the list of mailboxes is taken for true
_STOPS_WITHIN = 10.0

TRY_LATER = "451 4.3.0 We can't take mail at the moment, please try again later"


class Receiver:
    """Takes mail until stopped.

    listening: a socket that takes connections already; of one on the network the port is told. lmtp: speak LMTP.
    """

    def __init__(self, listening: socket.socket, *, lmtp: bool = False) -> None:
        where = listening.getsockname()
        self.port: int = 0 if isinstance(where, str) else where[1]
        self._listening = listening
        self._speaks = _LocalConversation if lmtp else _Conversation
        self._thread = threading.Thread(target=self._run, name="mail-receiver", daemon=True)
        self._ledger = _Ledger()
        self._hooks = _Hooks(self._ledger)
        self._started: Future[asyncio.AbstractEventLoop] = Future()

    def start(self) -> None:
        """Answer who connects. Raises OSError where the socket is of no use."""
        self._ledger.start()
        self._thread.start()
        self._started.result()

    def stop(self) -> None:
        """Take nothing new, bring into the ledger what was wholly sent, and end."""
        if self._started.done() and not self._started.exception() and self._thread.is_alive():
            self._started.result().call_soon_threadsafe(self._hooks.told_to_stop.set)
            self._thread.join(_STOPS_WITHIN)
        self._ledger.stop()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: self._speaks(self._hooks), sock=self._listening)
        except OSError as error:
            self._started.set_exception(error)
            return
        self._started.set_result(loop)
        await self._hooks.told_to_stop.wait()
        server.close()
        await self._hooks.finished(_STOPS_WITHIN / 2)


class _Conversation(SMTP):
    """One connection. Lines may be as long as a mail: there are programs that put all of their HTML into one."""

    line_length_limit = _AT_ONCE  # of commands: a mail is not read by lines

    def __init__(self, hooks: "_Hooks") -> None:
        super().__init__(
            hooks,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=urlsplit(settings.PUBLIC_URL).hostname or "localhost",
            ident="Tuki",
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.event_handler.conversations.add(self)
        if len(self.event_handler.conversations) > MOST_CONNECTIONS and isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.conversations.discard(self)
        super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the name is aiosmtpd's
        """Take a mail. aiosmtpd's own keeps a list of its lines, which takes forty times the room of short ones."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        coming = _Content(self._reader, self.event_handler)
        try:
            content = await coming.read()
            if content is None:
                await self.push(coming.refusal)
            else:
                self.envelope.original_content = content
                await self.push(await self.event_handler.handle_DATA(self, self.session, self.envelope))
        finally:
            self.event_handler.in_flight -= coming.counted
            self._set_post_data_state()  # type: ignore[no-untyped-call]


class _Content:
    """A mail on its way in. counted: what of it is in the hooks' `in_flight`; refusal: why it was not taken."""

    refusal = ""

    def __init__(self, reader: asyncio.StreamReader, hooks: "_Hooks") -> None:
        self._reader, self._hooks = reader, hooks
        self.counted = 0

    async def read(self) -> bytes | None:
        """What is sent until a line of one dot, with doubled dots undone; None where it is too much.

        Only CRLF, a dot and CRLF end it: who takes less for an end lets strangers hide a second mail in a first.
        What is too much is read to its end all the same, and not kept.
        """
        content, end = bytearray(), -1
        while end < 0:
            chunk = await self._reader.read(_AT_ONCE)
            if not chunk:
                raise ConnectionResetError
            looked_at = max(0, len(content) - len(_LAST) + 1)
            content += chunk
            self._count(len(chunk))
            if not self.refusal and content.startswith(_LAST[2:]):
                end, following = 0, 3
            elif (end := content.find(_LAST, looked_at)) >= 0:
                end, following = end + 2, end + len(_LAST)
            if max(end, len(content) - len(_LAST) if end < 0 else 0) > LARGEST:
                self.refusal = "552 Error: Too much mail data"
            if self.refusal and end < 0:
                self._count(-self.counted)
                del content[: 1 - len(_LAST)]
        # What was sent behind it are commands. The reader has no way of its own to take them back.
        self._reader._buffer[:0] = content[following:]  # type: ignore[attr-defined]
        if self.refusal:
            return None
        del content[end:]
        raw = bytes(content)
        del content
        return raw.replace(b"\r\n.", b"\r\n").removeprefix(b".")

    def _count(self, size: int) -> None:
        self.counted += size
        self._hooks.in_flight += size
        if self._hooks.in_flight > MOST_IN_FLIGHT and not self.refusal:
            self.refusal = "452 4.3.1 Too many mails at once, please try again later"


class _LocalConversation(_Conversation, LMTP):
    """One connection in LMTP: what became of a mail is said once for each of its recipients."""

    _answers = 1

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 1

    async def push(self, status: AnyStr) -> None:
        for _ in range(self._answers):
            await super().push(status)
        if str(status).startswith("354") and self.envelope is not None:
            self._answers = len(self.envelope.rcpt_tos)


class _Hooks:
    """What we say at each step of a conversation."""

    def __init__(self, ledger: "_Ledger") -> None:
        self.conversations: set[_Conversation] = set()
        self.in_flight = 0  # bytes of mails that are not yet in the ledger
        self.told_to_stop = asyncio.Event()
        self._ledger = ledger
        self._being_kept: set[asyncio.Future[RawMail]] = set()
        self._addresses: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="mail-addresses")

    async def handle_MAIL(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.told_to_stop.is_set():
            return "421 4.3.2 We are being restarted, please try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            ours = without_tag(address) in await self._our_addresses()
        except DatabaseError:
            log.exception("the mailboxes could not be read")
            return TRY_LATER
        if not ours:
            return "550 5.1.1 This is no address of ours"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def _our_addresses(self) -> frozenset[str]:
        if time.monotonic() - self._read_at > _ADDRESSES_FOR:
            self._addresses = await asyncio.get_running_loop().run_in_executor(self._reader, _read_addresses)
            self._read_at = time.monotonic()
        return self._addresses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        sender = envelope.mail_from or ""
        # By LMTP another machine brought it to the server that hands it on to us.
        peer = "" if isinstance(server, _LocalConversation) else str((session.peer or [""])[0])
        arrival = Arrival(
            envelope.original_content or b"",
            sender.strip("<>"),
            envelope.rcpt_tos,
            client_ip=peer.partition("%")[0],
            helo=session.host_name or "" if peer else "",
        )
        kept = asyncio.wrap_future(self._ledger.keep(arrival))
        self._being_kept.add(kept)
        kept.add_done_callback(self._being_kept.discard)
        try:
            mail = await asyncio.shield(kept)  # whoever hangs up now does not hinder the ledger
        except (DatabaseError, OSError):
            return TRY_LATER
        return f"250 2.0.0 OK, kept as {mail.pk}"

    async def handle_exception(self, error: Exception) -> str:
        log.error("a conversation with a mail server failed", exc_info=error)
        return TRY_LATER

    async def finished(self, within: float) -> None:
        """Wait for mails that are on their way into the ledger to be answered, then close every connection."""
        if self._being_kept:
            await asyncio.wait(self._being_kept, timeout=within)
        await asyncio.sleep(0.05)  # the answers leave
        for conversation in list(self.conversations):
            if conversation.transport is not None:
                conversation.transport.close()
        self._reader.submit(_hang_up)
        self._reader.shutdown()


def _read_addresses() -> frozenset[str]:
    try:
        return frozenset(queries.our_addresses())
    except DatabaseError:
        connection.close()  # the next question gets a new one
        raise


def _hang_up() -> None:
    connection.close()  # that of the thread which calls this: each has its own


@dataclass
class _Coming:
    arrival: Arrival
    kept: "Future[RawMail]"


class _Ledger:
    """The thread that writes mails down. What has come while it wrote is written together: one commit for all."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Coming | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mail-ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(_STOPS_WITHIN)

    def keep(self, arrival: Arrival) -> "Future[RawMail]":
        coming = _Coming(arrival, Future())
        self._queue.put(coming)
        return coming.kept

    def _run(self) -> None:
        going_on = True
        while going_on:
            first = self._queue.get()
            if first is None:
                break
            together, size = [first], len(first.arrival.raw)
            while len(together) < _TOGETHER and size < _TOGETHER_BYTES:
                try:
                    further = self._queue.get_nowait()
                except queue.Empty:
                    break
                if further is None:
                    going_on = False
                    break
                together.append(further)
                size += len(further.arrival.raw)
            self._write(together)
        connection.close()

    def _write(self, together: list[_Coming]) -> None:
        try:
            mails = actions.receive_together(
                [one.arrival for one in together], by=Actor(None, Via.EMAIL, timezone.now())
            )
        except Exception as error:
            log.exception("%d mails could not be kept", len(together))
            connection.close()
            if len(together) > 1 and not isinstance(error, OperationalError | OSError):
                for one in together:  # one of them may be at fault
                    self._write([one])
                return
            refusal = error if isinstance(error, DatabaseError | OSError) else OSError(str(error))
            for one in together:
                one.kept.set_exception(refusal)
            return
        for one, mail in zip(together, mails, strict=True):
            one.kept.set_result(mail)
