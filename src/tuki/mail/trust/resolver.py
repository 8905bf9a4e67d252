"""What DNS says of a mail domain, asked with little patience: a mail waits for it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from django.conf import settings

_LONGEST_WAIT = 2.0  # for one question
_SULKS_FOR = 60.0  # seconds for which a name that gave no answer is not asked again
_MOST_SULKING = 10_000
# Names that are nobody's (RFC 2606): whoever asks for them only waits.
_NOWHERE = ("example", "invalid", "test", "localhost")


class Unreachable(Exception):
    """No answer came in time. That is not the same as: there is no such record."""


# Asks for records, as Resolver.ask does.
Ask = Callable[[str, str], list[str]]


class Resolver(Protocol):
    """Who knows the records of a name."""

    def ask(self, name: str, kind: str) -> list[str]:
        """The records of a kind (TXT, A, AAAA, MX: its hosts, nearest first) at a name; none where there is none.

        Raises Unreachable.
        """


def the_resolver() -> Resolver | None:
    """Whom this installation asks; None where it asks nobody."""
    resolver: Resolver | None = settings.MAIL_RESOLVER
    return resolver


class Dns:
    """The real one. servers: addresses to ask; the machine's own unless given."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = list(servers)
        self._own = threading.local()  # made by each thread, after the fork, when first asked
        self._silent: dict[tuple[str, str], float] = {}

    def ask(self, name: str, kind: str) -> list[str]:
        import dns.exception
        import dns.resolver

        name = name.rstrip(".").lower()
        if name.rpartition(".")[2] in _NOWHERE:
            return []
        if self._silent.get((name, kind), 0.0) > time.monotonic():
            raise Unreachable(name)
        try:
            answer = self._resolver().resolve(name, kind, search=False, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            if len(self._silent) >= _MOST_SULKING:
                self._silent.clear()
            self._silent[name, kind] = time.monotonic() + _SULKS_FOR
            raise Unreachable(name) from error
        rows = list(answer.rrset or ())
        if kind == "MX":
            rows.sort(key=lambda row: row.preference)
        return [_words(row, kind) for row in rows]

    def _resolver(self) -> Any:
        import dns.resolver

        if not hasattr(self._own, "resolver"):
            resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                resolver.nameservers = self._servers
            resolver.lifetime = resolver.timeout = _LONGEST_WAIT
            resolver.cache = dns.resolver.LRUCache(5000)
            self._own.resolver = resolver
        return self._own.resolver


def _words(row: Any, kind: str) -> str:
    if kind == "TXT":
        return b"".join(row.strings).decode("utf-8", "replace")
    return (row.exchange if kind == "MX" else row).to_text().rstrip(".").lower()  # type: ignore[no-any-return]


class Written:
    """One that knows what it was told: for the demo and tests. Keys are (name, kind)."""

    def __init__(self, records: Mapping[tuple[str, str], Sequence[str]]) -> None:
        self.records = dict(records)

    def ask(self, name: str, kind: str) -> list[str]:
        return list(self.records.get((name.rstrip(".").lower(), kind), ()))


class Bounded:
    """Another one, asked for so many seconds in all, and by then unreachable."""

    def __init__(self, resolver: Resolver, seconds: float) -> None:
        self._resolver, self._until = resolver, time.monotonic() + seconds

    def ask(self, name: str, kind: str) -> list[str]:
        if time.monotonic() > self._until:
            raise Unreachable(name)
        return self._resolver.ask(name, kind)
