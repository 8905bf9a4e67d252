"""A mail that somebody passed on: who wrote it, and what."""

import re
from dataclasses import dataclass, replace

from tuki.lib.html import clean, to_text
from tuki.mail.parse import Mail, parse
from tuki.mail.reading.headers import Address

_FORWARDS = re.compile(r"^\s*(?:(?:fwd?|vl|vb|wg|wl|ws|tr|rv|doorst|edasi|i|enc)\s*:\s*|välitetty\s*:\s*)+", re.I)
# What mail programs call the fields of a mail that they repeat.
_NAMES = {
    name: kind
    for kind, names in {
        "from": "from lähettäjä mistä från avsändare fra afsender avsender van von de saatja kellelt",
        "subject": "subject aihe otsikko ämne emne onderwerp betreff objet asunto teema pealkiri",
        "date": "date sent lähetetty päivämäärä päiväys pvm datum skickat dato sendt verzonden gesendet envoyé envoye "
        "enviado fecha kuupäev saadetud",
        "to": "to cc reply-to vastaanottaja kopio vastausosoite till kopia til aan an à a para kellele saaja koopia "
        "kopi svar beantwoorden antwort répondre responder vasta",
    }.items()
    for name in names.split()
}
_FIELD = re.compile(r"[\s*_]{0,4}([^\W\d][\w-]{0,20}(?: à| til| an| a)?)\s?[*_]{0,2}\s?:[*_\s]{0,4}(.*)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@*]{1,64}@[^\s<>()\[\],;:\"'@*]{1,253}")
_MARK = re.compile(
    r"\s*(?:[-_=*]{2,}.{0,80}|.{0,30}(?:forward|välitet|edelleen|vidarebefordra|videresend|doorgestuur|weitergeleitet|"
    r"edasta|transfér|reenviad|inoltrat).{0,30}:)\s*",
    re.I,
)
_MOST_ABOVE = 400  # above what was passed on
_MOST_FIELDS = 20  # lines that they take
_LONGEST_MARK = 500


@dataclass(frozen=True)
class Forward:
    """A mail within a mail.

    mail: what was written, with all files. words: the plain text that whoever passed it on wrote above.
    """

    sender: Address
    subject: str
    words: str
    mail: Mail


def forwarded(mail: Mail) -> Forward | None:
    """What a mail passes on, if that is what it does and it says who wrote it."""
    if not _FORWARDS.match(mail.subject):
        return None
    return _attached(mail) or _within(mail)


def _attached(mail: Mail) -> Forward | None:
    """A mail that hangs on this one as a file, the only one that does."""
    whole = [attachment for attachment in mail.attachments if attachment.type == "message/rfc822"]
    if len(whole) != 1:
        return None
    inner = parse(whole[0].content)
    if inner.sender is None:
        return None
    others = tuple(attachment for attachment in mail.attachments if attachment is not whole[0])
    inner = replace(inner, attachments=inner.attachments + others)
    return Forward(inner.sender or mail.senders[0], inner.subject or _plain(mail.subject), _text(mail).strip(), inner)


def _within(mail: Mail) -> Forward | None:
    """A mail that stands in this one's text, below some of its fields."""
    lines = _text(mail).splitlines()
    for number, line in enumerate(lines[:_MOST_ABOVE]):
        sender = _sender(line)
        if sender is None:
            continue
        start = number
        while start and _kind(_bare(lines[start - 1])):
            start -= 1  # some programs name the sender below the subject
        quoted = line.lstrip().startswith(">")
        subject, end = _fields([_bare(row) if quoted else row for row in lines[start : start + _MOST_FIELDS + 1]])
        if end < 2:
            continue  # a lone "From:" is somebody's words
        rest = [_bare(row) if quoted else row for row in lines[start:]]
        said = "\n".join(rest[end:]).strip("\n")
        above = _without_mark(lines[:start])
        inner = replace(
            mail, text=said, html="", reply_text=said, reply_html="", quoted_text="", quoted_html="", senders=(sender,)
        )
        return Forward(sender, subject or _plain(mail.subject), above, inner)
    return None


def _text(mail: Mail) -> str:
    return mail.text or to_text(clean(mail.html))


def _bare(line: str) -> str:
    return re.sub(r"^\s*> ?", "", line)


def _sender(line: str) -> Address | None:
    found = _FIELD.fullmatch(_bare(line)[:500])
    if found is None or _kind(_bare(line)) != "from":
        return None
    at = _ADDRESS.search(found[2])
    if at is None:
        return None
    name = re.sub(r"(?:mailto:?|[\[\]<>\"'*])", " ", found[2][: at.start()])
    return Address(" ".join(name.split())[:120], at.group().lower().rstrip("."))


def _kind(line: str) -> str:
    """Which field of a mail a line repeats; empty where it is none."""
    found = _FIELD.fullmatch(line[:2000])
    return _NAMES.get(found[1].lower().split()[0], "") if found else ""


def _fields(lines: list[str]) -> tuple[str, int]:
    """The subject that the repeated fields name, and how many lines they take. Below 2: they are none."""
    subject, known, end = "", 0, 0
    spaced = len(lines) > 1 and not lines[1].strip()  # some programs put an empty line between each two
    for number, line in enumerate(lines[:_MOST_FIELDS]):
        kind = _kind(line)
        if kind == "subject":
            subject = _plain(line.partition(":")[2].strip(" \t*_"))
        if kind:
            known, end = known + 1, number + 1
        elif line.strip() and not line[:1].isspace():
            break  # neither a field nor the rest of one
        elif not line.strip() and not (spaced and _kind("".join(lines[number + 1 : number + 2]))):
            break
    return subject, end if known > 1 + spaced else 0


def _without_mark(lines: list[str]) -> str:
    """What stands above, without the line that says that here something is passed on."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if lines and len(lines[-1]) <= _LONGEST_MARK and _MARK.fullmatch(_bare(lines[-1])):
        lines = lines[:-1]
    return "\n".join(lines).strip()


def _plain(subject: str) -> str:
    return _FORWARDS.sub("", subject).strip()
