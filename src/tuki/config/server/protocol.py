"""How a request's head is read: it has to come in time, and to end."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST = 64 * 1024  # bytes of a request's line and headers
PATIENCE = 20.0  # seconds for all of them


class Protocol(HttpToolsProtocol):
    """uvicorn's, which would wait for ever, and keep whatever comes meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._of_head = 0  # bytes so far, while a head is being read
        self._reading_head = True
        self._too_slow: asyncio.TimerHandle | None = None
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        if self._reading_head:
            self._of_head += len(data)
            if self._of_head > LONGEST and len(data) < self._of_head:
                self.send_400_response("The request's head is too long.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._wait_for_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._reading_head, self._of_head = False, 0
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._reading_head = True
        self._too_slow = self.loop.call_later(PATIENCE, self._give_up)

    def _give_up(self) -> None:
        self.transport.close()

    def _stop_waiting(self) -> None:
        if self._too_slow:
            self._too_slow.cancel()
            self._too_slow = None
