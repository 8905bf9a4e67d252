"""A process that may not hear of changes gives nothing from memory, however silent its connection is about that."""

import asyncio
import contextlib

import pytest
from django.db import connection

from tests.nodes import until
from tuki.live.hub import Hub
from tuki.live.known import KNOWN
from tuki.live.signals import tell

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is looked at, not listened to"),
]


class Wire:
    """What lies between a node and its database: it can be cut without either noticing."""

    def __init__(self):
        self.whole = asyncio.Event()
        self.whole.set()
        self._carrying = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for carrying in self._carrying:
            carrying.cancel()

    async def _join(self, reader, writer):
        host, port = connection.settings_dict["HOST"], int(connection.settings_dict["PORT"] or 5432)
        there, back = await asyncio.open_connection(host or "127.0.0.1", port)
        self._carrying |= {asyncio.ensure_future(self._carry(*ends)) for ends in ((reader, back), (there, writer))}

    async def _carry(self, one, other):
        with contextlib.suppress(ConnectionError):
            while some := await one.read(65536):
                await self.whole.wait()
                other.write(some)


async def comes_true(holds):
    await asyncio.to_thread(until, holds)


def test_a_connection_that_falls_silent_ends_what_is_given_from_memory_until_it_speaks_again():
    async def live():
        async with Wire() as wire:
            hub = Hub()
            settings = connection.settings_dict | {"HOST": "127.0.0.1", "PORT": wire.port}
            listening = asyncio.ensure_future(hub._go_on(hub._listen_on_postgresql, settings))
            await comes_true(lambda: KNOWN.era is not None)
            KNOWN.get("key", ["desk"], lambda: "before")

            wire.whole.clear()
            await comes_true(lambda: KNOWN.era is None)
            await asyncio.to_thread(tell, "desk")
            assert KNOWN.get("key", ["desk"], lambda: "meanwhile") == "meanwhile"

            wire.whole.set()
            await comes_true(lambda: KNOWN.era is not None)
            assert KNOWN.get("key", ["desk"], lambda: "after") == "after"
            listening.cancel()
            await asyncio.wait([listening])

    asyncio.run(live())
    assert KNOWN.era is None
