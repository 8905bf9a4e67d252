"""`python -m bench.soak`: pages, live updates, mail and the worker together for a while, counting what must not happen.

On a fresh SQLite, or on the empty database that TUKI_DATABASE_URL names. Ends with 1 where something was lost or has
failed; stalls and locks are told, for a person to judge.
"""

import asyncio
import http.client
import json
import os
import random
import smtplib
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click
import uvloop

if TYPE_CHECKING:
    from bench.desk import Cast
    from bench.node import Node
    from bench.visitors import Visitor

STALL = 1.0  # seconds that nobody should wait
STREAMS = 40
SETTLED_WITHIN = 120.0  # seconds
# How often in a second, all visitors of a kind together. About a third of what two cores can do.
PACE = {"agents read": 8.0, "customers read": 4.0, "create": 1.0, "reply": 1.0, "agents answer": 1.0, "mail": 1.0}


@click.command()
@click.option("--seconds", default=600.0, show_default=True)
@click.option("--tickets", default=6000, show_default=True, help="That the desk has before it begins.")
def main(seconds: float, tickets: int) -> None:
    """Let everything happen at once for a while."""
    with tempfile.TemporaryDirectory(prefix="tuki-soak-") as folder:
        for name in [name for name in os.environ if name.startswith("TUKI_") and name != "TUKI_DATABASE_URL"]:
            del os.environ[name]
        os.environ |= {"TUKI_DATA": folder, "DJANGO_SETTINGS_MODULE": "tuki.config.settings"}
        import django

        django.setup()
        told = soak(seconds, tickets)
    click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    sys.exit(1 if told["wrong"] else 0)


def soak(seconds: float, tickets: int) -> dict[str, Any]:
    """What was seen, and in `wrong` what must not be."""
    from django.core.management import call_command

    from bench import desk, mail, node
    from tests.ports import free_port

    call_command("migrate", verbosity=0)
    cast = desk.fill(tickets)
    sink = mail.Sink()
    environment = {
        "TUKI_DATA": os.environ["TUKI_DATA"],
        "TUKI_URL": "http://127.0.0.1",
        "TUKI_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
    }
    with node.tuki(environment, smtp_port=free_port()) as ours:
        life = Life(ours, cast, mails=tickets)
        at_rest = ours.memory()
        uvloop.run(life.live(seconds))
        settled = _settle()
        failures = Counter(failure for seen in life.seen.values() for failure in seen.failures)
        wrong = [f"{failure} ({times}×)" for failure, times in failures.items()]
        wrong += _lost(life.seen, tickets, sink.taken)
        wrong += [] if settled is not None else ["work was left over"]
        return {
            "seconds": seconds,
            "memory_mib": [round(at_rest), round(ours.memory())],
            **{kind: seen.told() for kind, seen in life.seen.items()},
            "signals": life.signals,
            "locked": _metric(ours, "tuki_database_locked_total"),
            "settled_s": settled,
            "wrong": wrong,
        }


@dataclass
class _Seen:
    """What visitors of one kind saw. times: seconds of each answer, from when the request was due."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        ordered = sorted(self.times) or [0.0]
        return {
            "count": len(self.times),
            "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
            "p99_ms": round(1000 * ordered[int(0.99 * len(ordered))], 1),
            "longest_ms": round(1000 * ordered[-1]),
            "stalls": sum(1 for taken in ordered if taken > STALL),
            "statuses": dict(self.statuses),
        }


class Life:
    """Everybody who has to do with the desk while it lasts."""

    def __init__(self, node: "Node", cast: "Cast", mails: int) -> None:
        from bench import mail, writing
        from bench.signed_in import cookies

        self._node = node
        self._agents = [cookies(agent) for agent in cast.agents]
        self._mails = mail.mails_of(cast, mails)
        self._visitors = {
            "agents read": [_reader(who, _pages_of_agents()) for who in self._agents[:4]],
            "customers read": [_reader(cookies(person), _pages_of(person)) for person in cast.customers[:4]],
            "create": writing.creating(cast)(),
            "reply": writing.replying(cast)(),
            "agents answer": writing.answering(cast)(),
        }
        self.seen = {kind: _Seen() for kind in PACE}
        self.signals = 0

    async def live(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        listening = [asyncio.create_task(self._listen(who)) for who in (self._agents * STREAMS)[:STREAMS]]
        posting = threading.Thread(target=self._post, args=[until])
        posting.start()
        await asyncio.gather(
            *(
                self._come(kind, visitor, PACE[kind] / len(visitors), until)
                for kind, visitors in self._visitors.items()
                for visitor in visitors
            )
        )
        await asyncio.to_thread(posting.join)
        for stream in listening:
            stream.cancel()

    async def _come(self, kind: str, visitor: "Visitor", pace: float, until: float) -> None:
        """One browser, at its own uneven pace. Whatever goes wrong is written down, and it comes again."""
        seen = self.seen[kind]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._node.port)
        due = time.monotonic() + random.random() / pace
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            try:
                writer.write(next(visitor.asks))
                status = await _answer(reader)
            except (OSError, asyncio.IncompleteReadError) as error:
                seen.failures.append(f"{kind}: {type(error).__name__}")
                reader, writer = await asyncio.open_connection("127.0.0.1", self._node.port)
            else:
                seen.times.append(time.monotonic() - due)
                seen.statuses[status] += 1
                if status != visitor.status.decode():
                    seen.failures.append(f"{kind}: {status}")
            due += random.expovariate(pace)
        writer.close()

    async def _listen(self, who: str) -> None:
        """A browser's stream, opened again when it has ended."""
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._node.port)
            writer.write(f"GET /live?topic=desk HTTP/1.0\r\nHost: x\r\nCookie: {who}\r\n\r\n".encode())
            while line := await reader.readline():
                self.signals += line.startswith(b"data: ")
            writer.close()

    def _post(self, until: float) -> None:
        """One mail after the other, by SMTP."""
        seen = self.seen["mail"]
        due = time.monotonic()
        for sender, raw in self._mails:
            due += random.expovariate(PACE["mail"])
            if due > until:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                with smtplib.SMTP("127.0.0.1", self._node.smtp_port, timeout=60) as server:
                    server.sendmail(sender, ["support@festum.example"], raw)
            except (OSError, smtplib.SMTPException) as error:
                seen.failures.append(f"mail: {type(error).__name__}")
            else:
                seen.times.append(time.monotonic() - due)
                seen.statuses["250"] += 1


