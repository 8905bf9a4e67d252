"""Whether a mail comes from whom it names: SPF, DKIM and DMARC of what comes in.

Only a domain that stands behind the From counts. It does so by a signature of its own (DKIM), or by having named the
machine that sent the mail (SPF); what it wants done with mail that has neither, it says by DMARC.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_address
from types import ModuleType

from tuki.mail.reading import headers, mime
from tuki.mail.reading.headers import Address
from tuki.mail.trust import spf
from tuki.mail.trust.resolver import Bounded, Resolver, Unreachable

PATIENCE = 5.0  # seconds for all questions that one mail asks
_MOST_SIGNATURES = 5
# What a signature may be made of. Nobody's is near it, and what is beyond takes its reader the square of its time.
_LONGEST_HEAD = 512 * 1024
_MOST_LINES, _MOST_FIELDS, _MOST_NAMES, _LONGEST_SIGNATURE = 10_000, 2000, 200, 5000
_MAY_STAND_ONCE = (
    *(b"from", b"subject", b"to", b"cc", b"reply-to", b"date", b"message-id", b"in-reply-to", b"references"),
    *(b"content-type", b"content-transfer-encoding", b"auto-submitted"),
)
# What the other side called itself, blanks and all, and in brackets what the server that wrote the line knew of it.
_RELAYED = re.compile(r"from\s+([^()]{1,2100}+)(\(.{1,2000}\))\s*by\s", re.I)
_IN_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]*+\))*+)\)")
_SAID = re.compile(r"(?:^[EL]?H[EL]LO\s|\b(?:helo|ident)=).*", re.I)  # by the other side, within the brackets
_AT = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{3,45})\]")
_ITS_POLICY = re.compile(r"\bdmarc=fail\s*\(\s*p=(none|quarantine|reject)\b", re.I)
_CALLS_ITSELF = re.compile(r"\b(?:helo=|[EL]?H[EL]LO\s+)([^\s)]{1,255})", re.I)

Network = IPv4Network | IPv6Network


class Authenticity(StrEnum):
    """Whether a mail is from whom it names."""

    PASS = "pass"  # the domain of its From stands behind it
    FAIL = "fail"  # it is forged: the domain wants such mail refused, or it names several or none
    UNKNOWN = "unknown"  # nobody can tell


@dataclass(frozen=True)
class Findings:
    """What was found of a mail's sender, and what follows from it. Results are RFC 8601's words."""

    authenticity: Authenticity = Authenticity.UNKNOWN
    domain: str = ""  # of the From
    aligned: str = ""  # that stands behind it
    spf: str = "none"
    dkim: str = "none"  # of the signatures that could stand behind it, the best
    dmarc: str = "none"  # "temperror" where it could not be asked
    policy: str = ""  # none, quarantine or reject: what the domain wants done; empty where it says nothing
    said_by: str = ""  # a server of the desk's own, where it was the one to look

    def as_json(self) -> dict[str, str]:
        """Without what says nothing."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Findings":
        """What `as_json` gave."""
        return cls(Authenticity(kept["authenticity"]), **{name: kept[name] for name in kept if name != "authenticity"})

    @property
    def says_nothing(self) -> bool:
        """Whether the domain has published no rule by which its mail could be known."""
        return not self.policy and self.dmarc == "none"

    @property
    def could_not_ask(self) -> bool:
        """Another try may find more."""
        unknown = self.authenticity == Authenticity.UNKNOWN and not self.said_by
        return unknown and "temperror" in {self.spf, self.dkim, self.dmarc}


@dataclass(frozen=True)
class Way:
    """How a mail came. ip: of the machine that brought it; empty where it was fetched."""

    ip: str = ""
    helo: str = ""
    envelope_from: str = ""


@dataclass(frozen=True)
class Trust:
    """Whose word is taken.

    relays: networks of servers that only pass mail on, so that their Received line names who brought it. servers: names
    (authserv-id) by which servers of ours sign what they found.
    """

    relays: Sequence[Network] = ()
    servers: frozenset[str] = field(default_factory=frozenset)

    def is_relay(self, ip: str) -> bool:
        try:
            address = ip_address(ip)
        except ValueError:
            return False
        return address.is_loopback or any(address in network for network in self.relays)


