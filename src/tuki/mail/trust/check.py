"""Whether others will believe that the desk's mail is the desk's: what is found in the DNS, and what to put there.

Each finding is told in words, in the language that is active, with the exact record to publish where one is missing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address

import dns.reversename
from django.conf import settings
from django.utils.translation import gettext as _

from tuki.mail import queries
from tuki.mail.addresses import domain_of
from tuki.mail.sending import signing, smtp
from tuki.mail.sending.smtp import Greeting
from tuki.mail.trust.resolver import Ask, Bounded, Unreachable, the_resolver
from tuki.mail.trust.spf import Flaw, Result, Said, foresee, records

_ALL_QUESTIONS = 8.0  # seconds


class CouldNotAsk(Exception):
    """The DNS gave no answer, so nothing is known either way."""


class Standing(Enum):
    """How much a finding matters."""

    GOOD = "good"
    ADVICE = "advice"  # works, and could be better; or can't be known from here
    WRONG = "wrong"  # mail is lost, or lands in spam
    UNKNOWN = "unknown"  # the DNS or the server could not be asked


@dataclass(frozen=True)
class Record:
    """A line to publish in the DNS."""

    name: str
    type: str
    value: str


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. about: its name, the same in every language. found: the record that is there."""

    about: str
    standing: Standing
    words: str
    found: str = ""
    publish: Record | None = None


@dataclass(frozen=True)
class DomainReport:
    """What was found of a domain, with the desk's addresses that lie in it."""

    domain: str
    addresses: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Report:
    """Everything: of each domain that the desk writes from, and of the server that takes its mail."""

    domains: tuple[DomainReport, ...]
    server: tuple[Finding, ...]

    @property
    def findings(self) -> list[Finding]:
        return [*self.server, *(finding for domain in self.domains for finding in domain.findings)]

    @property
    def is_wrong(self) -> bool:
        return any(finding.standing == Standing.WRONG for finding in self.findings)


def check(domain: str = "", *, ask: Ask | None = None, greet: Callable[[], Greeting] | None = None) -> Report:
    """Look at all that the desk's mail depends on outside; of one domain only where it is given.

    ask, greet: the DNS and the mail server, unless given the real ones. Takes at most some fifteen seconds.
    """
    asking = ask or _ask_dns()
    host = settings.SMTP.host if settings.SMTP else ""
    by_domain: dict[str, list[str]] = {}
    for address in sorted(queries.our_addresses()):
        by_domain.setdefault(domain_of(address), []).append(address)
    wanted = [domain_of(domain)] if domain else sorted(by_domain)
    return Report(
        tuple(
            DomainReport(one, tuple(by_domain.get(one, ())), domain_findings(one, host, _own_key(one), asking))
            for one in wanted
        ),
        server_findings(host, greet or _greet, asking),
    )


def domain_findings(domain: str, relay: str, key: Record | None, ask: Ask) -> tuple[Finding, ...]:
    """What is found of a domain. relay: the host that our mail is handed to. key: our DKIM record, where we sign."""
    spf = _told(lambda: _spf(domain, relay, ask), "SPF")
    dkim = _told(lambda: _dkim(key, ask), "DKIM")
    return spf, dkim, _told(lambda: _dmarc(domain, (spf, dkim), ask), "DMARC"), _told(lambda: _mx(domain, ask), "MX")


def _told(find: Callable[[], Finding], about: str) -> Finding:
    try:
        return find()
    except CouldNotAsk as error:
        words = _("The DNS could not be asked, so nothing is known of this: %(why)s") % {"why": error}
        return Finding(about, Standing.UNKNOWN, words)


def _spf(domain: str, relay: str, ask: Ask) -> Finding:
    found = records(domain, ask)
    if not found:
        return Finding(
            "SPF",
            Standing.WRONG,
            _("%(domain)s does not say which servers may send its mail. Receivers will take it for spam.")
            % {"domain": domain},
            publish=Record(domain, "TXT", f"v=spf1 mx {_term(relay)}~all".replace("  ", " ")),
        )
    if len(found) > 1:
        words = _("There are %(count)d SPF records, and so none counts. Put them together into one.")
        return Finding("SPF", Standing.WRONG, words % {"count": len(found)}, " | ".join(found))
    record = found[0]
    if "+all" in record.lower().split() or "all" in record.lower().split():
        words = _("The record allows every server in the world to send mail as %(domain)s. End it with ~all.")
        mended = " ".join("~all" if term.lower() in {"all", "+all"} else term for term in record.split())
        return Finding("SPF", Standing.WRONG, words % {"domain": domain}, record, publish=Record(domain, "TXT", mended))
    if not relay:
        words = _("There is a record. Whether it names our mail server can be said once one is set (TUKI_SMTP_URL).")
        return Finding("SPF", Standing.ADVICE, words, record)
    outside = [address for address in addresses_of([relay], ask) if ip_address(address).is_global]
    if not outside:
        words = _(
            "There is a record. Mail leaves by %(server)s, which has no public address of its own: see that the record "
            "names the address by which that server reaches the internet."
        )
        return Finding("SPF", Standing.ADVICE, words % {"server": relay}, record)
    told = [foresee(address, domain, ask) for address in outside]
    if void := next((one for one in told if one.flaw), None):
        return Finding("SPF", Standing.WRONG, _why_void(void), record)
    if all(one.result == Result.PASS for one in told):
        words = _("The mail server %(server)s may send mail of %(domain)s.") % {"server": relay, "domain": domain}
        return Finding("SPF", Standing.GOOD, words, record)
    words = _(
        "The record does not name %(server)s. If that server sends to others by its own address, add it; if it passes "
        "mail on to a provider, see that the provider is named."
    )
    standing = Standing.ADVICE if any(one.unsure for one in told) or not _is_strict(record) else Standing.WRONG
    mended = record.replace("v=spf1", f"v=spf1 {_term(relay)}".rstrip(), 1)
    return Finding("SPF", standing, words % {"server": relay}, record, publish=Record(domain, "TXT", mended))


