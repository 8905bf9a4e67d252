"""What mail servers and mail providers report: mail that did not arrive, or that its reader complained of."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tuki.mail.reading import headers, mime
from tuki.mail.reading.headers import Address
from tuki.mail.reading.mime import Part


@dataclass(frozen=True)
class Bounce:
    """The word of a mail server on a mail of ours: it did not arrive, or not yet, or was not wanted."""

    recipient: str  # whom we wrote to in vain; empty where it is not said
    permanent: bool  # it will not arrive; else the server goes on trying
    original_id: str  # the Message-ID of ours; empty where it is not said
    complaint: bool  # it did arrive, and its reader called it spam
    words: str  # the server's, on one line
    status: str = ""  # RFC 3463's, such as "5.1.1"; empty where the report has none
    return_path: str = ""  # to which ours said that reports go


_MOST_REPORTS = 3  # in one mail; who sends more reports nothing
_LONGEST_REPORT = 2_000_000  # in which our mail is looked for
_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINALS = {
    *("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"),
}
_DAEMONS = re.compile(r"^(?:mailer-?daemon|mail-daemon|mdaemon|mail[.-]delivery[.-](?:sub)?system)(?:[+._-].*)?@", re.I)
_NOBODYS = re.compile(r"^bounces?(?:[+._-].*)?@", re.I)
_DAEMONS_NAMES = re.compile(r"^\W*(?:mail delivery (?:sub)?system|mailer[- ]daemon)\b", re.I)
_POSTMASTERS = re.compile(r"^postmaster(?:[+._-].*)?@|^\W*postmaster\W*$", re.I)
_FAILED = re.compile(
    r"undeliver|delivery (?:status|failure|failed|has failed|incomplete|delayed|problem|report)|"
    r"returned (?:mail|to sender)|"
    r"failure (?:notice|delivery)|mail delivery|(?:processing|nameserver|mail system) error|rejected mail|"
    r"(?:message|mail) (?:was )?(?:rejected|failed|failure)|couldn.t be delivered|"
    r"mail (?:could not be|not) delivered|message (?:not|could not be) delivered|"
    r"delivery notification|non-?delivery|failed (?:mail|delivery)|address not found|"
    r"toimittamaton|ei voitu toimittaa|toimitusvirhe|olevererbar|kunde inte levereras|kan inte levereras|"
    r"kan ej leverera|leveransfel|onbestelbaar|niet (?:afgeleverd|bezorgd)|unzustellbar|nicht zustellbar|"
    r"nicht zugestellt|kan ikke leveres|ikke levert|kunne ikke leveres|uleverbar|kättetoimetamata|"
    r"non (?:remis|distribu)|échec de (?:la )?remise|no se (?:pudo|ha podido) entregar|no entregado|"
    r"niedostarcz|nie (?:można|udało się) dostarczyć|mancato recapito|impossibile recapitare|non recapitat|"
    r"falha (?:na|de) entrega|não (?:foi )?entregue|nedoručen|nedoručiteln|ei (?:mennyt|päässyt|saapunut)? ?perille|"
    r"warning: could not send|warning: message",
    re.I,
)
_DELAYED = re.compile(
    r"\bdelay|\bwarning\b|still (?:trying|being retried)|will (?:keep trying|be retried|continue to)|"
    r"do not need to resend|not yet been delivered|viiväst|försen|fördröj|vertraag|verzöger|forsink|hiline|"
    r"\bretard|\bretras|\bdemora",
    re.I,
)
_FOR_GOOD = re.compile(r"permanent|given up|gave up|fatal|\b5\d\d[ -]|\b5\.\d\.\d", re.I)
_ORIGINAL_ID = re.compile(rb"(?im)^[> \t]*(?:x-original-)?message-id:[ \t]*(<[^<>\s]{1,900}>)")
_RETURN_PATH = re.compile(rb"(?im)^[> \t]*return-path:[ \t]*<([^<>\s]{1,250})>")
_TO = re.compile(rb"(?im)^[> \t]*to:[ \t]*([^\r\n]{1,400})")
# Where servers that report in words put the copy of ours.
_COPY = re.compile(
    r"^[- ]*(?:(?:below this line|this|here|the following) is a copy of|(?:original|returned|undelivered) message|"
    r"(?:original )?message (?:header|text|body)?s? ?follows|returned mail follows|unsent message|undelivered message|"
    r"copy of (?:the|your) message|the body of the message|"
    r"alkuperäinen viesti|ursprungligt meddelande|oorspronkelijk bericht|ursprüngliche nachricht)",
    re.I | re.M,
)
# Where servers put the address: at a line's beginning, in brackets, behind "to". Else anywhere.
_AN_ADDRESS = r"([^\s<>()\[\],;:\"'@]{1,64}@[a-z0-9.-]{1,250}[a-z0-9])"
_ANYWHERE = re.compile(_AN_ADDRESS, re.I)
_NAMED = re.compile(
    rf"(?:^[ \t>*-]*+|[<'\"(:\[]|\b(?:to|osoitteeseen|till|aan|an|til|à|a) )(?:<|')?{_AN_ADDRESS}", re.I | re.M
)
_ANSWER = re.compile(r"^.*(?:\b[45]\d\d[ -][\w<#(]|\b[45]\.\d{1,3}\.\d{1,3}\b|\bsaid:).*$", re.M)
_REASON = re.compile(
    r"^.*(?:user unknown|unknown user|no such (?:user|recipient|address|mailbox)|"
    r"mailbox (?:full|unavailable|not found)|"
    r"over quota|quota exceeded|not found|does not exist|doesn.t exist|unrouteable|host unknown|timed out|"
    r"couldn.t (?:find|be)|invalid (?:final )?(?:delivery )?(?:userid|recipient|address|mailbox)|"
    r"not accepted|not reach(?!abl)|"
    r"ei löydy|hittades inte|hittas inte|niet gevonden|nicht gefunden|ikke funnet|findes ikke|"
    r"ei leitud|introuvable|no se ha encontrado|no encontrado).*$",
    re.I | re.M,
)
_REPLY = re.compile(r"\b[45]\d\d[ -]#?[45]\.\d\.\d{1,3}\b")  # of a server's, with its code
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def bounce(part: Part, senders: Iterable[Address], subject: str, words: Callable[[], str]) -> Bounce | None:
    """What a report says (RFC 3464, RFC 5965), or a mail server in its own words; None where this is neither.

    A customer may send us a report that they got: it counts only where a mail server itself sent it.
    words: gives the beginning of its text.
    """
    said_from = headers.words(part.first("from"))
    way_back = part.first("return-path").strip().lower()
    from_daemon = (
        any(_DAEMONS.match(sender.address) for sender in senders)
        or bool(_DAEMONS_NAMES.match(said_from))
        or way_back.startswith(b"<mailer-daemon@")
    )
    from_postmaster = any(_POSTMASTERS.match(who) for who in (said_from, *(sender.address for sender in senders)))
    # Forms on web pages, scanners and other programs send customers' words so, and want no reports either.
    from_nobody = way_back == b"<>" or any(_NOBODYS.match(sender.address) for sender in senders)
    from_daemon = from_daemon or (from_postmaster and from_nobody)
    leaves = [leaf for leaf in mime.all_parts(part) if not leaf.parts]
    if part.type == "multipart/report" or from_daemon or from_postmaster or from_nobody:
        reports = [leaf for leaf in leaves if leaf.type in _STATUS or leaf.type == "message/feedback-report"]
        for leaf in reports[:_MOST_REPORTS]:
            if leaf.type in _STATUS and (says := _reported(leaf, leaves, part)) is not None:
                return says[0] if says else None
            if leaf.type == "message/feedback-report":
                return _complained(leaf, leaves)
    complained_of = _hotmails_complaint(senders, leaves)
    if complained_of is not None:
        return complained_of
    failed = headers.addresses(part.first("x-failed-recipients"))
    by_subject = bool(_FAILED.search(subject))
    if not failed and not from_daemon and not ((from_postmaster or from_nobody) and by_subject):
        return None
    report = words()[:3000]
    by_words = bool(_FAILED.search(report) or _REASON.search(report))
    if failed or (from_daemon and (by_subject or by_words)):
        return _in_words(part, senders, failed, subject, words())
    # A postmaster may be somebody who writes to us: then subject and words must say so, and of whom.
    said = _in_words(part, senders, failed, subject, words()) if by_words else None
    if said is None or not said.recipient:
        return None
    return said if from_postmaster or _Original(leaves, part).is_repeated else None


def says_it_failed(subject: str, text: str) -> bool:
    """Whether a mail that is plainly a machine's, and about a mail of ours, says that it did not arrive."""
    report = text[:3000]
    return any(_FAILED.search(words) for words in (subject, report)) or bool(
        _REASON.search(report) or _REPLY.search(report)
    )