def authenticate(raw: bytes, sender: Address | None, way: Way, trust: Trust, resolver: Resolver | None) -> Findings:
    """Find out whether a mail is from its sender. Never raises; asks for some seconds at most.

    sender: as it was parsed, so that no two readings of a From can differ. resolver: None asks nobody.
    """
    head = mime.read_head(raw)
    named = {who.address for value in head.all("from") for who in headers.addresses(value)}
    if sender is None or named != {sender.address}:
        # Several people, or a Sender alone: whichever we took, the signature may be another's.
        return Findings(Authenticity.FAIL, domain=_domain(sender))
    domain = _domain(sender)
    if not domain:
        return Findings()
    bounded = Bounded(resolver, PATIENCE) if resolver else None
    by_own = not way.ip or trust.is_relay(way.ip)
    found = _said_by_own_server(head, domain, trust, bounded) if by_own else None
    if found is None:
        found = _looked_at(raw, head, sender, domain, way, trust, bounded)
    return found


def _looked_at(
    raw: bytes,
    head: mime.Part,
    sender: Address,
    domain: str,
    way: Way,
    trust: Trust,
    resolver: Resolver | None,
) -> Findings:
    """Look ourselves."""
    if resolver is None:
        return Findings(domain=domain)
    found = Findings(domain=domain)
    strict_dkim = strict_spf = False
    try:
        record = _policy_record(domain, resolver)
    except Unreachable:
        found = replace(found, dmarc="temperror")
    else:
        found = replace(found, policy=record.get("policy", ""))
        strict_dkim, strict_spf = record.get("adkim") == "s", record.get("aspf") == "s"

    client, helo, is_ours = _brought_by(head, way, trust)
    if client:
        said = spf.judge(client, way.envelope_from, helo, resolver.ask)
        # A machine of ours that speaks for itself, few domains name; where one does, that counts.
        if not is_ours or said.result == spf.Result.PASS:
            found = replace(found, spf=said.result)
        if said.result == spf.Result.PASS and _aligned(said.domain, domain, strict_spf):
            found = replace(found, aligned=said.domain)
    if not found.aligned:
        signature, signer = _signed(raw, sender, domain, strict_dkim, resolver)
        found = replace(found, dkim=signature, aligned=signer)

    if found.aligned:
        return replace(found, authenticity=Authenticity.PASS, dmarc="pass" if found.policy else found.dmarc)
    if not found.policy:
        return found
    if "temperror" in {found.spf, found.dkim} or not client or is_ours:
        return found  # who brought it is not known, so nobody can say that it was the wrong one
    return _failed(found)


def _failed(found: Findings) -> Findings:
    """DMARC failed. A domain that only watches (p=none) has given no order to mistrust it."""
    forged = found.policy in {"quarantine", "reject"}
    return replace(found, dmarc="fail", authenticity=Authenticity.FAIL if forged else Authenticity.UNKNOWN)


# Servers of our own


def _said_by_own_server(head: mime.Part, domain: str, trust: Trust, resolver: Resolver | None) -> Findings | None:
    """What the topmost Authentication-Results of a trusted server says; None where there is none that can be read."""
    for value in head.all("authentication-results") if trust.servers else ():
        words = _as_written(value, 20_000)
        server, results = _results(words)
        if server in trust.servers:
            told = _ITS_POLICY.search(words)
            return _judged(server, results, told[1].lower() if told else "", domain, resolver)
    return None


@dataclass(frozen=True)
class _Said:
    """One result of another server's: method, what it found, and of which domain."""

    method: str
    result: str
    domain: str


def _results(value: str) -> tuple[str, list[_Said]]:
    """Which server says what; none where its words can't be read."""
    from authres import FeatureContext, dmarc
    from authres.core import AuthResError

    try:
        parsed = FeatureContext(dmarc).parse_value(value)
    except (AuthResError, ValueError, TypeError, IndexError, AttributeError, RecursionError):
        return "", []
    named = {"dmarc": ("header", "from"), "dkim": ("header", "d"), "spf": ("smtp", "mailfrom")}
    results = []
    for one in parsed.results:
        method = getattr(one, "method", "")
        if method not in named:
            continue
        kind, name = named[method]
        properties = {(found.type, found.name): str(found.value or "") for found in one.properties}
        of = properties.get((kind, name)) or properties.get(("header", "i")) or properties.get(("smtp", "helo"), "")
        results.append(_Said(method, str(one.result).lower(), _ascii(of.rpartition("@")[2])))
    return str(parsed.authserv_id).lower(), results


