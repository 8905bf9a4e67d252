"""The body of a request, read on the loop before anything works on it: a slow sender holds no thread."""

import asyncio
from typing import IO

from tuki.config.server.refusals import Refusal, no_room, too_large, too_slow
from tuki.lib.asgi import Receive

PATIENCE = 60.0  # seconds for the next piece to come
DISCARDING = 60.0  # seconds in which the rest of what is refused is thrown away


class Gone(Exception):
    """Whoever asked has left."""


async def read(receive: Receive, body: IO[bytes], limit: int, announced: int = 0) -> int:
    """Write all of it to `body`, and say how many bytes it has. Raises Gone, or the Refusal to answer with.

    limit: the most that is taken. announced: what the sender says that it has, where it says so.
    """
    size, more = 0, True
    if announced > limit:
        await _discard(receive, more)
        raise too_large(limit)
    try:
        while more:
            piece, more = await _next(receive)
            size += len(piece)
            if size > limit:
                await _discard(receive, more)
                raise too_large(limit)
            body.write(piece)
    except OSError as full:
        await _discard(receive, more)
        raise no_room() from full
    body.seek(0)
    return size


async def _next(receive: Receive) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(PATIENCE):
            message = await receive()
    except TimeoutError:
        raise too_slow() from None
    if message["type"] == "http.disconnect":
        raise Gone
    return message.get("body", b""), message.get("more_body", False)


async def _discard(receive: Receive, more: bool) -> None:
    """Take in the rest for a while: a browser reads no answer before it has sent everything."""
    try:
        async with asyncio.timeout(DISCARDING):
            while more:
                _piece, more = await _next(receive)
    except (TimeoutError, Refusal):
        pass