def _reported(status: Part, leaves: list[Part], part: Part) -> list[Bounce] | None:
    """RFC 3464: blocks of fields, the first on the message, each further one on an address.

    The worst word first; none where all arrived. None where the report says nothing of any address.
    """
    original = _Original(leaves, part)
    found: list[Bounce] = []
    speaks = False
    for fields in _blocks(status.content()):
        for name in ("x-original-message-id", "original-message-id"):
            original.message_id = original.message_id or "".join(headers.message_ids(fields.first(name))[:1])
        action = headers.words(fields.first("action")).lower()
        code = "".join(_CODE.findall(headers.words(fields.first("status")))[:1])
        if not action and not code:
            continue
        speaks = True
        if action in {"delivered", "relayed", "expanded"} or code.startswith("2"):
            continue
        # Where mail was passed on, the address that we wrote to is the original one.
        named = _named_by(fields, "original-recipient") or _named_by(fields, "final-recipient")
        diagnosis = headers.words(fields.first("diagnostic-code"))
        found.append(
            Bounce(
                recipient=named or original.recipient,
                permanent=action.startswith("fail") or (action != "delayed" and code.startswith("5")),
                original_id="",
                complaint=False,
                words=(diagnosis or code or action)[:500],
                status=code,
            )
        )
    found.sort(key=lambda one: not one.permanent)
    return [original.completed(one) for one in found] if speaks else None


