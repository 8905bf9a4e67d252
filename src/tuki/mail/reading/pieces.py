"""The pieces of a mail: what is read in it, and the files that came with it. Whatever is not read is a file."""

import mimetypes
import re
from dataclasses import dataclass, field
from html import unescape

from tuki.lib.html import clean, from_text, to_text
from tuki.mail.reading import headers, mime, quotes, tnef, uuencode
from tuki.mail.reading.charsets import decode, read
from tuki.mail.reading.mime import Part
from tuki.mail.reading.secured import PKCS7, signed_content

_LONGEST_TEXT = 1_500_000  # letters of all that is shown of a mail; what goes beyond is a file
_LONGEST_READ = 200_000  # of an HTML that is read tag by tag where the mail has texts beside it
_LONGEST_HEAD = 8000  # of an attached mail, in which its subject is looked for
_LONGEST_LOOK = 50_000  # of an HTML of which only the first words matter
# Kinds of text that are read though they are neither plain nor HTML.
_PLAIN = {"text/plain", "text/markdown", "text/x-markdown", "text/enriched", "text/richtext", "text/x-web-markdown"}
_PREAMBLE = re.compile(r"\bMIME\b|multi-?part|mime-formaatti", re.I)
_DATA_PICTURE = re.compile(
    r"(\bsrc\s{0,5}=\s{0,5}[\"']?)data:(image/[a-z0-9.+-]{1,40});base64,([A-Za-z0-9+/=%\s]++)(?=[\"'>])", re.I
)
_META = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.I)


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    type: str  # as the sender says
    content: bytes = field(repr=False)
    cid: str = ""  # by which the mail's HTML refers to it

    @property
    def size(self) -> int:
        return len(self.content)


