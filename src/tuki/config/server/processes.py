"""Processes that are forked, watched, started again when they die, and stopped together.

The parent does nothing else: it holds no thread and no database connection, so that a fork copies neither.
"""

import contextlib
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger("tuki.processes")

PATIENCE = 25.0  # seconds to stop in; then they are killed
FIRST_WAIT = 0.5  # seconds before one that died is started again; doubled while it keeps dying young
LONGEST_WAIT = 30.0
OLD = 10.0  # seconds after which a process is known to have started well

_STOPS = (signal.SIGTERM, signal.SIGINT)


@dataclass
class Post:
    """Work that one process is always to be at. It ends when SIGTERM comes."""

    name: str
    work: Callable[[], None]
    pid: int = 0
    started_at: float = 0.0
    start_at: float = 0.0  # not before
    wait: float = FIRST_WAIT


class Processes:
    """A parent and its children, one for each post.

    when_dead: told the pid of each that ended.
    """

    def __init__(self, posts: list[Post], when_dead: Callable[[int], None] = lambda _: None) -> None:
        self._posts = posts
        self._when_dead = when_dead
        self._stopping = 0
        # Children see the other end close when we die, however we die.
        self._alive_read, self._alive_write = os.pipe()
        # Signals write here, so that waiting for one is waiting for this.
        self._woken, wake = os.pipe()
        for end in (self._woken, wake):
            os.set_blocking(end, False)
        self._wake = wake

    def run(self) -> None:
        """Fill all posts until SIGTERM or SIGINT comes, then stop all of them. A second one stops them at once."""
        before = {number: signal.signal(number, self._stop) for number in _STOPS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        wakes_before = signal.set_wakeup_fd(self._wake)
        try:
            while not self._stopping:
                self._fill()
                self._sleep(min((post.start_at for post in self._posts if not post.pid), default=None))
                self._bury()
            self._end()
        finally:
            signal.set_wakeup_fd(wakes_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in (self._alive_read, self._alive_write, self._woken, self._wake):
                os.close(end)

    def _stop(self, *_: object) -> None:
        self._stopping += 1

    def _fill(self) -> None:
        for post in self._posts:
            if not post.pid and post.start_at <= time.monotonic():
                post.started_at = time.monotonic()
                post.pid = self._fork(post)

    def _fork(self, post: Post) -> int:
        if threading.active_count() > 1:
            raise RuntimeError("a thread was started before the fork")
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            self._become(post)
            post.work()
            code = 0
        except BaseException:
            log.exception("the process ended by an error", extra={"post": post.name})
        finally:
            # Not sys.exit: what the parent has registered for its own end is none of ours, and a thread that hangs
            # must not keep us.
            logging.shutdown()
            os._exit(code)

    def _become(self, post: Post) -> None:
        """What a child does first: end with its parent, and stop when the parent says so."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole family; the parent passes it on
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._alive_write, self._woken, self._wake):
            os.close(end)
        threading.Thread(target=self._follow_parent, name="parent", daemon=True).start()

    def _follow_parent(self) -> None:
        os.read(self._alive_read, 1)  # nobody writes: it returns when the parent is gone
        os.kill(os.getpid(), signal.SIGTERM)

    def _sleep(self, until: float | None) -> None:
        """Until a signal comes, at most until then."""
        seconds = None if until is None else max(0.0, until - time.monotonic())
        if select.select([self._woken], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, 1024)

    def _bury(self) -> None:
        """Free the posts of those that have died."""
        for post in self._posts:
            if not post.pid or os.waitpid(post.pid, os.WNOHANG) == (0, 0):
                continue
            self._when_dead(post.pid)
            age = time.monotonic() - post.started_at
            post.wait = FIRST_WAIT if age > OLD else min(post.wait * 2, LONGEST_WAIT)
            post.pid, post.start_at = 0, time.monotonic() + post.wait
            if not self._stopping:
                log.error("a process died and is started again", extra={"post": post.name})

    def _end(self) -> None:
        until = time.monotonic() + PATIENCE
        self._signal(signal.SIGTERM)
        while any(post.pid for post in self._posts):
            self._sleep(until)
            self._bury()
            if self._stopping > 1 or time.monotonic() > until:
                self._signal(signal.SIGKILL)
                until = time.monotonic() + PATIENCE

    def _signal(self, number: signal.Signals) -> None:
        for post in self._posts:
            if post.pid:
                os.kill(post.pid, number)