def _complained(report: Part, leaves: list[Part]) -> Bounce | None:
    """RFC 5965: what a provider passes on when its reader calls a mail spam."""
    fields = next(_blocks(report.content()), None)
    kind = headers.words(fields.first("feedback-type")).lower() if fields else ""
    if fields is None or kind in {"not-spam", "auth-failure", "dmarc"}:
        return None
    original = _Original(leaves, None)
    original.return_path = original.return_path or _named_by(fields, "original-mail-from")
    return original.completed(
        Bounce(
            recipient=_named_by(fields, "original-rcpt-to") or original.recipient,
            permanent=False,
            original_id="",
            complaint=True,
            words=f"{kind or 'abuse'}: {headers.words(fields.first('user-agent'))}".strip(": "),
        )
    )


def _hotmails_complaint(senders: Iterable[Address], leaves: list[Part]) -> Bounce | None:
    """Hotmail passes complaints on without a report: our mail, with the reader's address in a field of its own."""
    if not any(sender.address in {"staff@hotmail.com", "staff@microsoft.com"} for sender in senders):
        return None
    original = _Original(leaves, None)
    if not original.complained:
        return None
    return original.completed(Bounce(original.complained, False, "", True, "complaint"))


def _in_words(part: Part, senders: Iterable[Address], failed: tuple[Address, ...], subject: str, text: str) -> Bounce:
    """A report for people's eyes: the address, the server's answer and our Message-ID are looked for in it."""
    leaves = [leaf for leaf in mime.all_parts(part) if not leaf.parts]
    copy = _COPY.search(text)
    report = text[: copy.start()] if copy else text[:5000]
    ours = {who.address for who in (*senders, *(who for value in part.all("to") for who in headers.addresses(value)))}
    named = [
        headers.normal(found).removeprefix("smtp=") for found in (_NAMED.findall(report) + _ANYWHERE.findall(report))
    ]
    # "to Ada" is said of the one that failed; a server's own postmaster is named too.
    servers = ("postmaster@", "mailer-daemon@", "abuse@", "support@", *ours)
    named = [one for one in named if not one.startswith(servers)]
    answer = _ANSWER.search(report) or _REASON.search(report)
    said = " ".join(answer.group().split()) if answer else subject
    code = _CODE.search(report)
    original = _Original(leaves, part)
    delayed = _DELAYED.search(subject) or (_DELAYED.search(report) and not _FOR_GOOD.search(report))
    return original.completed(
        Bounce(
            recipient=failed[0].address if failed else named[0] if named else original.recipient,
            permanent=not delayed,
            original_id="",
            complaint=False,
            words=said[:500],
            status=code[1] if code else "",
        )
    )


