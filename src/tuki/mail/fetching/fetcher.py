"""Fetching mail for as long as a worker lives: a thread for each source that it has in hand.

Any number of workers may run; each source is one worker's at a time. Of a server that tells news (IDLE) a mail is
fetched at once, else within a minute. A source that fails delays none of the others.
"""

import logging
import os
import threading
import time
import uuid
from datetime import datetime

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from tuki.journal.via import Via
from tuki.mail import queries
from tuki.mail.actions import fetching
from tuki.mail.actions.fetching import LEASE, Overtaken
from tuki.mail.fetching import looking
from tuki.mail.fetching.account import Account
from tuki.mail.fetching.imap import Failed, Server, signed_in
from tuki.mail.fetching.sealed import Unreadable
from tuki.mail.models import Source, Trouble
from tuki.people.actor import Actor

log = logging.getLogger("tuki.mail")

EACH_LOOK = 60.0  # seconds from one look to the next where no news comes
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0  # seconds before the next try; doubled while it goes on failing
_ROUND = 1.0  # seconds between looks at what was asked for and changed
_STOPS_WITHIN = 5.0


class Fetcher:
    """Takes sources that nobody has, fetches from them, and keeps them until told to stop."""

    def __init__(self) -> None:
        self.name = f"{os.uname().nodename[:30]}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._visits: dict[int, _Visit] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail-fetcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being written down, and leave the servers."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_STOPS_WITHIN)
        visits = list(self._visits.values())
        for visit in visits:
            visit.stop()
        until = time.monotonic() + _STOPS_WITHIN
        for visit in visits:
            visit.join(max(0.1, until - time.monotonic()))

    def _run(self) -> None:
        renewed_at = float("-inf")
        while not self._stop.wait(_ROUND):
            try:
                self._look_after_visits()
                if time.monotonic() - renewed_at > LEASE.total_seconds() / 3:
                    fetching.renew(list(self._visits), self.name, by=_machine())
                    renewed_at = time.monotonic()
            except Exception:  # the database is locked, was restarted, is gone: it comes back
                log.exception("the fetcher stumbled")
                close_old_connections()
        connection.close()

    def _look_after_visits(self) -> None:
        rows = {source.pk: source for source in queries.sources().filter(enabled=True)}
        for pk, visit in list(self._visits.items()):
            if not visit.is_alive():
                del self._visits[pk]
            elif pk not in rows or rows[pk].turn != visit.source.turn:
                visit.stop()  # removed, changed, or another's
            else:
                visit.wanted(rows[pk].wanted_at)
        for pk, source in rows.items():
            if pk not in self._visits and (source.lease_until is None or source.lease_until < timezone.now()):
                claimed = fetching.claim(pk, self.name, by=_machine())
                if claimed is not None:
                    self._visits[pk] = _Visit(claimed)
                    self._visits[pk].start()


class _Visit:
    """A thread that is at one source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._stop, self._woken = threading.Event(), threading.Event()
        self._wanted_at = source.wanted_at
        self._suspicion = looking.Suspicion()
        self._failures = 0  # in a row
        self._thread = threading.Thread(target=self._run, name=f"mail-source-{source.pk}", daemon=True)
        self.start, self.join, self.is_alive = self._thread.start, self._thread.join, self._thread.is_alive

    def stop(self) -> None:
        self._stop.set()
        self._woken.set()

    def wanted(self, at: datetime | None) -> None:
        """Somebody wanted a look at that moment; unless it was made by now, it is made."""
        if at != self._wanted_at:
            self._wanted_at = at
            self._woken.set()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._visit()
            fetching.let_go(self.source, by=_machine())
        except Overtaken:
            log.info("source %d is no longer ours", self.source.pk)
        except Exception:
            log.exception(
                "the fetching from source %d ended", self.source.pk
            )  # its lease runs out, and it is taken anew
        finally:
            connection.close()

    def _visit(self) -> None:
        """From signing in until something fails."""
        try:
            with signed_in(Account.of(self.source)) as server:
                if server.new_secret:
                    fetching.keep_secret(self.source, server.new_secret, by=_machine())
                while not self._stop.is_set():
                    self._look(server)
        except Unreadable:
            self._failed(Trouble.SECRET, "")
        except Failed as failed:
            self._failed(failed.trouble, failed.words)
        except Overtaken:
            raise
        except Exception as error:  # the database is locked, the disk is full; or what nobody thought of
            log.exception("mail of source %d can't be kept", self.source.pk)
            close_old_connections()
            self._failed(Trouble.OURSELVES, type(error).__name__)

    def _look(self, server: Server) -> None:
        self._woken.clear()
        if self._stop.is_set():  # said just before that
            return
        try:
            looking.look(self.source, server, self._suspicion, self._stop)
        except Failed as failed:
            if failed.trouble != Trouble.AFTERWARDS:
                raise
            # All is here; only there it could not be put away. That hinders no further mail.
            fetching.went_wrong(self.source, failed.trouble, failed.words, by=_machine())
        else:
            fetching.went_well(self.source, by=_machine())
        self._failures = 0
        server.wait(EACH_LOOK, self._woken)

    def _failed(self, trouble: Trouble, words: str) -> None:
        """Say so, and wait before the next try; but not where the next try is a better one."""
        if trouble in {Trouble.LOST, Trouble.SILENT} and self._suspicion.connection_died():
            return
        self._failures += 1
        if trouble == Trouble.LOST and self._failures == 1:
            return  # servers hang up now and then
        try:
            fetching.went_wrong(self.source, trouble, words, by=_machine())
        except DatabaseError:
            log.exception("that source %d fails can't be written down", self.source.pk)
            close_old_connections()
        self._woken.clear()
        if not self._stop.is_set():
            self._woken.wait(min(FIRST_WAIT * 2 ** min(self._failures - 1, 10), LONGEST_WAIT))


def _machine() -> Actor:
    return Actor(None, Via.EMAIL, timezone.now())
