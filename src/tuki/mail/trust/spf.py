"""Whether a machine may send for a domain, by the domain's own word (SPF, RFC 7208).

`judge` holds a mail against it. `foresee` tells how mail of ours would fare, before there is one: for advice. Both read
alike, so that advice never differs from what happens.
"""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from tuki.mail.trust.resolver import Ask, Unreachable

_MOST_LOOKUPS = 10
_MOST_VOID = 2  # terms whose questions find nothing
_MOST_HOSTS = 10  # of one domain's MX

_TERM = re.compile(r"([+\-~?]?)([A-Za-z0-9]+)(?::([^/]*))?((?:/\d{1,3})?(?://\d{1,3})?)")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.\-]*)=(.*)")
_MACRO = re.compile(r"%(?:\{([A-Za-z])(\d{0,3})([rR]?)([.\-+,/_=]*)\}|([%_\-]))")


class Result(StrEnum):
    """What a domain says of a machine."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"  # it says nothing
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_BY_SIGN = {"": Result.PASS, "+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL}


class Flaw(Enum):
    """Why a domain's word is void."""

    UNREADABLE = "unreadable"  # a term is none, or leads to a domain that says nothing
    LONG = "long"  # it takes more questions to the DNS than receivers ask
    EMPTY = "empty"  # too many of those questions find nothing
    SEVERAL = "several"  # two records contradict each other


@dataclass(frozen=True)
class Said:
    """What came of a question.

    domain: whose word it is. flaw, at: why it is a PERMERROR, and the term or name that showed it. unsure: something
    was passed over that depends on the mail.
    """

    result: Result
    domain: str
    flaw: Flaw | None = None
    at: str = ""
    unsure: bool = False


class _Void(Exception):
    """The domain's word counts for nothing."""

    def __init__(self, flaw: Flaw, at: str) -> None:
        super().__init__(flaw, at)
        self.flaw, self.at = flaw, at


class _DependsOnMail(Exception):
    """A name is made of what only a mail tells."""


@dataclass
class _Question:
    """What is asked, and how many lookups it has cost. sender, helo: none where there is no mail yet."""

    ip: IPv4Address | IPv6Address
    ask: Ask
    sender: str | None = None
    helo: str | None = None
    lookups: int = 0
    void: int = 0
    unsure: bool = False

    def count(self, term: str) -> None:
        self.lookups += 1
        if self.lookups > _MOST_LOOKUPS:
            raise _Void(Flaw.LONG, term)

    def count_void(self, name: str) -> None:
        self.void += 1
        if self.void > _MOST_VOID:
            raise _Void(Flaw.EMPTY, name)


def judge(ip: str, sender: str, helo: str, ask: Ask) -> Said:
    """What the domain of a sender says of the machine that its mail came from. DNS that is silent is a TEMPERROR.

    sender: the envelope's; a bounce has none, and the name that the machine gives itself stands for it.
    """
    sender = sender if "@" in sender else f"postmaster@{helo}"
    domain = sender.rpartition("@")[2].rstrip(".").lower()
    try:
        return _told(_Question(_address(ip), ask, sender, helo), domain)
    except Unreachable:
        return Said(Result.TEMPERROR, domain)
    except ValueError:
        return Said(Result.PERMERROR, domain)


def foresee(ip: str, domain: str, ask: Ask) -> Said:
    """What the domain would say of mail that this machine sends in its name. What `ask` raises passes through."""
    return _told(_Question(_address(ip), ask), domain)


def records(domain: str, ask: Ask) -> list[str]:
    """The SPF records of a domain. More than one are as good as none."""
    return [text for text in ask(domain, "TXT") if text.lower().split(" ")[0] == "v=spf1"]


def _address(ip: str) -> IPv4Address | IPv6Address:
    address = ip_address(ip)
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _told(question: _Question, domain: str) -> Said:
    try:
        return Said(_said(question, domain), domain, unsure=question.unsure)
    except _Void as void:
        return Said(Result.PERMERROR, domain, void.flaw, void.at)


