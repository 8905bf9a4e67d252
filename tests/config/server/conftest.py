"""A server with pages of a test's own, on a real socket."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tuki.config.server import web
from tuki.config.server.door import Door
from tuki.config.server.pages import Pages


@dataclass
class Running:
    """A server in a thread."""

    port: int
    server: web.Server
    thread: threading.Thread

    def ask(self, method="GET", path="/", body=None, headers=None):
        """One whole request; the answer and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def open(self, request: bytes) -> socket.socket:
        """A connection on which this much was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(request)
        return connection

    def stop(self):
        self.server.handle_exit(15, None)


@contextmanager
def running(application, **limits) -> Iterator[Running]:
    listening = web.listen("127.0.0.1", 0)
    server = web.Server(Door(Pages(application, **limits)))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    here = Running(listening.getsockname()[1], server, thread)
    try:
        yield here
    finally:
        here.stop()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def serve() -> Iterator[Callable[..., Running]]:
    """Start a server for this WSGI application, with these limits; it is stopped after the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda application, **limits: stack.enter_context(running(application, **limits))


@pytest.fixture
def read_all() -> Callable[[socket.socket], bytes]:
    """All that comes on a connection until the other side ends it."""

    def read(connection: socket.socket) -> bytes:
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
        return b"".join(pieces)

    return read
