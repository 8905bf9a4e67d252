"""Whether a machine may send for a domain, by the domain's own word (SPF, RFC 7208)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from tuki.mail.trust.resolver import Resolver, Unreachable

_MOST_LOOKUPS = 10
_MOST_VOID = 2  # questions that may find nothing
_MOST_HOSTS = 10  # of one domain's MX
_DEEPEST = 10

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


class _Wrong(Exception):
    """The domain's word can't be read."""


@dataclass
class _Question:
    """What is asked, and how many lookups it has cost."""

    ip: IPv4Address | IPv6Address
    sender: str
    helo: str
    resolver: Resolver
    lookups: int = 0
    void: int = 0

    def count(self) -> None:
        self.lookups += 1
        if self.lookups > _MOST_LOOKUPS:
            raise _Wrong

    def records(self, name: str, kind: str) -> list[str]:
        found = self.resolver.ask(name, kind)
        if not found:
            self.void += 1
            if self.void > _MOST_VOID:
                raise _Wrong
        return found


def check(ip: str, sender: str, helo: str, resolver: Resolver) -> tuple[Result, str]:
    """What the domain of a sender says of the machine that its mail came from, and which domain that is.

    sender: the envelope's; a bounce has none, and the name that the machine gives itself stands for it.
    """
    sender = sender if "@" in sender else f"postmaster@{helo}"
    domain = sender.rpartition("@")[2].rstrip(".").lower()
    try:
        address = ip_address(ip)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return _said(_Question(address, sender, helo, resolver), domain, 0), domain
    except Unreachable:
        return Result.TEMPERROR, domain
    except (_Wrong, ValueError):
        return Result.PERMERROR, domain


def _said(question: _Question, domain: str, depth: int) -> Result:
    if depth > _DEEPEST:
        raise _Wrong
    if "." not in domain or len(domain) > 253:
        return Result.NONE
    texts = question.resolver.ask(domain, "TXT")
    texts = [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if not texts:
        return Result.NONE
    if len(texts) > 1:
        raise _Wrong
    elsewhere = ""
    for term in texts[0].split()[1:]:
        if modifier := _MODIFIER.fullmatch(term):
            elsewhere = modifier[2] if modifier[1].lower() == "redirect" else elsewhere
            continue
        found = _TERM.fullmatch(term)
        if found is None:
            raise _Wrong
        sign, name, value, sizes = found.groups()
        if _matches(question, domain, name.lower(), value or "", sizes or "", depth):
            return _BY_SIGN[sign]
    if not elsewhere:
        return Result.NEUTRAL
    question.count()
    said = _said(question, _expanded(elsewhere, question, domain), depth + 1)
    if said == Result.NONE:
        raise _Wrong
    return said


def _matches(question: _Question, domain: str, name: str, value: str, sizes: str, depth: int) -> bool:
    if name == "all":
        return True
    if name in {"ip4", "ip6"}:
        network = ip_network(value + sizes, strict=False)
        if network.version != int(name[2]):
            raise _Wrong
        return question.ip in network
    question.count()
    if name == "ptr":
        return False  # nobody should say so any more (RFC 7208, 5.5), and what it says proves little
    target = _expanded(value, question, domain) if value else domain
    if name == "include":
        said = _said(question, target, depth + 1)
        if said == Result.NONE:
            raise _Wrong
        return said == Result.PASS
    if name == "exists":
        return bool(question.records(target, "A"))
    if name not in {"a", "mx"}:
        raise _Wrong
    hosts = [target] if name == "a" else question.records(target, "MX")
    if len(hosts) > _MOST_HOSTS:
        raise _Wrong
    return any(_is_at(question, host, sizes) for host in hosts)


def _is_at(question: _Question, host: str, sizes: str) -> bool:
    """Whether one of a host's addresses, with as many bits as are said, is the machine's."""
    four, _, six = sizes.partition("//")
    version = question.ip.version
    bits = int(four.strip("/") or 32) if version == 4 else int(six or 128)
    found = question.records(host, "A" if version == 4 else "AAAA")
    return any(question.ip in ip_network(f"{address}/{bits}", strict=False) for address in found)


def _expanded(text: str, question: _Question, domain: str) -> str:
    """A name with its macros filled in (RFC 7208, 7)."""
    local, _, sender_domain = question.sender.rpartition("@")
    ip = question.ip
    values = {
        "s": question.sender,
        "l": local,
        "o": sender_domain,
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
            raise _Wrong
        parts = re.split(f"[{re.escape(parted_by or '.')}]", values[letter.lower()])
        if backwards:
            parts.reverse()
        return ".".join(parts[-int(count) :] if count and int(count) else parts)

    name = _MACRO.sub(filled, text).rstrip(".").lower()
    while len(name) > 253 and "." in name:
        name = name.partition(".")[2]
    return name
