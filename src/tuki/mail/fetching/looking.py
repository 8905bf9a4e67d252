"""One look for mail at a source whose server has let us in: what is new goes into the ledger, then is put away.

Mails are found by their UIDs, whoever has read them meanwhile. What the ledger has, and up to which UID, commit
together; only then is a mail marked or moved, and what a crash leaves undone of that is done at the next look.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext_noop

from tuki.journal.via import Via
from tuki.mail import queries
from tuki.mail.actions import fetching
from tuki.mail.actions.fetching import Fetched, Overtaken
from tuki.mail.fetching.imap import Failed, Listed, Server
from tuki.mail.models import Afterwards, Source, Trouble
from tuki.mail.receiver import LARGEST
from tuki.people.actor import Actor

log = logging.getLogger("tuki.mail")

_LISTED = 200  # mails whose sizes are asked for at once
_TOGETHER, _TOGETHER_BYTES = 50, 8 * 1024 * 1024  # mails, and bytes, that are fetched at once and share one commit
_PUT_AWAY = 100  # mails that are marked or moved at once
_CLOCKS_DIFFER = timedelta(minutes=1)
_MOST_DEATHS = 3  # of connections that a mail may be the end of

# Why a mail is set aside (`mail.reasons`).
_NOT_GIVEN = gettext_noop(
    "Its server does not give it: %(words)s. It still lies in %(folder)s of %(user)s, under UID %(uid)s."
)
_NOT_HANDED_OUT = gettext_noop(
    "Its server has it on its list, and does not hand it out. It still lies in %(folder)s of %(user)s, under UID "
    "%(uid)s."
)
_BREAKS_OFF = gettext_noop(
    "The connection broke off each time that it was asked for. It still lies in %(folder)s of %(user)s, under UID "
    "%(uid)s."
)
_TOO_LARGE = gettext_noop(
    "It is too large: %(size)s MB, where %(limit)s MB are taken. It still lies in %(folder)s of %(user)s, under UID "
    "%(uid)s."
)
_CANNOT_BE_KEPT = gettext_noop("It can't be kept as it is. It still lies in %(folder)s of %(user)s, under UID %(uid)s.")

Found = TypeVar("Found")
Why = tuple[str, dict[str, object]]  # a reason, and what it names besides the place where the mail lies


@dataclass
class Suspicion:
    """What is remembered from one connection to the next of mails that were asked for when one died.

    asked: those asked for now. up_to: to here they are asked for one by one. deaths: how many each was the end of.
    """

    asked: Sequence[int] = ()
    up_to: int = 0
    deaths: Counter[int] = field(default_factory=Counter)

    def connection_died(self) -> bool:
        """Whether a mail may be to blame, so that there is no use in waiting before we come back."""
        asked, self.asked = self.asked, ()
        if len(asked) == 1:
            self.deaths[asked[0]] += 1
        elif asked:
            self.up_to = asked[-1]
        return bool(asked)


def look(source: Source, server: Server, suspicion: Suspicion, told_to_stop: threading.Event) -> None:
    """Fetch what is there, in helpings. Raises Failed, or Overtaken where the source is no longer ours."""
    uid_validity = server.open(source.folder)
    if uid_validity != source.uid_validity:
        there = server.uids_after(0)
        fetching.begin_anew(source, uid_validity, old_below=there[-1] + 1 if there else 1, by=_machine())
    uids = server.uids_after(source.last_uid)
    for start in range(0, len(uids), _LISTED):
        _fetch(source, server, uids[start : start + _LISTED], suspicion, told_to_stop)
        if told_to_stop.is_set():
            return
    _put_away(source, server)


def _fetch(
    source: Source, server: Server, uids: Sequence[int], suspicion: Suspicion, told_to_stop: threading.Event
) -> None:
    listed, refused = _each(lambda some: {one.uid: one for one in server.listed(some)}, uids)
    ours = [listed.get(uid) or Listed(uid, 0, timezone.now()) for uid in uids if uid in listed or uid in refused]
    if source.begins_at is not None:
        since = source.begins_at - _CLOCKS_DIFFER
        ours = [one for one in ours if one.uid >= source.old_below or one.arrived_at >= since]
    for group in _groups(ours, suspicion):
        fetched = _fetched(source, server, group, refused, suspicion)
        _take(source, fetched, group[-1].uid)
        if told_to_stop.is_set():
            return
    if source.last_uid < uids[-1]:
        fetching.take(source, [], up_to=uids[-1], by=_machine())  # the last ones were none of ours, or are gone


def _groups(mails: Sequence[Listed], suspicion: Suspicion) -> Iterator[list[Listed]]:
    """What is fetched at once: as much as fits, and mails under suspicion each alone."""
    group: list[Listed] = []
    size = 0
    for mail in mails:
        alone = mail.uid <= suspicion.up_to or mail.size > LARGEST
        if group and (alone or len(group) == _TOGETHER or size + mail.size > _TOGETHER_BYTES):
            yield group
            group, size = [], 0
        group.append(mail)
        size += mail.size
        if alone:
            yield group
            group, size = [], 0
    if group:
        yield group


def _fetched(
    source: Source, server: Server, group: Sequence[Listed], refused: Mapping[int, str], suspicion: Suspicion
) -> list[Fetched]:
    sizes = {mail.uid: mail.size for mail in group}
    aside = {mail.uid: why for mail in group if (why := _why_aside(mail, refused, suspicion))}
    asked = [uid for uid in sizes if uid not in aside]
    suspicion.asked = asked
    raws, not_given = _each(server.mails, asked)
    silent = [uid for uid in asked if uid not in raws and uid not in not_given]
    for still_there in server.listed(silent) if silent else ():
        aside[still_there.uid] = (_NOT_HANDED_OUT, {})
    aside |= {uid: _not_given(words) for uid, words in not_given.items()}
    # Sizes on lists are often a little wrong.
    aside |= {uid: _too_large(len(raw)) for uid, raw in raws.items() if len(raw) > LARGEST}
    fetched = []
    for uid in sizes:
        if uid in aside:
            log.warning("mail %d of source %d is set aside", uid, source.pk)
            reason, about = aside[uid]
            about |= _place(source, uid)
            fetched.append(Fetched(uid, _header(server, uid, suspicion), sizes[uid], reason, about))
        elif uid in raws:
            fetched.append(Fetched(uid, raws[uid], len(raws[uid])))
    suspicion.asked = ()
    return fetched


def _take(source: Source, fetched: Sequence[Fetched], up_to: int) -> None:
    """Have the ledger take them. One that it can't take is set aside, and holds up none of the others."""
    try:
        fetching.take(source, fetched, up_to=up_to, by=_machine())
    except (Overtaken, OperationalError, InterfaceError, OSError):
        raise  # no mail's fault
    except Exception:
        if not any(one.raw for one in fetched):
            raise
        if len(fetched) > 1:
            for one in fetched:
                _take(source, [one], one.uid)
            return
        (one,) = fetched
        log.exception("mail %d of source %d can't be kept", one.uid, source.pk)
        _take(source, [Fetched(one.uid, b"", one.size, _CANNOT_BE_KEPT, _place(source, one.uid))], up_to)


