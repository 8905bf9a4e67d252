"""Browsers, as few and as cheap as can be: each keeps its connection and asks again as soon as it was answered."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

import uvloop


@dataclass
class Visit:
    """What some visitors saw. times: seconds of each answer. bytes: of all bodies."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    bytes: int = 0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, part: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


@dataclass(frozen=True)
class Visitor:
    """A browser of somebody's. asks: the request after this one, as bytes, until they are used up. status: of every
    answer. first: what it asks before anything is measured, of the same process."""

    asks: Iterator[bytes]
    status: bytes = b"200"
    first: Sequence[bytes] = ()


def visit(
    port: int, visitors: list[Visitor], *, seconds: float, rate: float = 0, ready: Callable[[], object] = lambda: None
) -> Visit:
    """All visitors at once, for a while. rate: how often they ask in all; 0 is as often as they can. ready: called once
    all are there and have asked what they ask first."""
    return uvloop.run(_visit(port, visitors, seconds, rate, ready))


async def _visit(port: int, visitors: list[Visitor], seconds: float, rate: float, ready: Callable[[], object]) -> Visit:
    seen, turns = Visit(), count()
    came = asyncio.Barrier(len(visitors) + 1)
    began = until = 0.0

    async def come(visitor: Visitor) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for asked in visitor.first:
                await _ask(reader, writer, asked, visitor.status, Visit())
            await came.wait()  # until all others have come
            await came.wait()  # until the clock runs
            while True:
                due = began + next(turns) / rate if rate else time.perf_counter()
                asked = next(visitor.asks, None)
                if due >= until or asked is None:
                    break
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                # From when it was due, not from when there was time for it: a stall counts for all it held up.
                await _ask(reader, writer, asked, visitor.status, seen)
                seen.times.append(time.perf_counter() - due)
        finally:
            writer.close()

    async with asyncio.TaskGroup() as together:
        for visitor in visitors:
            together.create_task(come(visitor))
        await came.wait()
        ready()
        began = time.perf_counter()
        until = began + seconds
        await came.wait()
    seen.seconds = time.perf_counter() - began
    return seen


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes, status: bytes, seen: Visit
) -> None:
    writer.write(asked)
    head = await reader.readuntil(b"\r\n\r\n")
    place = head.lower().find(b"content-length:")
    size = int(head[place + 15 : head.index(b"\r\n", place)]) if place > 0 else 0
    body = await reader.readexactly(size)
    seen.bytes += size
    if head.split(b" ", 2)[1] != status:
        raise RuntimeError(f"{asked[:120]!r} was answered by {head[:300]!r} {body[:2000]!r}")


def get(path: str, cookies: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{_cookie(cookies)}\r\n".encode()


def post(path: str, fields: dict[str, str], cookies: str = "") -> bytes:
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{_cookie(cookies)}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _cookie(cookies: str) -> str:
    return f"Cookie: {cookies}\r\n" if cookies else ""


def in_turn(requests: list[bytes]) -> Iterator[bytes]:
    """These over and over."""
    while True:
        yield from requests


def made(make: Callable[[int], bytes]) -> Iterator[bytes]:
    """Each request a new one, made of its number."""
    return (make(number) for number in count(1))
