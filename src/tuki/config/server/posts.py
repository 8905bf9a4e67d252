"""What each process does. All that they need is imported here, once, before they part."""

import socket

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from tuki.config import metrics
from tuki.config.server import plain, web, worker
from tuki.config.server.layout import CannotStart, Layout
from tuki.config.server.pages import Wsgi
from tuki.config.server.processes import Post


def posts(layout: Layout) -> list[Post]:
    """The posts of a layout, with their sockets taking connections. Raises CannotStart."""
    metrics.count_locks()
    filled = _web(layout)
    if layout.worker:
        filled.append(Post("worker", lambda: worker.run(layout.worker_threads)))
    return filled


def _web(layout: Layout) -> list[Post]:
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    # A second process gains little on SQLite, where one writes at a time.
    count = layout.web if layout.web is not None else 1 if sqlite else 2
    if not count:
        return []
    application = _application()
    listening = _listen(layout.host, layout.port)
    if not layout.plain:
        return [
            Post(f"web-{number}", lambda: web.run(listening, web.pages(application, layout.threads)))
            for number in range(1, count + 1)
        ]
    beside = _listen(layout.host, layout.port + 1)
    return [
        *(Post(f"web-{number}", lambda: plain.run(listening, application)) for number in range(1, count + 1)),
        Post("streams", lambda: web.run(beside, plain.no_pages())),
    ]


def _application() -> Wsgi:
    """Django, with all addresses and texts loaded."""
    from tuki.config.wsgi import application

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            get_resolver().reverse_dict  # noqa: B018 - reading it makes it
            translation.gettext("")
    return application


def _listen(host: str, port: int) -> socket.socket:
    try:
        return web.listen(host, port)
    except OSError as error:
        raise CannotStart(f"can't listen on {host}:{port}: {error.strerror or error}") from error