class Pieces:
    """The bodies and attachments of a mail, gathered from its parts."""

    def __init__(self, room: int = _LONGEST_TEXT) -> None:
        self.bodies: list[tuple[str, str]] = []  # (text, html) of each piece, in the order they are read
        self.attachments: list[Attachment] = []
        self._room = room
        self._openings = 3  # of signatures and of rich text that are still tried: each costs

    def take_all(self, mail: Part) -> None:
        """The pieces of a whole mail."""
        if not mail.parts and mail.type in {"text/plain", "text/html"} and mail.disposition[0] != "attachment":
            self._take_body(mail)  # though it has a file's name: there is nothing else to read
        else:
            self.take(mail)
        if mail.parts and not self.bodies:
            self._take_preamble(mail)
        if not self.bodies:
            self._take_named_text(mail)

    def take(self, part: Part) -> None:
        if part.beyond:
            self._attach(part, "rest-of-message.txt", part.source[part.head : part.end])
        elif part.parts and part.type == "multipart/alternative":
            self._take_alternative(part)
        elif part.parts:
            for child in part.parts:
                self.take(child)
        elif _is_body(part):
            self._take_body(part)
        elif part.type in {"application/ms-tnef", "application/vnd.ms-tnef"} or _said_name(part) == "winmail.dat":
            self._take_envelope(part)
        elif part.type in PKCS7:
            self._openings -= 1
            inside = signed_content(part.content()) if self._openings >= 0 else b""
            if inside:
                self._openings = 0  # who signs a signature is not read
                self.take(mime.read(inside))
            self._attach(part, "", part.content())
        else:
            self._attach(part, "", part.content())

    def _take_body(self, part: Part) -> None:
        kind = "text/html" if part.type == "text/html" else "text/plain"
        content = part.content()
        files: list[tuple[bytes, bytes]] = []
        if kind == "text/plain":
            words, files = uuencode.taken_out(content, mime.MOST_PARTS - len(self.attachments))
        else:
            words = content
        if len(words) > 4 * _LONGEST_TEXT and not (kind == "text/html" and b"data:image/" in words):
            self._take_too_long(part, kind, content, decode(words[:_LONGEST_LOOK], part.parameters.get("charset", "")))
            return
        text, whole = read(words, part.parameters.get("charset", "") or _said_inside(words, kind))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if kind == "text/html" and "data:" in text:
            text = self._without_data(text)
        self._room -= len(text)
        if self._room < 0:
            self._take_too_long(part, kind, content, text)
            self._room += len(text)
            return
        if part.type in {"text/enriched", "text/richtext"}:
            text = re.sub(r"<<|<[^<>]{0,100}>", lambda found: "<" * (found.group() == "<<"), text)
        if text.strip():
            self.bodies.append(("", text) if kind == "text/html" else (text, ""))
        for name, inside in files:
            said = decode(name)
            self._keep(said, mimetypes.guess_type(said)[0] or "application/octet-stream", inside)
        if not whole:
            # What is shown is a guess; the bytes themselves are for who can do better.
            self._attach(part, "message.html" if kind == "text/html" else "message.txt", words)

    def _take_too_long(self, part: Part, kind: str, content: bytes, text: str) -> None:
        self._attach(part, "message.html" if kind == "text/html" else "message.txt", content)
        if kind == "text/plain":
            self.bodies.append((text[:_LONGEST_LOOK].replace("\r\n", "\n"), ""))  # so that there is something to read

    def _without_data(self, html: str) -> str:
        """HTML with the pictures that stand in its very addresses made parts like others."""

        def part_of_its_own(found: re.Match[str]) -> str:
            content = mime.from_base64(found[3].replace("%0A", "").encode("ascii", "ignore"))
            if not content or len(self.attachments) >= mime.MOST_PARTS:
                return found.group()
            cid = f"picture-{len(self.attachments) + 1}@data"
            self._keep("", found[2].lower(), content, cid)
            return f"{found[1]}cid:{cid}"

        return _DATA_PICTURE.sub(part_of_its_own, html)

    def _take_alternative(self, part: Part) -> None:
        """Ways of saying the same thing: a text and an HTML of it are one piece. What is neither is attached."""
        said = Pieces(self._room)
        said._openings = self._openings
        for child in part.parts:
            said.take(child)
        texts = [text for text, html in said.bodies if text]
        htmls = [html for text, html in said.bodies if html]
        if texts or htmls:
            self.bodies.append(("\n".join(texts), "\n".join(htmls)))
        self.attachments += said.attachments
        self._room, self._openings = said._room, said._openings

    def _take_envelope(self, part: Part) -> None:
        """Outlook's winmail.dat: its files, and its words where the mail has none. What is left unread stays beside."""
        data = part.content()
        envelope = tnef.unpacked(data)
        for file in envelope.files:
            kind = mime.kind_of(file.type) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self._keep(file.name, kind, file.content, file.cid.strip("<> "))
        says = len(envelope.text) + len(envelope.html)
        too_long = not self.bodies and says > self._room
        if not self.bodies and says and not too_long:
            self.bodies.append((envelope.text, envelope.html))
            self._room -= says
        rich = b""
        if not self.bodies and envelope.rtf and self._openings > 0:
            self._openings -= 1
            rich = tnef.rich_text(envelope.rtf)
        if rich:
            self._keep("message.rtf", "application/rtf", rich)
        if not envelope.whole or too_long or not (envelope.files or says or rich):
            self._attach(part, "", data)

    def _take_preamble(self, mail: Part) -> None:
        """Words before the first part, where no part has any: a program wrote them that knows too little of mail."""
        text = decode(mail.source[mail.start : mail.parts[0].head][:_LONGEST_LOOK]).replace("\r\n", "\n")
        text = "\n".join(line for line in text.split("\n") if not line.startswith("--"))
        if text.strip() and not _PREAMBLE.search(text):
            self.bodies.append((text.strip("\n"), ""))

    def _take_named_text(self, mail: Part) -> None:
        """A text with a file's name, to be shown in the mail, where nothing else is: read too, and kept as the file."""
        for part in mime.all_parts(mail):
            if part.type == "text/plain" and not part.parts and not part.beyond and part.disposition[0] != "attachment":
                text = decode(part.content(), part.parameters.get("charset", "")).replace("\r\n", "\n")
                if text.strip():
                    self.bodies.append((text[:_LONGEST_LOOK], ""))
                    return

    def text(self) -> str:
        """All pieces as plain text; empty where the mail has none of its own."""
        if not any(text for text, _ in self.bodies):
            return ""
        left = _LONGEST_READ
        pieces: list[str] = []
        for text, html in self.bodies:
            left -= 0 if text else len(html)
            pieces.append(text or (_as_text(html) if left > 0 else _without_tags(html)))
        return "\n\n".join(pieces)

    def html(self) -> str:
        if not any(html for _, html in self.bodies):
            return ""
        return "\n".join(html or from_text(text) for text, html in self.bodies)

    def first_words(self) -> str:
        """The beginning of what it says, as text, also where it says it in HTML."""
        return "\n".join((text or _as_text(html[:_LONGEST_LOOK]))[:_LONGEST_LOOK] for text, html in self.bodies[:3])

    def _attach(self, part: Part, name: str, content: bytes) -> None:
        kind = part.type or "application/octet-stream"
        if not name:
            name = _said_name(part) or _name_by_kind(kind, content, len(self.attachments) + 1)
        self._keep(name, kind, content, headers.words(part.first("content-id")[:1000]).strip("<> "))

    def _keep(self, name: str, kind: str, content: bytes, cid: str = "") -> None:
        name = _safe(name) or _name_by_kind(kind, content, len(self.attachments) + 1)
        self.attachments.append(Attachment(name, kind, content, cid))