def _place(source: Source, uid: int) -> dict[str, object]:
    return {"folder": source.folder, "user": source.user, "uid": uid}


def _why_aside(mail: Listed, refused: Mapping[int, str], suspicion: Suspicion) -> Why | None:
    """Why a mail is not even asked for."""
    if mail.uid in refused:
        return _not_given(refused[mail.uid])
    if suspicion.deaths[mail.uid] >= _MOST_DEATHS:
        return _BREAKS_OFF, {}
    return _too_large(mail.size) if mail.size > LARGEST else None


def _not_given(words: str) -> Why:
    return _NOT_GIVEN, {"words": words.rstrip(".")}


def _too_large(size: int) -> Why:
    return _TOO_LARGE, {"size": f"{size / 1024**2:.0f}", "limit": f"{LARGEST / 1024**2:.0f}"}


def _header(server: Server, uid: int, suspicion: Suspicion) -> bytes:
    """What can be had of a mail that is set aside, so that people know which it is."""
    if suspicion.deaths[uid] >= _MOST_DEATHS:
        return b""
    suspicion.asked = [uid]
    try:
        return server.header(uid)
    except Failed as failed:
        if failed.trouble != Trouble.SERVER:
            raise
        return b""


def _each(
    ask: Callable[[Sequence[int]], Mapping[int, Found]], uids: Sequence[int]
) -> tuple[dict[int, Found], dict[int, str]]:
    """What a server gives for all of them, and why it doesn't for some. One refusal holds up none of the others."""
    try:
        return dict(ask(uids)) if uids else {}, {}
    except Failed as failed:
        if failed.trouble != Trouble.SERVER:
            raise
        if len(uids) == 1:
            return {}, {uids[0]: failed.words}
    found: dict[int, Found] = {}
    refused: dict[int, str] = {}
    half = len(uids) // 2
    for part in (uids[:half], uids[half:]):
        more, less = _each(ask, part)
        found |= more
        refused |= less
    return found, refused


def _put_away(source: Source, server: Server) -> None:
    """Mark or move what the ledger has. Doing it twice does nothing twice."""
    while source.afterwards != Afterwards.LEAVE and (uids := queries.to_put_away(source, _PUT_AWAY)):
        if source.afterwards == Afterwards.MOVE:
            server.move(uids, source.move_to)
        else:
            server.mark(uids)
        fetching.was_put_away(source, uids, by=_machine())


def _machine() -> Actor:
    return Actor(None, Via.EMAIL, timezone.now())