def _why_void(said: Said) -> str:
    match said.flaw:
        case Flaw.LONG:
            words = _(
                "The record needs more than ten further questions to the DNS, and so none of it counts. Shorten it."
            )
        case Flaw.EMPTY:
            words = _("The record names hosts that are not in the DNS, such as “%(term)s”, and so none of it counts.")
        case Flaw.SEVERAL:
            words = _("The record includes “%(term)s”, which has several records, and so none of it counts.")
        case _:
            words = _("The record can't be read at “%(term)s”, and so none of it counts.")
    return words % {"term": said.at}


def _term(relay: str) -> str:
    """How an SPF record names this host."""
    try:
        address = ip_address(relay.strip("[]"))
    except ValueError:
        return f"a:{relay} " if "." in relay else ""
    return f"ip{address.version}:{address} " if address.is_global else ""


def _is_strict(record: str) -> bool:
    return "-all" in record.lower().split()


def _dkim(key: Record | None, ask: Ask) -> Finding:
    if key is None:
        words = _("Tuki does not sign (TUKI_DKIM=off): your mail server is to do it, for the domain of the address.")
        return Finding("DKIM", Standing.ADVICE, words)
    found = [text for text in ask(key.name, key.type) if "p=" in text]
    if not found:
        words = _("Tuki signs each mail, and nobody can check it before the key is in the DNS.")
        return Finding("DKIM", Standing.WRONG, words, publish=key)
    if _tags(found[0]).get("p") != _tags(key.value)["p"]:
        words = _("Another key is in the DNS than the one that Tuki signs with, so every signature fails.")
        return Finding("DKIM", Standing.WRONG, words, found[0], publish=key)
    if "y" in _tags(found[0]).get("t", "").split(":"):
        words = _("The key is there, and marked as being tried out (t=y): receivers may ignore it. Remove the mark.")
        return Finding("DKIM", Standing.ADVICE, words, found[0], publish=key)
    return Finding(
        "DKIM", Standing.GOOD, _("Each mail is signed, and the key to check it with is in the DNS."), found[0]
    )


def _dmarc(domain: str, others: Sequence[Finding], ask: Ask) -> Finding:
    holder, found = _dmarc_record(domain, ask)
    wanted = Record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    if not found:
        words = _(
            "%(domain)s does not say what to do with mail that only pretends to be its own; large receivers want "
            "that. Begin with this, and make it p=quarantine once the reports show no mail of yours that fails."
        )
        return Finding("DMARC", Standing.WRONG, words % {"domain": domain}, publish=wanted)
    if len(found) > 1:
        words = _("There are %(count)d DMARC records, and so none counts. Keep one.") % {"count": len(found)}
        return Finding("DMARC", Standing.WRONG, words, " | ".join(found))
    tags = _tags(found[0])
    policy = (tags.get("sp") if holder != domain else None) or tags.get("p", "")
    if policy not in {"none", "quarantine", "reject"}:
        words = _("The record names no policy (p=), and so does not count.")
        return Finding("DMARC", Standing.WRONG, words, found[0], publish=wanted)
    # The return path and the signature are of the very domain of the From: where either holds, it is aligned.
    if not any(other.standing == Standing.GOOD for other in others):
        asked = all(other.standing != Standing.UNKNOWN for other in others)
        words = _("Neither SPF nor DKIM is known to hold for our mail, so receivers do what this says: p=%(policy)s.")
        lost = asked and policy != "none"
        return Finding("DMARC", Standing.WRONG if lost else Standing.ADVICE, words % {"policy": policy}, found[0])
    if policy == "none":
        words = _("Our mail is aligned. The policy asks for nothing yet (p=none): make it p=quarantine once sure.")
        return Finding("DMARC", Standing.ADVICE, words, found[0])
    words = _("Our mail is aligned: sender, return path and signature are all of this domain.")
    return Finding("DMARC", Standing.GOOD, words, found[0])


