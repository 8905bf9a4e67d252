"""Starting everything: import once, prepare, fork, and stay until told to stop."""

import contextlib
import gc
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator

from tuki.config.server.layout import CannotStart, Layout
from tuki.config.server.processes import Processes


def serve(layout: Layout, ready: Callable[[], None] = lambda: None) -> None:
    """Run it until SIGTERM or SIGINT comes. Raises CannotStart.

    ready: called once connections are taken, before anybody answers them.
    """
    with _counting_together() as when_dead:
        import django

        django.setup()
        prepare()
        from tuki.config.server.posts import posts

        filled = posts(layout)
        _assert_alone()
        gc.collect()
        gc.freeze()  # what is here now is never looked at again, so the memory it lies in stays shared
        ready()
        Processes(filled, when_dead).run()


def prepare() -> None:
    """Do what must be done before a start, in a process of its own, so that what that loads and opens ends with it."""
    said, saying = os.pipe()
    pid = os.fork()
    if not pid:
        os._exit(_prepare(saying))
    os.close(saying)
    with os.fdopen(said) as words:
        why = words.read()
    _pid, status = os.waitpid(pid, 0)
    if status:
        raise CannotStart(why or "the database could not be prepared")


def _prepare(saying: int) -> int:
    import logging

    from django.db import OperationalError

    from tuki.config.server.prepare import prepare

    try:
        prepare()
    except OperationalError as error:
        os.write(saying, f"the database can't be used: {str(error).strip().splitlines()[0]}".encode())
    except OSError as error:
        os.write(saying, f"TUKI_DATA: {error}".encode())
    except Exception:
        logging.getLogger("tuki").exception("the database could not be prepared")
    else:
        return 0
    return 1


@contextlib.contextmanager
def _counting_together() -> Iterator[Callable[[int], None]]:
    """A folder in which all processes count. It is named before anything that counts is imported."""
    if "prometheus_client" in sys.modules:
        raise RuntimeError("something counts already, and would count for itself alone")
    with tempfile.TemporaryDirectory(prefix="tuki-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        from prometheus_client.multiprocess import mark_process_dead

        yield lambda pid: mark_process_dead(pid, folder)


def _assert_alone() -> None:
    """A fork would copy a thread's locks without the thread, and share a connection between two processes."""
    from django.db import connections

    if threading.active_count() > 1:
        raise RuntimeError(f"threads before the fork: {[thread.name for thread in threading.enumerate()]}")
    if any(connection.connection is not None for connection in connections.all(initialized_only=True)):
        raise RuntimeError("a database connection before the fork")
