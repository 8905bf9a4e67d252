"""A web process: uvicorn before the door, on a socket that all web processes share."""

import contextlib
import resource
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings

from tuki.config.server.door import Door
from tuki.config.server.pages import Pages, Wsgi
from tuki.config.server.protocol import Protocol

IN_HAND = 10  # seconds that pages get to finish when the server stops
KEPT_OPEN = 75  # seconds for an idle connection: longer than a proxy keeps one, or it would send into a closed one


class Server(uvicorn.Server):
    """uvicorn, which would wait for open streams to end by themselves."""

    def __init__(self, door: Door) -> None:
        super().__init__(
            uvicorn.Config(
                door,
                loop="uvloop",
                http=Protocol,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=list(settings.TRUSTED_PROXIES),
                timeout_graceful_shutdown=IN_HAND,
                timeout_keep_alive=KEPT_OPEN,
            )
        )
        self._streams = door.streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever runs the server."""
        yield


def run(listening: socket.socket, pages: Pages) -> None:
    """Serve until SIGTERM comes."""
    _allow_many_connections()
    server = Server(Door(pages))
    signal.signal(signal.SIGTERM, server.handle_exit)
    server.run([listening])


def pages(application: Wsgi, threads: int) -> Pages:
    """The product's pages, with the product's limits."""
    return Pages(application, threads=threads, limit=settings.REQUEST_SIZE_LIMIT)


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on, though nobody may answer for a moment. Raises OSError.

    host: one that is a path stands for a socket in the file system.
    """
    address: Any
    if host.startswith("/"):
        listening, address = socket.socket(socket.AF_UNIX), host
        _remove_socket(Path(host))
    else:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening


def _remove_socket(path: Path) -> None:
    """One that an earlier process left; what is no socket stays, and is told of by whoever binds there."""
    if path.is_socket():
        path.unlink()


def _allow_many_connections() -> None:
    """Each stream is an open file, and the usual limit is 1,024."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS calls "unlimited" what it does not allow
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
