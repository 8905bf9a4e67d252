"""Header fields of strangers: words, addresses, parameters, ids and dates read from raw bytes, without a raise.

A value is what stands after the colon, folds removed, in bytes. Encoded words (RFC 2047) are read wherever senders put
them, also where the standard forbids.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_tz
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from tuki.mail.reading.charsets import decode, encode

# What is looked at of a value. Nobody writes longer ones, and a few steps below take longer than the value does.
_LONGEST = 64_000
_LONGEST_PARAMETERS = 10_000
_MOST_ADDRESSES = 500
_LONGEST_ADDRESS = 254  # that a row of ours holds

# A question mark inside should be written =3F, and is not by all. The next word's beginning ends one that has no end.
_WORD = r"=\?([^?\s=]{1,60})\?([bBqQ])\?((?:[^?=]|\?(?!=)|=(?!\?[^=]))*+)\?="
_ENCODED = re.compile(_WORD)
# Neighbours are one text, whatever stands in them.
_WORDS = re.compile(rf"{_WORD}(?:\s*(?==\?){_WORD})*+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]+")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,200}@(?:\[[0-9a-f.:]{3,45}\]|[^\s<>()\[\],;:\"'@]{1,253})", re.I)
_OBSCURED = re.compile(
    r"\s*([^\s<>@()]{1,60}) at ([a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){1,5})\s*+(?:\(([^()]*)\)\s*+)?$", re.I
)
# A quote that opens no word, or closes none, is a letter like others; so is a bracket without its fellow.
_TOKEN = re.compile(
    r"""(?<![^\s,;:(<>"])"(?P<quoted>(?:[^"\\]|\\.){0,300}+)"(?=[\s<,;@.()\[\]]|$)
    |\((?P<note>(?:[^()\\]|\\.|\([^()]{0,200}\)){0,300}+)\)
    |<(?P<angle>[^<>]{0,400})>?
    |[,;]
    |[^\s"(,;<]+
    |\s+
    |.""",
    re.X | re.S,
)
_GROUP = re.compile(r"^[^:@]{0,100}:(?=\s|$)")
_ID = re.compile(rb"<([^<>\s]{1,900})>")


@dataclass(frozen=True)
class Address:
    """A mailbox somewhere: how its owner is called, and its address in lower case."""

    name: str
    address: str


def words(value: bytes, charset: str = "") -> str:
    """A line of text, such as a subject: encoded words read, everything on one line.

    charset: that the mail's text says it is in; of use where letters stand as they are.
    """
    return _one_line(_decoded(_raw(value, charset)))


def _raw(value: bytes, charset: str) -> str:
    value = value[:_LONGEST]
    return decode(value, "" if value.isascii() else charset)


def _one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def _decoded(text: str) -> str:
    """Encoded words read. Neighbours of one charset are put together first: some senders cut letters in two."""
    if "=?" not in text:
        return text
    out: list[str] = []
    held, held_charset, end = b"", "", 0
    for found in _ENCODED.finditer(text):
        charset, way, content = found.groups()
        charset = charset.partition("*")[0].lower()  # RFC 2231 lets a language follow
        plain = text[end : found.start()]
        if end and not plain.strip():
            plain = ""  # between neighbours blanks don't count
        if held and (plain or charset != held_charset):
            out.append(decode(held, held_charset))
            held = b""
        out.append(plain)
        held += _unbase64(content) if way in "bB" else _unq(content, charset)
        held_charset, end = charset, found.end()
    if held:
        out.append(decode(held, held_charset))
    out.append(text[end:])
    return "".join(out)


def _unbase64(content: str) -> bytes:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", content.replace("-", "+").replace("_", "/"))
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return b""


def _unq(content: str, charset: str) -> bytes:
    raw = encode(content.replace("_", " "), charset)  # letters that should have been written in =XX stand there as such
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), raw)


def addresses(value: bytes, charset: str = "") -> tuple[Address, ...]:
    """Who a header field names, each address once.

    Reads lists as senders write them: commas or semicolons between, names unquoted or half quoted, addresses in angle
    or square brackets or none. Where one entry holds several addresses, its last is the first found: what stands
    before it is part of a name.
    """
    text = _raw(value, charset).replace("\r", " ").replace("\n", " ")
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(_decoded(found.group()))
        return f"\ue000{len(kept) - 1}\ue001"

    def put_back(part: str) -> str:
        return re.sub("\ue000([0-9]{1,6})\ue001", lambda found: "".join(kept[int(found[1]) :][:1]), part)

    # An encoded word may hide commas and brackets: a token stands in for it until the list is parted.
    text = _WORDS.sub(keep, text)
    found: dict[str, Address] = {}
    for name, address in _listed(text):
        address = _mailbox(put_back(address))
        if address:
            found.setdefault(address, Address(_name(put_back(name), address), address))
        if len(found) >= _MOST_ADDRESSES:
            break
    if not found:
        return _hidden(put_back(text))
    return tuple(found.values())


def _hidden(text: str) -> tuple[Address, ...]:
    """Addresses that stand where none is to be: inside quotes or an encoded word, or written for people by the archive
    of a mailing list."""
    obscured = _OBSCURED.match(text)
    if obscured:
        address = _mailbox(f"{obscured[1]}@{obscured[2]}")
        return (Address(_name(obscured[3] or "", address), address),) if address else ()
    found: dict[str, Address] = {}
    for match in list(_ADDRESS.finditer(text))[:_MOST_ADDRESSES]:
        address = _mailbox(match.group())
        name = text[: match.start()] if not found and text[match.start() - 1 : match.start()] == "<" else ""
        if address:
            found.setdefault(address, Address(_name(name.strip(" <\"'"), address), address))
    return tuple(found.values())


def _listed(text: str) -> Iterator[tuple[str, str]]:
    """Names and addresses, as they stand, of a list's entries. Goes over the text once."""
    angles: list[tuple[str, str]] = []  # with the name before each
    words: list[str] = []
    plain: list[str] = []  # the words that stand in no quotes
    notes: list[str] = []
    held: list[str] = []  # entries without an address: the first half of "Laine, Ada <ada@…>"
    for token in _TOKEN.finditer(text + ","):
        quoted, note, angle = token["quoted"], token["note"], token["angle"]
        if quoted is not None:
            words.append(re.sub(r"\\(.)", r"\1", quoted))
            plain.append(" ")
        elif note is not None:
            notes.append(note)
        elif angle is not None and angle.strip():
            angles.append(("".join(words), angle))
            words, plain = [], []
        elif angle is None and token.group() not in {",", ";"}:
            words.append(token.group())
            plain.append(token.group())
        elif angle is None:
            named = [(name, angle) for name, angle in angles if "@" in angle or "\ue000" in angle]
            bare = "".join(plain)
            if named:
                for name, angle in reversed(named):
                    name = _GROUP.sub("", name).strip()
                    first = name and angle == named[0][1]
                    yield (", ".join([*held, name]) if first else name or " ".join(notes)), angle
                held = []
            elif "@" in bare:
                matches = [*_ADDRESS.finditer(bare)]
                if not all("@" in word for word in bare.split()):
                    matches = matches[-1:]  # what else stands there is its name
                for match in matches:
                    name = "".join(words).replace(match.group(), " ") if len(matches) == 1 else ""
                    name = _GROUP.sub("", re.sub(r"[\[\]<>]|mailto:", " ", name))
                    yield " ".join(notes) or name, match.group()
                held = []
            else:
                said = "".join(words).strip()
                held = [*held[-2:], said] if said and token.group() == "," and not said.endswith(":") else []
            angles, words, plain, notes = [], [], [], []


def _mailbox(address: str) -> str:
    """What stands between angle brackets, as an address; empty where it is none."""
    if address.startswith("@"):
        address = address.rpartition(":")[2]  # a route of long ago
    address = normal(re.sub(r"\s*([@.])\s*", r"\1", address))
    if not _is_address(address):
        inside = _ADDRESS.search(address)
        address = normal(inside.group()) if inside else ""
    return address if _is_address(address) else ""


def normal(address: str) -> str:
    """An address as we keep and compare it."""
    address = _decoded(address) if "=?" in address else address
    address = (
        _UNSEEN.sub("", address)
        .replace("\\", "")
        .strip(" <>'`\"")
        .lower()
        .removeprefix("mailto:")
        .removeprefix("smtp:")
    )
    return address.rstrip(".")


def _is_address(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    fits = at and local and domain and len(address) <= _LONGEST_ADDRESS
    return bool(fits) and not re.search(r"[\s<>,;@]", local + domain)


def _name(name: str, address: str) -> str:
    name = _one_line(_decoded(name)).strip(' "')
    if name[:1] == name[-1:] == "'":
        name = name.strip("' ")
    return "" if name.lower() == address else name[:120]


@lru_cache(maxsize=64)  # each is asked for its kind, its name, its boundary …
def parameters(value: bytes) -> tuple[str, Mapping[str, str]]:
    """A field such as Content-Type in its parts: the value in lower case, and parameters by name in lower case.

    Reads RFC 2231 (charset, continuations) and encoded words; a missing quote or semicolon ends nothing.
    """
    text = decode(value[:_LONGEST_PARAMETERS])
    head, _, rest = text.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in re.finditer(r"""(?<![^\s;"])([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^;]*))""", rest):
        name, quoted, bare = found.group(1).lower(), found.group(2), found.group(3)
        # Only what needs it is read as escaped: the backslashes of C:\\Temp are meant.
        content = re.sub(r'\\(["\\])', r"\1", quoted) if quoted is not None else bare.strip().strip('"')
        base, *numbers = name.split("*")
        if not numbers:
            plain.setdefault(name, content)
        elif numbers == [""]:
            pieces.setdefault(base, {})[0] = (content, True)
        elif numbers[0].isdecimal() and len(numbers[0]) < 4:
            pieces.setdefault(base, {})[int(numbers[0])] = (content, len(numbers) > 1)
    result = {name: _one_line(_decoded(content)) for name, content in plain.items()}
    for base, numbered in pieces.items():
        result[base] = _one_line(_joined(numbered))
    return head.strip().strip('"').lower(), result


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231's pieces in their order; the first says the charset of those that are written in %."""
    charset, data = "", b""
    for number, (content, encoded) in sorted(pieces.items()):
        if encoded and number == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if encoded else content.encode("utf-8", "surrogateescape")
    return decode(data, charset)


def message_ids(value: bytes) -> tuple[str, ...]:
    """The Message-IDs in a field, each once, with their brackets, as `kept_id` keeps them."""
    ids = [found.decode("utf-8", "replace") for found in _ID.findall(value[:_LONGEST])]
    if not ids and value.strip():
        bare = value.strip(b" <>\t\r\n").split()
        ids = [bare[0].decode("utf-8", "replace")] if len(bare) == 1 and len(bare[0]) < 900 else []
    return tuple(dict.fromkeys(kept_id(f"<{_UNSEEN.sub('', one)}>") for one in ids))


def kept_id(message_id: str) -> str:
    """A Message-ID as rows hold it: one too long for them is known by its hash."""
    if len(message_id) <= 250:
        return message_id
    return f"<{hashlib.sha256(message_id.encode('utf-8', 'replace')).hexdigest()}@too.long>"


def moment(value: bytes) -> datetime | None:
    """A Date field's moment in UTC; None where it is none that can be."""
    try:
        parts = parsedate_tz(value[:200].decode("ascii", "ignore"))
        if parts is None:
            return _iso_moment(value)
        year = parts[0]
        if not 1980 <= year <= 2100:
            return None
        local = datetime(*parts[:6], tzinfo=UTC)
        return datetime.fromtimestamp(local.timestamp() - max(-50_400, min(50_400, parts[9] or 0)), UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _iso_moment(value: bytes) -> datetime | None:
    """What programs write that know of ISO 8601 alone."""
    found = datetime.fromisoformat(value[:40].decode("ascii", "ignore").strip())
    if not 1980 <= found.year <= 2100:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
