"""What a domain says of who may send its mail (RFC 7208), as far as a desk needs to know it to give advice.

Nothing here is asked of mail that comes in. Macros, `exists` and `ptr` depend on a single mail: they are passed over,
and the answer says that it is not sure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

# Asks the DNS: name and type to what stands there (of MX the hosts), nothing where nothing does. Raises CouldNotAsk.
Ask = Callable[[str, str], list[str]]

MOST_LOOKUPS = 10  # beyond which receivers take a record for broken

_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class CouldNotAsk(Exception):
    """The DNS gave no answer, so nothing is known either way."""


@dataclass
class Evaluation:
    """How a record is read for one network address: result, as RFC 7208 names it, and what it cost."""

    result: str = "neutral"
    lookups: int = 0
    unsure: bool = False  # something was passed over that only a mail can tell
    broken: list[str] = field(default_factory=list)  # terms that make the record void


def records(domain: str, ask: Ask) -> list[str]:
    """The SPF records of a domain. More than one are as good as none."""
    return [text for text in ask(domain, "TXT") if text.lower().split(" ")[0] == "v=spf1"]


def evaluate(address: str, domain: str, ask: Ask) -> Evaluation:
    """What the domain says of mail that comes from this network address."""
    told = Evaluation()
    told.result = _result(address, domain, ask, told)
    if told.lookups > MOST_LOOKUPS:
        told.result = "permerror"
    return told


def _result(address: str, domain: str, ask: Ask, told: Evaluation) -> str:
    found = records(domain, ask)
    if len(found) != 1:
        if found:
            told.broken.append(domain)
        return "permerror" if found else "none"
    redirect = ""
    for term in found[0].split()[1:]:
        if term.lower().startswith("redirect="):
            redirect = term.partition("=")[2]
            continue
        if "=" in term.partition(":")[0]:
            continue  # a modifier that is none of ours
        sign, mechanism = (term[0], term[1:]) if term[0] in _RESULTS else ("+", term)
        holds = _holds(mechanism, address, domain, ask, told)
        if holds is None:
            told.broken.append(term)
            return "permerror"
        if holds:
            return _RESULTS[sign]
    if redirect:
        told.lookups += 1
        if "%" in redirect or told.lookups > MOST_LOOKUPS:
            told.unsure = True
            return "neutral"
        return _result(address, redirect, ask, told)
    return "neutral"


def _holds(mechanism: str, address: str, domain: str, ask: Ask, told: Evaluation) -> bool | None:
    """Whether a term is about this address; None where it is no term at all, or includes what is none."""
    name, _, value = mechanism.partition(":")
    name, _, bare_length = name.lower().partition("/")
    value, _, length = value.partition("/") if name in {"a", "mx"} else (value, "", "")
    length = length or bare_length
    if name == "all":
        return True
    if name in {"ip4", "ip6"}:
        return _within(address, value)
    if name not in {"a", "mx", "include", "exists", "ptr"}:
        return None
    told.lookups += 1
    if told.lookups > MOST_LOOKUPS or "%" in value or name in {"exists", "ptr"}:
        told.unsure = told.unsure or told.lookups <= MOST_LOOKUPS
        return False
    if name == "include":
        result = _result(address, value, ask, told)
        return None if result in {"none", "permerror"} else result == "pass"
    hosts = [value or domain] if name == "a" else mail_servers(value or domain, ask)
    return any(_within(address, one, length) for one in addresses_of(hosts, ask))


def _within(address: str, network: str, length: str = "") -> bool | None:
    try:
        one = ip_address(address)
        if length:
            # "24//64": the first for IPv4, the second for IPv6.
            for_4, _, for_6 = length.partition("//")
            prefix = for_4 if one.version == 4 else for_6
            network = f"{network}/{prefix}" if prefix else network
        wanted = ip_network(network, strict=False)
    except ValueError:
        return None
    return one.version == wanted.version and one in wanted


def mail_servers(domain: str, ask: Ask) -> list[str]:
    """The hosts that mail to a domain goes to, the most wanted first; an empty one says that it takes none."""
    return [host.rstrip(".").lower() for host in ask(domain, "MX")]


def addresses_of(hosts: Iterable[str], ask: Ask) -> list[str]:
    """The network addresses of some hosts; of one that is an address, itself."""
    found: list[str] = []
    for host in hosts:
        try:
            found.append(str(ip_address(host.strip("[]"))))
        except ValueError:
            if host:
                found += [*ask(host, "A"), *ask(host, "AAAA")]
    return list(dict.fromkeys(found))