def _judged(server: str, results: list[_Said], policy: str, domain: str, resolver: Resolver | None) -> Findings:
    """policy: as the server read it."""
    found = Findings(domain=domain, said_by=server)
    for one in results:
        if one.method == "spf" and found.spf == spf.Result.NONE:
            found = replace(found, spf=one.result)
        if one.method == "dkim" and found.dkim != "pass" and _aligned(one.domain, domain):
            found = replace(found, dkim=one.result)
    dmarc = next((one for one in results if one.method == "dmarc" and one.domain in {domain, ""}), None)
    if dmarc is not None and dmarc.result == "pass":
        return replace(found, dmarc="pass", aligned=domain, authenticity=Authenticity.PASS)
    if dmarc is None or dmarc.result == "none":
        for one in results:
            if one.method != "dmarc" and one.result == "pass" and _aligned(one.domain, domain):
                return replace(found, aligned=one.domain, authenticity=Authenticity.PASS)
    asked = "none"
    if not policy and resolver is not None:
        try:
            policy = _policy_record(domain, resolver).get("policy", "")
        except Unreachable:
            asked = "temperror"
    if dmarc is None or dmarc.result != "fail":
        return replace(found, policy=policy, dmarc=dmarc.result if dmarc and dmarc.result != "none" else asked)
    # Where nobody can say what the domain wants, what failed is taken for forged.
    return _failed(replace(found, policy=policy or "quarantine"))


def _brought_by(head: mime.Part, way: Way, trust: Trust) -> tuple[str, str, bool]:
    """The machine that brought the mail to the first server of ours: address, name, and whether it is itself ours."""
    if not trust.is_relay(way.ip):
        return way.ip if _is_ip(way.ip) else "", way.helo, False
    lines = head.all("received")
    for line in lines[:20]:
        ip, helo = _seen(line)
        if not _is_ip(ip):
            return "", "", False
        if not trust.is_relay(ip):
            return ip, helo, False
    return ("", "", False) if lines else (way.ip, way.helo, True)


def _seen(line: bytes) -> tuple[str, str]:
    """The address that a Received line says the mail came from, and the name the machine there gave itself.

    A stranger chooses that name, and may choose an address: only what the server wrote of itself counts, which stands
    in brackets. Exim alone writes the address before them, and then the name within.
    """
    found = _RELAYED.match(_as_written(line, 5000))
    if found is None:
        return "", ""
    said = found[1].strip()
    notes = _IN_BRACKETS.findall(found[2])
    says = _CALLS_ITSELF.search(found[2])
    helo = says[1] if says else said.strip("[]")
    for note in notes:
        known = _SAID.sub("", note).strip()
        if within := _AT.findall(known):
            return within[-1], helo
        bare = known.rpartition("@")[2]  # qmail writes somebody@ before it
        if _is_ip(bare):
            return bare, helo
    by_exim = notes and re.match(r"(?:port=\d+ )?(?:helo|ident)=", notes[0])
    at = re.fullmatch(rf"{_AT.pattern}(?::\d+)?", said) if by_exim else None
    return (at[1] if at else ""), helo


def _as_written(value: bytes, most: int) -> str:
    """What a server wrote into a field. Encoded words stay as they are: only strangers bring such, to hide brackets."""
    return " ".join(value[:most].decode("ascii", "replace").split())


def _is_ip(words: str) -> bool:
    try:
        ip_address(words)
    except ValueError:
        return False
    return True


# Signatures


def _signed(raw: bytes, sender: Address, domain: str, strict: bool, resolver: Resolver) -> tuple[str, str]:
    """Whether a domain that can stand behind the sender signed all of the mail: the result, and that domain."""
    if not re.search(rb"(?im)^dkim-signature[ \t]*:", raw[:_LONGEST_HEAD]):
        return "none", ""
    head_end = re.search(rb"\n\r?\n", raw[:_LONGEST_HEAD])
    if (head_end is None and len(raw) > _LONGEST_HEAD) or raw.count(
        b"\n", 0, head_end and head_end.end()
    ) > _MOST_LINES:
        return "neutral", ""
    dkim = _signatures_reader()

    def text_at(name: bytes | str, timeout: float = 0) -> bytes | None:
        name = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        return next((text.encode() for text in resolver.ask(name, "TXT") if "p=" in text), None)

    result = "none"
    try:
        mail = dkim.DKIM(raw, minkey=1024)
        if len(mail.headers) > _MOST_FIELDS:
            return "neutral", ""
        if not _is_plain(mail.headers, sender):
            return "policy", ""
        signatures = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    except Exception:  # noqa: BLE001 - made by strangers, read by a library that raises what it likes
        return "permerror", ""
    tried = 0
    for number, value in enumerate(signatures):
        tags = _tags(value)
        signer = _ascii(tags.get("d", ""))
        if not _aligned(signer, domain, strict) or tried >= _MOST_SIGNATURES:
            continue
        tried += 1
        if len(value) > _LONGEST_SIGNATURE or tags.get("h", "").count(":") >= _MOST_NAMES:
            result = "neutral" if result == "none" else result
            continue
        if "l" in tags:
            result = "policy"  # it leaves room for words of others below its own
            continue
        try:
            if mail.verify(number, dnsfunc=text_at):
                return "pass", signer
            result = "fail"
        except Unreachable:
            result = "temperror"
        except Exception:  # noqa: BLE001 - as above
            result = "fail" if result == "none" else result
    return result, ""