class _Original:
    """What a report repeats of the mail that it is about."""

    def __init__(self, leaves: list[Part], report: Part | None) -> None:
        self.message_id = self.recipient = self.return_path = self.complained = ""
        self.is_repeated = False  # else it is at most the mail that this one answers
        for leaf in leaves:
            if leaf.type in _ORIGINALS:
                self._read(leaf.content())
                break
        if report is not None and not self.message_id:
            self._search(report)
        self.is_repeated = bool(self.message_id or self.return_path)
        if report is not None and not self.message_id:
            ids = [one for name in ("in-reply-to", "references") for one in headers.message_ids(report.first(name))]
            self.message_id = "".join(ids[:1])

    def _read(self, raw: bytes) -> None:
        fields = mime.read_head(raw.lstrip())
        self.message_id = "".join(headers.message_ids(fields.first("message-id"))[:1])
        self.recipient = "".join(who.address for who in headers.addresses(fields.first("to"))[:1])
        self.return_path = "".join(who.address for who in headers.addresses(fields.first("return-path"))[:1])
        complained = headers.addresses(fields.first("x-hmxmroriginalrecipient"))
        self.complained = complained[0].address if complained else ""

    def _search(self, report: Part) -> None:
        """Where our mail stands in the report's text."""
        source, start, end = report.source, report.start, min(report.end, report.start + _LONGEST_REPORT)
        if found := _ORIGINAL_ID.search(source, start, end):
            self.message_id = "".join(headers.message_ids(found[1])[:1])
        if (found := _RETURN_PATH.search(source, start, end)) and not self.return_path:
            self.return_path = headers.normal(found[1].decode("utf-8", "replace"))
        if (found := _TO.search(source, start, end)) and not self.recipient:
            self.recipient = "".join(who.address for who in headers.addresses(found[1])[:1])

    def completed(self, report: Bounce) -> Bounce:
        return Bounce(
            report.recipient,
            report.permanent,
            self.message_id,
            report.complaint,
            report.words,
            report.status,
            self.return_path,
        )


def _blocks(content: bytes) -> Iterator[Part]:
    """The blocks of fields of a report, each as the header of a mail without a body."""
    for block in re.split(rb"\n[ \t\r]*\n", content[:200_000].strip() + b"\n\n")[:50]:
        if block.strip():
            yield mime.read_head(block.lstrip() + b"\r\n\r\n")


def _named_by(fields: Part, name: str) -> str:
    """The address in a field such as "rfc822; ada@acme.example"."""
    named = headers.addresses(fields.first(name).rpartition(b";")[2])
    return named[0].address if named else ""