def _reader(who: str, paths: list[str]) -> "Visitor":
    from bench.visitors import Visitor, get, in_turn

    return Visitor(in_turn([get(path, who) for path in random.sample(paths, len(paths))]))


def _pages_of_agents() -> list[str]:
    from tuki.tickets.models import Ticket

    theirs = Ticket.objects.filter(confidential=False, team__private=False).order_by("-pk")[:200]
    views = [f"/workspace/views/{view}/" for view in ("open", "unassigned", "solved")]
    return views * 20 + [f"/workspace/tickets/{number}" for number in theirs.values_list("number", flat=True)]


def _pages_of(customer: int) -> list[str]:
    from tuki.tickets.models import Ticket

    theirs = Ticket.objects.filter(requester=customer).order_by("-pk").values_list("number", flat=True)[:40]
    return ["/hc/en/requests?status=all"] * 10 + [f"/hc/en/requests/{number}" for number in theirs]


async def _answer(reader: asyncio.StreamReader) -> str:
    """Its status, once all of it is here."""
    head = await reader.readuntil(b"\r\n\r\n")
    place = head.lower().find(b"content-length:")
    await reader.readexactly(int(head[place + 15 : head.index(b"\r\n", place)]) if place > 0 else 0)
    return head.split(b" ", 2)[1].decode()


def _settle() -> float | None:
    """Seconds until nothing is left to do, also of what was due within the minute; None where that takes too long."""
    from django.utils import timezone

    from bench.writing import backlog
    from tuki.jobs.models import Timer

    began = time.monotonic()
    soon = timezone.now() + timedelta(minutes=1)
    while backlog() or Timer.objects.filter(due_at__lte=soon).exists():
        if time.monotonic() - began > SETTLED_WITHIN:
            return None
        time.sleep(0.2)
    return round(time.monotonic() - began, 1)


def _lost(seen: dict[str, _Seen], tickets_before: int, mails_taken: int) -> Iterator[str]:
    """What was acknowledged and is not there, or is there twice, or was given up."""
    from tuki.jobs.models import Job, State
    from tuki.mail.models import Delivery, Outcome, RawMail
    from tuki.mail.models import State as DeliveryState
    from tuki.tickets.models import Ticket

    mails = RawMail.objects.filter(outcome__in=[Outcome.TICKET, Outcome.REPLY]).count()
    if mails != seen["mail"].statuses["250"]:
        yield f"{seen['mail'].statuses['250']} mails were taken, {mails} became tickets and replies"
    made = Ticket.objects.count() - tickets_before - RawMail.objects.filter(outcome=Outcome.TICKET).count()
    if made != seen["create"].statuses["302"]:
        yield f"{seen['create'].statuses['302']} requests were confirmed, {made} are there"
    if failed := Job.objects.filter(state=State.FAILED).count():
        yield f"{failed} jobs failed for good"
    sent = Delivery.objects.filter(state=DeliveryState.SENT).count()
    if sent != Delivery.objects.count() or sent != mails_taken:
        yield f"{Delivery.objects.count()} mails were made, {sent} are known as sent, {mails_taken} were taken"


def _metric(node: "Node", name: str) -> float:
    visitor = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
    visitor.request("GET", "/metrics")
    lines = visitor.getresponse().read().decode().splitlines()
    visitor.close()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


if __name__ == "__main__":
    main()
