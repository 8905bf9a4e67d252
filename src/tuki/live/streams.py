"""The one stream of a browser: `GET /live?topic=ticket-12&topic=person-7`, server-sent events.

    data: ticket-12          something about it changed: ask again under your own rights
    event: again             signals may have been missed: ask everything again

A browser that is signed out, or has yet to set up a second factor, gets 204, on which an EventSource does not come
back. A stream ends when its session does, when its person may hear something else than before, and after ten minutes in
any case; the browser comes back by itself, is asked anew, says so with Last-Event-ID, and hears `again` first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from tuki.lib.asgi import Receive, Scope, Send
from tuki.live.hub import Hub
from tuki.live.policy import asked_anew, may_hear
from tuki.people import factors
from tuki.people.actor import Actor

log = logging.getLogger("tuki.live")

PATH = "/live"
HEARTBEAT = 20.0  # seconds of silence after which a comment keeps proxies from ending the stream
LONGEST = 600.0  # seconds
APART = 1.0  # seconds between two signals of one topic
TAKING = 60.0  # seconds a reader may take for what it was sent
MOST_TOPICS = 200
MOST_WAITING = 64  # topics kept for a slow reader; with more it is told to ask everything again
AT_ONCE = 2  # listeners let in at once: after a restart all come together, and pages want the threads too

_HEAD = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_AGAIN = ""  # stands among the topics for all of them

InThread = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Leave:
    """What a browser may hear, and the topics that tell when that is to be asked anew."""

    topics: Set[str]
    asked_anew: Set[str]


Ask = Callable[[], Awaitable[Leave | None]]


class Streams:
    """All open streams of a process.

    in_thread: runs a function where it may ask the database.
    """

    def __init__(self, hub: Hub, in_thread: InThread) -> None:
        self._hub = hub
        self._in_thread = in_thread
        self._letting_in = asyncio.Semaphore(AT_ONCE)
        self._open: set[Stream] = set()
        self._doubted: set[Stream] = set()  # about to be asked anew
        self._asking: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _refuse(HTTPStatus.METHOD_NOT_ALLOWED, send)
            return
        while (await receive()).get("more_body"):  # from here on it says only that the browser has left
            pass
        headers = dict(scope["headers"])
        cookies = headers.get(b"cookie", b"").decode("latin-1")
        wanted = parse_qs(scope["query_string"].decode("latin-1")).get("topic", [])[:MOST_TOPICS]
        ask: Ask = partial(self._in_thread, _allowed, cookies, wanted)
        async with self._letting_in:
            leave = await ask()
        if leave is None or self._closed:
            await _refuse(HTTPStatus.NO_CONTENT, send)
            return

        stream = Stream(leave.asked_anew, lambda: self._doubt(stream, leave, ask))
        heard = leave.topics | leave.asked_anew
        self._open.add(stream)
        self._hub.add(stream, heard)
        if b"last-event-id" in headers:
            stream.ask_again()
        try:
            await stream.run(receive, send)
        finally:
            self._hub.remove(stream, heard)
            self._open.discard(stream)

    def _doubt(self, stream: "Stream", leave: Leave, ask: Ask) -> None:
        if stream not in self._doubted:
            self._doubted.add(stream)
            asking = asyncio.create_task(self._ask_anew(stream, leave, ask))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _ask_anew(self, stream: "Stream", leave: Leave, ask: Ask) -> None:
        """End a stream whose browser may hear something else by now."""
        async with self._letting_in:
            self._doubted.discard(stream)
            try:
                holds = await ask() == leave
            except Exception as error:
                log.warning("a stream's rights could not be asked", exc_info=error)
                holds = False
        if not holds:
            stream.end()

    def close(self) -> None:
        """End all streams at once; browsers come back to whoever serves then."""
        self._closed = True
        for stream in self._open:
            stream.end()


def _allowed(cookies: str, wanted: list[str]) -> Leave | None:
    """What this browser may hear; None for one that is signed out, or has a second factor to set up. Here we are in a
    thread."""
    close_old_connections()
    try:
        viewer, session = _viewer(cookies)
        if viewer.person_id is None:
            return None
        heard = may_hear(viewer, wanted)
        return Leave(heard, asked_anew(viewer, session, heard))
    finally:
        close_old_connections()


def _viewer(cookies: str) -> tuple[Actor, str]:
    """Who is signed in there, and the key of the session."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(cookies)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    session_key = request.session.session_key or ""
    if not user.is_authenticated or factors.is_missing(user, request.session):
        return Actor(None), session_key
    return Actor(user), session_key


async def _refuse(status: HTTPStatus, send: Send) -> None:
    await send({"type": "http.response.start", "status": status.value, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body"})


class Stream:
    """One browser's, from the moment it was let in.

    asked_anew: topics that are not for the browser, but tell that its rights may have changed. doubt: called then, and
    when such a topic may have been missed.
    """

    def __init__(self, asked_anew: Set[str] = frozenset(), doubt: Callable[[], None] = lambda: None) -> None:
        self._asked_anew, self._doubt = asked_anew, doubt
        self._waiting: dict[str, None] = {}  # topics not yet sent, in the order they came
        self._sent_at: dict[str, float] = {}
        self._news = asyncio.Event()
        self._ended = False

    def hear(self, topic: str) -> None:
        if topic in self._asked_anew:
            self._doubt()
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            topic = _AGAIN
        if _AGAIN not in self._waiting:
            self._waiting[topic] = None
        self._news.set()

    def ask_again(self) -> None:
        self._waiting = {_AGAIN: None}
        self._news.set()

    def missed(self) -> None:
        self.ask_again()
        self._doubt()

    def end(self, *_: object) -> None:
        self._ended = True
        self._news.set()

    async def run(self, receive: Receive, send: Send) -> None:
        """Send what is heard until the browser leaves, the server stops or time is up."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST
        leaving = asyncio.ensure_future(receive())
        leaving.add_done_callback(self.end)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
            await self._send(send, "retry: 2000\nid: 1\n\n")  # with an id the browser says that it comes back
            while not self._ended and loop.time() < until:
                due, wait = self._due(loop.time())
                if due:
                    await self._send(send, due)
                elif not await self._news_within(min(wait, until - loop.time())):
                    await self._send(send, ":\n\n")
            await send({"type": "http.response.body"})
        except TimeoutError:  # it reads no more
            pass
        finally:
            leaving.cancel()

    def _due(self, now: float) -> tuple[str, float]:
        """What may be sent now, and else the seconds to wait for more."""
        ready = {topic: self._sent_at.get(topic, -APART) + APART for topic in self._waiting}
        due = [topic for topic, at in ready.items() if at <= now]
        for topic in due:
            del self._waiting[topic]
            self._sent_at[topic] = now
        self._news.clear()
        lines = "".join(f"data: {topic}\n\n" if topic else "event: again\ndata: all\n\n" for topic in due)
        return lines, min((at - now for at in ready.values()), default=HEARTBEAT)

    async def _news_within(self, seconds: float) -> bool:
        """Whether there may be something to send; False after a silence worth a heartbeat."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return bool(self._waiting)
        return True

    async def _send(self, send: Send, lines: str) -> None:
        async with asyncio.timeout(TAKING):
            await send({"type": "http.response.body", "body": lines.encode(), "more_body": True})
