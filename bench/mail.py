"""Mail in, by SMTP: how fast it is kept for good, and how fast it becomes tickets; and the server that takes what goes
out."""

import asyncio
import threading
import time
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import uvloop
from django.utils import timezone

from bench.desk import Cast
from bench.node import Node
from bench.writing import backlog
from tuki.mail.models import Outcome, RawMail
from tuki.people.models import Person
from tuki.tickets.models import Ticket

CONNECTIONS = 4
SETTLED_WITHIN = 60.0  # seconds
_TEXT = (
    "Hello,\n\nthe batch was scanned this morning and the invoices do not appear in the circulation. We tried it with "
    "two users and another browser, with the same result.\n\nBest regards\nAino Laine\n\n"
    "On Mon, 16 Nov 2026 at 10:12, Festum Customer Support wrote:\n> Could you send us the log of the service?\n"
)


class Sink:
    """The mail server that takes what the desk sends, and forgets it."""

    def __init__(self) -> None:
        self.port = 0
        self.taken = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: uvloop.run(self._serve()), daemon=True, name="sink").start()
        self._ready.wait()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250 SMTPUTF8\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.taken += 1
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                break
            else:
                writer.write(b"250 yes\r\n")
        writer.close()


def mail_in(node: Node, cast: Cast, mails: int) -> dict[str, Any]:
    """So many mails over four connections: two thirds begin a ticket, one third answers one."""
    written = mails_of(cast, mails)
    last = RawMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    before = node.cpu()
    began = time.monotonic()
    times = uvloop.run(_deliver(node.smtp_port, written))
    accepted = time.monotonic() - began
    came = RawMail.objects.filter(pk__gt=last)
    while came.filter(outcome=Outcome.WAITING).exists() and time.monotonic() - began < SETTLED_WITHIN:
        time.sleep(0.05)
    settled = time.monotonic() - began
    became = came.filter(outcome__in=[Outcome.TICKET, Outcome.REPLY]).count()
    while backlog() and time.monotonic() - began < 2 * SETTLED_WITHIN:
        time.sleep(0.1)
    return {
        "mails": mails,
        "accepted_rate": round(mails / accepted, 1),
        "accepted_p99_ms": round(1000 * sorted(times)[int(0.99 * len(times))], 1),
        "ticket_rate": round(became / settled, 1),
        "became": became,
        "cpu_ms": round(1000 * (node.cpu() - before) / mails, 2),  # with the mails that go out for them
        "answered_after_s": round(time.monotonic() - began, 1),
    }


def mails_of(cast: Cast, mails: int) -> list[tuple[str, bytes]]:
    people = dict(Person.objects.filter(pk__in=cast.customers).values_list("pk", "email"))
    tickets = list(Ticket.objects.order_by("-pk").values_list("number", "requester_id", "subject")[:mails])
    found = []
    for place in range(mails):
        number, requester, subject = tickets[place]
        if place % 3:
            requester, subject = cast.customers[place % len(cast.customers)], f"The queue stands still {place}"
        else:
            subject = f"Re: [Festum #{number}] {subject}"
        found.append((people[requester], new_mail(people[requester], subject)))
    return found


def new_mail(sender: str, subject: str) -> bytes:
    """A mail as a customer writes one: text and HTML, with what was said before."""
    message = EmailMessage()
    message["From"] = f"Somebody <{sender}>"
    message["To"] = "support@festum.example"
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="bench.example")
    message["Date"] = format_datetime(timezone.now())
    message.set_content(_TEXT)
    message.add_alternative(
        "<html><body>" + "".join(f"<p>{line}</p>" for line in _TEXT.split("\n\n")) + "</body></html>", subtype="html"
    )
    return message.as_bytes().replace(b"\n", b"\r\n")


async def _deliver(port: int, mails: list[tuple[str, bytes]]) -> list[float]:
    """Seconds that each took, from MAIL to the word that it is kept."""
    left, times = iter(mails), []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def said(line: bytes, code: bytes) -> None:
            writer.write(line)
            while (answer := await reader.readline())[3:4] == b"-":
                pass
            if not answer.startswith(code):
                raise RuntimeError(f"{line[:60]!r} was answered by {answer!r}")

        await said(b"", b"220")
        await said(b"EHLO bench\r\n", b"250")
        for sender, raw in left:
            began = time.perf_counter()
            await said(f"MAIL FROM:<{sender}>\r\n".encode(), b"250")
            await said(b"RCPT TO:<support@festum.example>\r\n", b"250")
            await said(b"DATA\r\n", b"354")
            await said(raw + b"\r\n.\r\n", b"250")
            times.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return times
