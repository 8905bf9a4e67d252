"""What the server calls for everything that comes in."""

from tuki.config import metrics
from tuki.config.server.pages import Pages
from tuki.lib.asgi import Receive, Scope, Send
from tuki.live.hub import Hub
from tuki.live.streams import PATH, Streams


class Door:
    """An ASGI application: live streams stay on the loop, every other path goes to the pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._hub = Hub()
        self.streams = Streams(self._hub, pages.in_thread)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == PATH:
            with metrics.STREAMS.track_inprogress():
                await self.streams(scope, receive, send)
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
