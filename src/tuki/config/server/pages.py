"""Every page is one hop: the loop reads the request, a thread runs Django on it, the loop sends the answer.

What is the same for everyone is given from memory (answers.py), without that hop.

A slow sender or a slow reader holds no thread; a slow page holds one, and when none is free the others stand in line.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any, TypeVar

from tuki.config import metrics
from tuki.config.server import body as bodies
from tuki.config.server.answers import Answer, Answers, Asked, Before, asked
from tuki.config.server.body import Gone
from tuki.config.server.environ import Environ, environ
from tuki.config.server.refusals import Refusal, answer, broken, busy
from tuki.lib.asgi import Receive, Scope, Send
from tuki.look.everyone import Same, is_same

log = logging.getLogger("tuki.server")

T = TypeVar("T")
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

IN_MEMORY = 1 << 20  # a larger body goes to a file
IN_LINE = 30.0  # seconds to wait for a free thread
TAKING = 60.0  # seconds a reader may take for one block
_END = object()


class Said:
    """What a page said: its head, and a body that is whole, or goes on in `rest`."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.rest: Iterator[bytes] | None = None
        self.close: Callable[[], None] = lambda: None
        self.same: Same | None = None  # for all whom we don't know

    def start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        """WSGI's start_response."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def take(self, result: Iterable[bytes], *, head_only: bool) -> None:
        """Read what is whole, or the first block of what is not."""
        self.close = getattr(result, "close", self.close)
        self.same = is_same(result)
        if self.status in {204, 304}:  # these have no body, whatever a page says
            self.headers = [(name, value) for name, value in self.headers if name != b"content-length"]
        elif isinstance(result, list | tuple) or getattr(result, "streaming", True) is False:
            self.body = b"".join(result)
            if not any(name == b"content-length" for name, _ in self.headers):
                self.headers.append((b"content-length", str(len(self.body)).encode()))
        elif not head_only:
            self.rest = iter(result)
            self.body = next(self.rest, b"")
            if (b"content-length", str(len(self.body)).encode()) in self.headers:
                self.rest = None  # a small file: that was all of it


def _announced(scope: Scope) -> int:
    """The length that the sender gives. Where it is no number, the server has refused it already."""
    return int(next((value for name, value in scope["headers"] if name == b"content-length"), 0))


class Pages:
    """Django's pages, for the loop to call.

    threads: pages at work at once. in_line: requests that may wait for one of them; the next is told to come back.
    limit: bytes that a request may carry.
    """

    def __init__(self, application: Wsgi, *, threads: int = 4, in_line: int = 200, limit: int = 100 << 20) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._free = asyncio.Semaphore(threads)
        self._waiting = 0
        self._in_line = in_line
        self._limit = limit
        self._answers = Answers()
        self._later: asyncio.Task[object] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        to = asked(scope)
        if kept := self._answers.find(to):
            metrics.FROM_MEMORY.inc()
            await self._give(kept, to, send)
            if to.is_read:
                self._do_later(kept.same.seen())
            return
        try:
            with SpooledTemporaryFile(IN_MEMORY) as body:
                size = await bodies.read(receive, body, self._limit, _announced(scope))
                await self._wait_in_line(scope, receive)
                try:
                    said, shared = await self._hop(self._ask, environ(scope, body, size), to)
                finally:
                    self._free.release()
                if shared is None:
                    await self._tell(said, receive, send)
                else:
                    self._answers.keep(to, shared)
                    await self._give(shared, to, send)
        except Gone:  # whoever is still there sees the connection end
            pass
        except Refusal as refusal:
            metrics.REFUSED.labels(refusal.status.value).inc()
            await answer(refusal, scope, send)

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Do something short in a page's thread, where there is a database connection."""
        async with self._free:
            return await self._hop(work, *args)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _wait_in_line(self, scope: Scope, receive: Receive) -> None:
        """Come back with a thread, first come, first served. Raises Gone or Refusal."""
        if not self._free.locked():
            await self._free.acquire()
            return
        if self._waiting >= self._in_line:
            raise busy()
        self._waiting += 1
        turn = asyncio.ensure_future(self._free.acquire())
        # Whoever only wanted to read and has left need not be served. What was sent to be kept is kept.
        watching = [asyncio.ensure_future(receive())] if scope["method"] in {"GET", "HEAD"} else []
        try:
            await asyncio.wait([turn, *watching], timeout=IN_LINE, return_when=asyncio.FIRST_COMPLETED)
            if not turn.done():
                raise Gone if any(task.done() for task in watching) else busy()
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._free.release()  # it came in the same moment
            turn.cancel()
            raise
        finally:
            self._waiting -= 1
            for task in watching:
                task.cancel()

    async def _hop(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)

    def _ask(self, environment: Environ, to: Asked) -> tuple[Said, Answer | None]:
        """Run the page: what it said, and what of that may be given to others. Here we are in a thread."""
        said, before = Said(), Before()
        try:
            said.take(self._application(environment, said.start), head_only=environment["REQUEST_METHOD"] == "HEAD")
        except Exception as error:
            log.exception("a page failed where Django could not catch it")
            said.close()
            raise broken() from error
        if said.rest is None:
            said.close()
        if said.same is None or not to.is_read or said.rest is not None:
            return said, None
        return said, before.answer(said.same, said.status, said.headers, said.body)

    async def _give(self, shared: Answer, to: Asked, send: Send) -> None:
        status, headers, body = shared.told(to)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _do_later(self, work: Callable[[], object] | None) -> None:
        """In a thread; not while there is still some at work: what could not be done now is wanted again."""
        if work is not None and (self._later is None or self._later.done()):
            self._later = asyncio.ensure_future(self.in_thread(work))

    async def _tell(self, said: Said, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": said.status, "headers": said.headers})
        if said.rest is None:
            await send({"type": "http.response.body", "body": said.body})
            return
        leaving = asyncio.ensure_future(receive())
        block: object = said.body
        try:
            while block is not _END:
                if leaving.done():
                    raise Gone
                async with asyncio.timeout(TAKING):
                    await send({"type": "http.response.body", "body": block, "more_body": True})
                block = await self.in_thread(next, said.rest, _END)
            await send({"type": "http.response.body"})
        except TimeoutError:
            raise Gone from None
        except Exception as error:
            log.exception("a page failed half-way")
            raise Gone from error
        finally:
            leaving.cancel()
            await self.in_thread(said.close)
