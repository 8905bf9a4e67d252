"""The real `tuki` command, in which a process kills itself at one step of its work, where an order says so.

    CRASH_FOLDER=/tmp/orders python -m tests.crash.mortal serve --port 8000

A piece of work is a form that was sent, mails that are taken into the ledger, a look for mail on another server, a
claim of jobs, or one job. Its steps are its statements and commits, each word of a conversation with a mail server,
each wait for the disk, and its end: when all is done and nobody has been told yet. An order is a file that names a work
and its step, by number or by name; whoever is about to take that step leaves word of what the process has in hand, and
is gone. The rest of the family lives on.

The product knows nothing of this: its functions are wrapped before its processes part.
"""

import functools
import imaplib
import json
import os
import re
import signal
import smtplib
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.crash.leash import die_with_parent
from tests.plugins.served import tuki

FOLDER = Path(os.environ["CRASH_FOLDER"])
ORDER, DIED = FOLDER / "order", FOLDER / "died"


@dataclass
class Work:
    """What a thread is at. about: what the job or form is for. trail: the steps it has begun."""

    name: str
    about: Any
    trail: list[str] = field(default_factory=list)


_in_hand: dict[int, Work] = {}  # by thread
_passed: Counter[int] = Counter()  # how often the step of an order was come to, by the order's number
_lock = threading.Lock()  # who dies holds it, so that no other thread gets any further


def step(label: str) -> None:
    """Go on to the next step, or die before it."""
    work = _in_hand.get(threading.get_ident())
    if work is None:
        return
    with _lock:
        _obey(work, label)
        work.trail.append(label)


def _obey(work: Work, label: str) -> None:
    try:
        text = ORDER.read_text()
    except FileNotFoundError:
        return
    order = json.loads(text)
    if order["work"] != work.name or order["step"] not in {label, len(work.trail) + 1}:
        return
    _passed[order["number"]] += 1
    if _passed[order["number"]] < order["passing"]:
        return
    try:
        ORDER.rename(FOLDER / "taken")
    except FileNotFoundError:  # another process was first
        return
    word = {"pid": os.getpid(), "before": label, "in_hand": [vars(one) for one in _in_hand.values()]}
    (FOLDER / "dying").write_text(json.dumps(word))
    (FOLDER / "dying").rename(DIED)
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()  # the moment until it comes


def at_work(name: str, about: Any, do: Callable[[], Any]) -> Any:
    me = threading.get_ident()
    _in_hand[me] = Work(name, about)
    try:
        result = do()
        step("end")
        _measure(_in_hand[me])
    finally:
        del _in_hand[me]
    return result


def _measure(work: Work) -> None:
    """Leave word of how many steps a work has, at most: the so-manieth byte of its file is there."""
    with (FOLDER / f"steps of {work.name}").open("ab") as file:
        file.truncate(max(file.tell(), len(work.trail)))


def before(owner: Any, name: str, label: Callable[..., str]) -> None:
    """Make each call of a function a step."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        step(label(*args))
        return function(*args, **kwargs)

    setattr(owner, name, wrapped)


def make_mortal() -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.signals import connection_created

    from tuki.config import wsgi
    from tuki.config.server import processes
    from tuki.jobs import worker
    from tuki.mail import actions, jobs
    from tuki.mail.actions import leaving
    from tuki.mail.fetching import fetcher, looking
    from tuki.mail.sending import smtp
    from tuki.notifications import digests, telling
    from tuki.tickets.actions import talking

    connection_created.connect(_watch)
    before(BaseDatabaseWrapper, "_commit", lambda _: "COMMIT")
    before(os, "fsync", lambda _: "fsync")
    before(smtplib.SMTP, "putcmd", lambda _, command, *args: f"smtp > {command}")
    before(smtplib.SMTP, "getreply", lambda _: "smtp <")
    before(imaplib.IMAP4, "_command", lambda _, name, *args: f"imap > {args[0] if name == 'UID' else name}")
    before(imaplib.IMAP4, "_command_complete", lambda *_: "imap <")

    application = wsgi.application
    wsgi.application = lambda asked, start: (  # type: ignore[assignment]
        at_work(_form(asked["PATH_INFO"]), "", lambda: application(asked, start))
        if asked["REQUEST_METHOD"] == "POST"
        else application(asked, start)
    )
    receive = actions.receive_together
    actions.receive_together = lambda arrivals, *, by: at_work("ledger", "", lambda: receive(arrivals, by=by))
    look = looking.look
    looking.look = lambda source, *others: at_work("mail.fetch", {"source": source.pk}, lambda: look(source, *others))
    run = worker.run
    worker.run = lambda claimed: at_work(claimed.kind, claimed.args, lambda: run(claimed))
    worker.claim = functools.partial(_claim, worker.claim)

    fetcher._ROUND = fetcher.FIRST_WAIT = 0.1

    # A process dies more often here than in life: it need not wait longer each time. Nor do those who wait for a mail
    # server, for room on the disk, or for an agent to think better of an answer.
    processes.OLD = 0.0
    smtp._REST_AFTER_FAILURE = 0.5
    leaving.FIRST_WAIT = jobs.LOOKS_FOR_ROOM = timedelta(seconds=1)
    talking.UNDO_FOR = timedelta(seconds=1)
    # Few follow here: they are told in as many helpings as many would be.
    telling.HELPING, telling.TOGETHER = 7, 2
    digests._HELPING, digests._TOGETHER = 4, 2


def _claim(claim: Callable[..., list[Any]], *args: Any) -> list[Any]:
    claims: list[Any] = at_work("claim", "", lambda: claim(*args))
    if len(claims) > 1:
        at_work("several claimed", "", lambda: None)
    return claims


def _watch(connection: Any, **_: object) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    named = re.search(r'\b(?:FROM|INTO|UPDATE)\s+"?(\w+)', sql)
    step(" ".join([sql.split()[0], named[1] if named else ""]).strip())
    return execute(sql, params, many, context)


def _form(path: str) -> str:
    """ "POST new", "POST replies": the last word of the address."""
    return f"POST {path.rstrip('/').rpartition('/')[2]}"


if __name__ == "__main__":
    die_with_parent()
    tuki(make_mortal)