@cache
def _signatures_reader() -> ModuleType:
    """dkimpy, with what it does to a body made to go over it once. Read when first asked for: few commands need it."""
    from dkim import canonicalization

    reader: ModuleType = import_module("dkim")
    canonicalization.strip_trailing_whitespace = _without_space_at_line_ends
    canonicalization.strip_trailing_lines = _without_empty_lines_at_end
    return reader


def _without_space_at_line_ends(body: bytes) -> bytes:
    return re.sub(rb"(?<![\t ])[\t ]++\r\n", b"\r\n", body)


def _without_empty_lines_at_end(body: bytes) -> bytes:
    """A body with exactly one line end behind its last words."""
    ends = re.match(rb"(?:\n\r)*+", body[len(body.rstrip(b"\r\n")) :][::-1])
    return body[: len(body) - (ends.end() if ends else 0)] + b"\r\n"


def _is_plain(fields: Iterable[tuple[bytes, bytes]], sender: Address) -> bool:
    """Whether the signature's reader sees the sender that we see, and no field that it and we could read apart.

    A signature vouches for the lowest of several fields of a name; we read the topmost.
    """
    seen: dict[bytes, bytes] = {}
    for name, value in fields:
        name = name.lower()
        if name in _MAY_STAND_ONCE and name in seen:
            return False
        seen[name] = value
    return {who.address for who in headers.addresses(seen.get(b"from", b""))} == {sender.address}


def _tags(value: bytes) -> dict[str, str]:
    text = "".join(value[:_LONGEST_SIGNATURE].decode("ascii", "replace").split())
    return {name: of for name, equals, of in (tag.partition("=") for tag in text.split(";")) if equals}


# Domains


def _policy_record(domain: str, resolver: Resolver) -> dict[str, str]:
    """What a domain, or the one it is part of, publishes by DMARC, with `policy`, what it wants; empty where nothing.

    Raises Unreachable.
    """
    whole = _whole(domain)
    for name in dict.fromkeys((domain, whole)):
        texts = [text for text in resolver.ask(f"_dmarc.{name}", "TXT") if re.match(r"v=DMARC1\s*(?:;|$)", text)]
        if len(texts) != 1:
            continue
        tags = (tag.partition("=") for tag in texts[0].split(";"))
        record = {key.strip().lower(): of.strip().lower() for key, _, of in tags}
        wanted = record.get("p", "none" if "rua" in record else "")
        if name != domain:
            wanted = record.get("sp", wanted)
        if wanted not in {"none", "quarantine", "reject"}:
            continue
        record["policy"] = "none" if record.get("pct") == "0" or record.get("t") == "y" else wanted
        return record
    return {}


def _aligned(other: str, domain: str, strict: bool = False) -> bool:
    """Whether one domain can stand behind another's name."""
    if not other or not domain:
        return False
    return other == domain or (not strict and _whole(other) == _whole(domain))


def _whole(domain: str) -> str:
    """What one can own of a domain: acme.co.uk of mail.acme.co.uk."""
    labels, rules = domain.split("."), _suffix_rules()
    for at in range(len(labels)):
        name, parent = ".".join(labels[at:]), ".".join(labels[at + 1 :])
        if f"!{name}" in rules:
            return name
        if name in rules or f"*.{parent}" in rules:
            return ".".join(labels[max(at - 1, 0) :])
    return ".".join(labels[-2:])


@cache
def _suffix_rules() -> frozenset[str]:
    """The public suffix list. Read here: the library that comes with it makes 9 MB of it, or reads it each time."""
    with (files("authheaders") / "public_suffix_list.txt").open(encoding="utf-8") as lines:
        return frozenset(_ascii(line.split()[0]) for line in lines if line.strip() and not line.startswith("//"))


def _domain(sender: Address | None) -> str:
    return _ascii(sender.address.rpartition("@")[2]) if sender else ""


def _ascii(domain: str) -> str:
    """A domain as DNS knows it; empty where it can be none."""
    domain = domain.strip().rstrip(".").lower()
    try:
        return domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return ""
