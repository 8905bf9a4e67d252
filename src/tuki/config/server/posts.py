"""What each process does. All that they need is imported here, once, before they part."""

import socket

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from tuki.config import metrics
from tuki.config.server import plain, web
from tuki.config.server.layout import CannotStart, Layout
from tuki.config.server.pages import Wsgi
from tuki.config.server.processes import Post


def posts(layout: Layout) -> list[Post]:
    """The posts of a layout, with their sockets taking connections. Raises CannotStart."""
    metrics.count_locks()
    return _web(layout) + _workers(layout)


def _workers(layout: Layout) -> list[Post]:
    """They are alike, and each job, account and mail is in the hands of one: should it die, of another."""
    if not layout.workers:
        return []
    from tuki.config.server import worker  # only here: a node of pages alone fetches no mail, and takes none

    doors = [worker.MailDoor(listening, lmtp) for listening, lmtp in _mail_doors()]
    return [
        Post(f"worker-{number}", lambda: worker.run(layout.worker_threads, doors))
        for number in range(1, layout.workers + 1)
    ]


def _mail_doors() -> list[tuple[socket.socket, bool]]:
    """Each with whether LMTP is spoken there. They are opened here as those of pages are: a mail that comes while a
    worker begins waits a moment, and is not refused."""
    doors = [(settings.SMTP_LISTEN, False), (settings.LMTP_LISTEN, True)]
    return [(_listen(*where), lmtp) for where, lmtp in doors if where]


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
        where = host if host.startswith("/") else f"{host}:{port}"
        raise CannotStart(f"can't listen on {where}: {error.strerror or error}") from error
