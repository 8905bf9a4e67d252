"""Hears what any process of any node has told, and hands it to the open streams of this one."""

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from tuki.live.known import KNOWN
from tuki.live.signals import CHANNEL, changed

log = logging.getLogger("tuki.live")

LOOK = 0.05  # seconds between looks at SQLite
ASK = 0.4  # seconds between signs of life of PostgreSQL, and until one is late
LOST = 30.0  # seconds without any
EAR = "tuki live"  # what PostgreSQL calls the connection that hears of changes
RECONNECT = 1.0  # seconds
# What was told just before a stream opened is told to it: its page may have been drawn before that.
RECENT = 2.0  # seconds


Listen = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Ear(Protocol):
    """An open stream, as the hub knows it."""

    def hear(self, topic: str) -> None: ...
    def missed(self) -> None: ...


class Hub:
    """One in each web process; everything in it happens on the loop."""

    def __init__(self) -> None:
        self._ears: dict[str, set[Ear]] = {}
        self._recent: deque[tuple[float, str]] = deque(maxlen=2000)
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        listen = self._listen_on_postgresql if connection.vendor == "postgresql" else self._look_at_sqlite
        self._listening = asyncio.create_task(self._go_on(listen, connection.settings_dict))

    async def _go_on(self, listen: Listen, settings: dict[str, Any]) -> None:
        """Begin anew whenever it ends, as when the database was away."""
        while True:
            try:
                await listen(settings)
            except Exception as error:
                log.warning("live updates lost the database", exc_info=error)
            finally:
                KNOWN.hears(False)
            await asyncio.sleep(RECONNECT)

    async def stop(self) -> None:
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    def add(self, ear: Ear, topics: Iterable[str]) -> None:
        """Let a stream hear of these from now on, and of what was told a moment ago."""
        for topic in topics:
            self._ears.setdefault(topic, set()).add(ear)
        since = asyncio.get_running_loop().time() - RECENT
        for at, topic in self._recent:
            if at >= since and ear in self._ears.get(topic, ()):
                ear.hear(topic)

    def remove(self, ear: Ear, topics: Iterable[str]) -> None:
        for topic in topics:
            ears = self._ears.get(topic, set())
            ears.discard(ear)
            if not ears:
                self._ears.pop(topic, None)

    def told(self, topics: Iterable[str]) -> None:
        """Hand topics to whoever listens."""
        topics = list(topics)
        changed(topics)
        now = asyncio.get_running_loop().time()
        for topic in topics:
            self._recent.append((now, topic))
            for ear in self._ears.get(topic, ()):
                ear.hear(topic)

    def _hears_again(self) -> None:
        """Changes before this moment may have been missed; from now on none is."""
        KNOWN.hears(True)
        for ear in {ear for ears in self._ears.values() for ear in ears}:
            ear.missed()

    async def _listen_on_postgresql(self, settings: dict[str, Any]) -> None:
        """On a connection of its own, which no pooler may stand before."""
        connection = await psycopg.AsyncConnection.connect(
            dbname=settings["NAME"],
            user=settings["USER"] or None,
            password=settings["PASSWORD"] or None,
            host=settings["HOST"] or None,
            port=settings["PORT"] or None,
            autocommit=True,
            application_name=EAR,
            # A connection that died without a word is noticed within a minute.
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._hears_again()
            while True:
                async for notification in connection.notifies(timeout=ASK):
                    self.told(json.loads(notification.payload))
                await self._still_hears(connection)

    async def _still_hears(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Ask the server for a sign of life. A connection that says nothing may be one on which nothing happens, or one
        that carries nothing any more: until that is known, nothing is told from memory. Raises TimeoutError."""
        answer = asyncio.ensure_future(connection.execute("SELECT 1"))
        try:
            await asyncio.wait([answer], timeout=ASK)
            if not answer.done():
                KNOWN.hears(False)
                async with asyncio.timeout(LOST):
                    await answer
                KNOWN.hears(True)  # what was told meanwhile came before the answer
            await answer
        finally:
            answer.cancel()

    async def _look_at_sqlite(self, settings: dict[str, Any]) -> None:
        """Twenty times a second ask whether anybody has committed; that takes 3 µs and no lock.

        The connection is used for nothing else: its own writes or open reads would hide those of others.
        """
        # timeout=0: nothing on the loop waits for a lock.
        with contextlib.closing(sqlite3.connect(settings["NAME"], timeout=0, isolation_level=None)) as connection:
            await self._look(connection)

    async def _look(self, connection: sqlite3.Connection) -> None:
        def ask(sql: str, *values: object) -> list[Any]:
            return connection.execute(sql, values).fetchall()

        seen_version = ask("PRAGMA data_version")
        # The id given last, also where its row is gone.
        [(last,)] = ask("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'live_signal'")
        self._hears_again()
        while True:
            await asyncio.sleep(LOOK)
            version = ask("PRAGMA data_version")
            if version == seen_version:
                continue
            rows = ask("SELECT id, topic FROM live_signal WHERE id > ? ORDER BY id", last)
            seen_version = version
            if rows:
                if rows[0][0] > last + 1:  # ids have no gaps: the rows between are gone already
                    self._hears_again()
                last = rows[-1][0]
                self.told(topic for _, topic in rows)