def _said(question: _Question, domain: str) -> Result:
    if "." not in domain or len(domain) > 253:
        return Result.NONE
    texts = records(domain, question.ask)
    if not texts:
        return Result.NONE
    if len(texts) > 1:
        raise _Void(Flaw.SEVERAL, domain)
    redirect = elsewhere = ""
    for term in texts[0].split()[1:]:
        if modifier := _MODIFIER.fullmatch(term):
            if modifier[1].lower() == "redirect":
                redirect, elsewhere = term, modifier[2]
            continue
        found = _TERM.fullmatch(term)
        if found is None:
            raise _Void(Flaw.UNREADABLE, term)
        try:
            if _matches(question, domain, found):
                return _BY_SIGN[found[1]]
        except ValueError as error:
            raise _Void(Flaw.UNREADABLE, term) from error
        except _DependsOnMail:
            question.unsure = True
    return _said_elsewhere(question, domain, redirect, elsewhere) if elsewhere else Result.NEUTRAL


def _said_elsewhere(question: _Question, domain: str, term: str, elsewhere: str) -> Result:
    question.count(term)
    try:
        said = _said(question, _expanded(elsewhere, question, domain))
    except _DependsOnMail:
        question.unsure = True
        return Result.NEUTRAL
    if said == Result.NONE:
        raise _Void(Flaw.UNREADABLE, term)
    return said


def _matches(question: _Question, domain: str, term: re.Match[str]) -> bool:
    """Whether a term is about the machine. A ValueError: it is no term."""
    name, value, sizes = term[2].lower(), term[3] or "", term[4] or ""
    if name == "all":
        return True
    if name in {"ip4", "ip6"}:
        network = ip_network(value + sizes, strict=False)
        if network.version != int(name[2]):
            raise ValueError(value)
        return question.ip in network
    if name not in {"a", "mx", "include", "exists", "ptr"}:
        raise ValueError(name)
    question.count(term[0])
    if name == "ptr":
        question.unsure = True
        return False  # nobody should say so any more (RFC 7208, 5.5), and what it says proves little
    target = _expanded(value, question, domain) if value else domain
    if name == "include":
        said = _said(question, target)
        if said == Result.NONE:
            raise ValueError(target)
        return said == Result.PASS
    if name == "exists":
        found = question.ask(target, "A")
        if not found:
            question.count_void(target)
        return bool(found)
    hosts = [target] if name == "a" else question.ask(target, "MX")
    if len(hosts) > _MOST_HOSTS:
        raise _Void(Flaw.LONG, term[0])
    return _is_at(question, target, [host.rstrip(".") for host in hosts], sizes)


def _is_at(question: _Question, target: str, hosts: list[str], sizes: str) -> bool:
    """Whether one of these hosts' addresses, with as many bits as are said, is the machine's.

    One term is void at most once, where none has any: mail hosts without IPv6 are no fault of a domain's.
    """
    four, _, six = sizes.partition("//")
    version = question.ip.version
    bits = int(four.strip("/") or 32) if version == 4 else int(six or 128)
    finds_any = False
    for host in hosts:
        found = question.ask(host, "A" if version == 4 else "AAAA")
        finds_any = finds_any or bool(found)
        if any(question.ip in ip_network(f"{address}/{bits}", strict=False) for address in found):
            return True
    if not finds_any:
        question.count_void(target)
    return False


def _expanded(text: str, question: _Question, domain: str) -> str:
    """A name with its macros filled in (RFC 7208, 7)."""
    ip = question.ip
    values: dict[str, str | None] = {
        "s": question.sender,
        "l": question.sender and question.sender.rpartition("@")[0],
        "o": question.sender and question.sender.rpartition("@")[2],
        "d": domain,
        "i": str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", "")),
        "v": "in-addr" if ip.version == 4 else "ip6",
        "h": question.helo,
        "p": "unknown",
    }

    def filled(found: re.Match[str]) -> str:
        letter, count, backwards, parted_by, literal = found.groups()
        if literal:
            return {"%": "%", "_": " ", "-": "%20"}[literal]
        if letter.lower() not in values:
            raise ValueError(letter)
        value = values[letter.lower()]
        if value is None:
            raise _DependsOnMail
        parts = re.split(f"[{re.escape(parted_by or '.')}]", value)
        if backwards:
            parts.reverse()
        return ".".join(parts[-int(count) :] if count and int(count) else parts)

    name = _MACRO.sub(filled, text).rstrip(".").lower()
    while len(name) > 253 and "." in name:
        name = name.partition(".")[2]
    return name