def _as_text(html: str) -> str:
    return to_text(clean(quotes.whole_html(html)))


def _without_tags(html: str) -> str:
    return unescape(re.sub(r"(?:<[^<>]*+>\s*+)++", "\n", html)).strip()


def _said_inside(content: bytes, kind: str) -> str:
    """The charset that an HTML page itself says it is in."""
    found = _META.search(content[:4000]) if kind == "text/html" else None
    return found[1].decode() if found else ""


def _is_body(part: Part) -> bool:
    """Whether a part is to be read in the mail itself, and is no file."""
    kind = part.type
    if kind not in _PLAIN and kind not in {"text/html", ""} and not kind.startswith("multipart/"):
        return False
    disposition, parameters = part.disposition
    if disposition == "attachment" or parameters.get("filename") or part.parameters.get("name"):
        return False
    # Parts that can't be found, or a kind that is none: text, if it looks like one.
    return kind.startswith("text/") or b"\0" not in part.content()[:1000]


def _said_name(part: Part) -> str:
    """What the sender calls a file, without its folders."""
    return _safe(part.disposition[1].get("filename") or part.parameters.get("name") or "")


def _safe(name: str) -> str:
    name = re.split(r"[/\\]", name)[-1]
    name = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]", "", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:120]}.{ending[:20]}" if dot and stem else name[:140]


def _name_by_kind(kind: str, content: bytes, number: int) -> str:
    """A name for a file that has none: an attached mail's subject, or its number and what it is."""
    if kind.startswith("message/") and kind not in _ENDINGS:
        subject = headers.words(mime.read_head(content[:_LONGEST_HEAD]).first("subject"))
        subject = re.sub(r"[\x00-\x1f\x7f<>:\"|?*/\\]", " ", subject).strip(" .")
        return f"{' '.join(subject.split())[:100] or f'message-{number}'}.eml"
    return f"attachment-{number}{_ENDINGS.get(kind) or mimetypes.guess_extension(kind, strict=True) or '.bin'}"


# Where Python knows none, or a strange one.
_ENDINGS = {
    "message/delivery-status": ".txt",
    "message/global-delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/rfc822-headers": ".txt",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "image/jpeg": ".jpg",
    "application/ms-tnef": ".dat",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
}
