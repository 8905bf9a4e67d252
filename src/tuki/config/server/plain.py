"""The plain way, should the hop ever be in doubt: Django's pages on the standard library's threaded WSGI server.

Live streams are then a server of their own on the next port; a proxy in front sends /live there. Without one, pages
work and are not live.
"""

import signal
import socket
import threading
from collections.abc import Iterable
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from tuki.config.server.environ import Environ
from tuki.config.server.pages import Pages, Wsgi
from tuki.live.streams import PATH


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """The pages write their own line, without the address."""


def run(listening: socket.socket, application: Wsgi) -> None:
    """Serve pages until SIGTERM comes, then finish those in hand."""
    server = ThreadedWSGIServer(listening.getsockname()[:2], _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.server_name, server.server_port = listening.getsockname()[:2]
    server.setup_environ()
    server.daemon_threads = False  # so that server_close waits for them
    server.set_app(_without_streams(application))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def no_pages() -> Pages:
    """The pages of a server that has none."""
    return Pages(_nothing, threads=2)


def _without_streams(application: Wsgi) -> Wsgi:
    def pages(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            start_response("204 No Content", [])
            return []
        return application(environ, start_response)

    return pages


def _nothing(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []
