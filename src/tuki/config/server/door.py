"""What the server calls for everything that comes in."""

from tuki.config import metrics
from tuki.config.server.pages import Pages
from tuki.lib.asgi import Receive, Scope, Send
from tuki.live.hub import Hub
from tuki.live.streams import PATH, Streams


class Door:
    """An ASGI application: live streams to the loop, every other path to the pages.

    pages: none where another server has them.
    """

    def __init__(self, pages: Pages, streams: Streams, hub: Hub, *, only_streams: bool = False) -> None:
        self._pages = pages
        self._streams = streams
        self._hub = hub
        self._only_streams = only_streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == PATH:
            with metrics.STREAMS.track_inprogress():
                await self._streams(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Listen for changes from the server's start to its end."""
        while (await receive())["type"] != "lifespan.shutdown":
            self._hub.start()
            await send({"type": "lifespan.startup.complete"})
        await self._hub.stop()
        self._pages.close()
        await send({"type": "lifespan.shutdown.complete"})