def _dmarc_record(domain: str, ask: Ask) -> tuple[str, list[str]]:
    """The record that holds for a domain, and where it stands: its own, or the nearest above it."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        holder = ".".join(labels[start:])
        found = [text for text in ask(f"_dmarc.{holder}", "TXT") if text.lower().startswith("v=dmarc1")]
        if found:
            return holder, found
    return domain, []


def _tags(record: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in record.split(";") if "=" in part]
    return {name.strip().lower(): "".join(value.split()) for name, _equals, value in pairs}


def _mx(domain: str, ask: Ask) -> Finding:
    hosts = mail_servers(domain, ask)
    shown = ", ".join(hosts)
    if hosts and not any(hosts):
        words = _("%(domain)s says that it takes no mail at all, so nobody can answer.") % {"domain": domain}
        return Finding("MX", Standing.WRONG, words)
    if not hosts:
        words = _("No mail server is named for %(domain)s, so answers and reports on lost mail may not reach us.")
        ours = Record(domain, "MX", f"10 mail.{domain}")
        return Finding("MX", Standing.WRONG, words % {"domain": domain}, publish=ours)
    if not addresses_of(hosts, ask):
        words = _("The mail servers of %(domain)s have no address: %(servers)s.")
        return Finding("MX", Standing.WRONG, words % {"domain": domain, "servers": ", ".join(hosts)}, shown)
    words = _("Mail to %(domain)s goes to %(servers)s. From there it is to reach Tuki, plus-addresses included.")
    return Finding("MX", Standing.GOOD, words % {"domain": domain, "servers": ", ".join(hosts)}, shown)


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


def server_findings(host: str, greet: Callable[[], Greeting], ask: Ask) -> tuple[Finding, ...]:
    """What is found of the server that our mail is handed to."""
    if not host:
        words = _("No mail server is set (TUKI_SMTP_URL): mail waits, and leaves once there is one.")
        return (Finding("SMTP", Standing.WRONG, words),)
    return _smtp(host, greet()), _told(lambda: _reverse(host, ask), "PTR")


def _smtp(host: str, greeting: Greeting) -> Finding:
    if not greeting.answered:
        words = _("The mail server %(server)s does not take mail from us.") % {"server": host}
        return Finding("SMTP", Standing.WRONG, words, greeting.words)
    if not greeting.encrypted and _is_far(host):
        words = (
            _("%(server)s takes our mail unencrypted and offers better: write smtp+starttls:// in TUKI_SMTP_URL.")
            if greeting.offers_starttls
            else _("%(server)s takes our mail unencrypted: whoever stands between can read it.")
        )
        return Finding("SMTP", Standing.ADVICE, words % {"server": host}, greeting.words)
    return Finding("SMTP", Standing.GOOD, _("%(server)s takes our mail.") % {"server": host}, greeting.words)


def _is_far(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return host != "localhost"


def _reverse(host: str, ask: Ask) -> Finding:
    """Whether each public address of the server has a name that leads back to it."""
    addresses = [address for address in addresses_of([host], ask) if ip_address(address).is_global]
    if not addresses:
        words = _(
            "%(server)s has no public address of its own. See that the address by which it reaches the internet has a "
            "name in the DNS (PTR) that leads back to it."
        )
        return Finding("PTR", Standing.ADVICE, words % {"server": host})
    for address in addresses:
        pointer = dns.reversename.from_address(address).to_text(omit_final_dot=True)
        names = [name.rstrip(".") for name in ask(pointer, "PTR")]
        if not names or address not in addresses_of(names, ask):
            words = _("%(address)s has no name in the DNS that leads back to it. Many receivers refuse such mail.")
            wanted = Record(pointer, "PTR", f"{host}.")
            standing = Standing.ADVICE  # it may be a server for handing in only, and send by another address
            return Finding("PTR", standing, words % {"address": address}, ", ".join(names), publish=wanted)
    return Finding("PTR", Standing.GOOD, _("The server’s addresses have names that lead back to them."))


def _own_key(domain: str) -> Record | None:
    if not settings.DKIM_SELECTOR:
        return None
    name, value = signing.public_record(domain)
    return Record(name, "TXT", value)


def _greet() -> Greeting:
    assert settings.SMTP is not None
    return smtp.greet(settings.SMTP)


def _ask_dns() -> Ask:
    """The real DNS, asked for a limited time in all."""
    resolver = the_resolver()
    limited = Bounded(resolver, _ALL_QUESTIONS) if resolver else None

    def ask(name: str, kind: str) -> list[str]:
        if limited is None:
            raise CouldNotAsk(_("this installation asks no name server"))
        try:
            return limited.ask(name, kind)
        except Unreachable as error:
            raise CouldNotAsk(_("no name server answered for %(name)s") % {"name": error}) from error

    return ask
