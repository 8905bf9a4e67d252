"""Compile a gettext .po file to the .mo that Django reads.

Only .po files are kept in git. msgfmt is not on every machine, Python does not ship its own, and a library for it would
have to be installed before the first start could use it; the format is small, so it is written out here, and every
machine compiles the same way.
"""

import re
import struct
from pathlib import Path

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
LINE = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\])?\s*"((?:[^"\\]|\\.)*)"')


class Unreadable(Exception):
    """A line that gettext would not have written, with its place."""


def refresh(po: Path) -> None:
    """Compile `po` beside itself, unless that was done since it changed."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns:
        return
    new = mo.with_suffix(".mo.new")
    new.write_bytes(compiled(translations(po)))
    new.replace(mo)  # at once: a running server may be reading


def translations(po: Path) -> dict[str, str]:
    """What the file translates, keyed as a .mo is: with its context before it and its plural after it.

    Fuzzy and obsolete entries are left out, as msgfmt leaves them.
    """
    found: dict[str, str] = {}
    entry: dict[str, str] = {}
    field = ""
    fuzzy = next_is_fuzzy = False
    # The empty msgid at the end closes the last entry.
    for number, line in enumerate([*po.read_text(encoding="utf-8").split("\n"), 'msgid ""'], start=1):
        if line.startswith("#,"):
            next_is_fuzzy = "fuzzy" in line
        if line.startswith("#") or not line.strip():
            continue
        parts = LINE.fullmatch(line.strip())
        if not parts or not (parts[1] or field):
            raise Unreadable(f"{po}:{number}: not a line of a message catalog: {line.strip()}")
        if parts[1] in {"msgctxt", "msgid"} and any(name.startswith("msgstr") for name in entry):
            _keep(entry, fuzzy, found)
            entry = {}
        if not entry:
            fuzzy, next_is_fuzzy = next_is_fuzzy, False
        field = parts[1] or field
        entry[field] = entry.get(field, "") + _plain(parts[2], po, number)
    return found


def _keep(entry: dict[str, str], fuzzy: bool, found: dict[str, str]) -> None:
    key = entry.get("msgid", "")
    forms = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
    # The first entry, which translates "", is the header; it counts even when marked fuzzy.
    if not forms[0] or (fuzzy and key):
        return
    if "msgctxt" in entry:
        key = f"{entry['msgctxt']}\x04{key}"
    if "msgid_plural" in entry:
        key = f"{key}\0{entry['msgid_plural']}"
    found[key] = "\0".join(forms)


def _plain(quoted: str, po: Path, number: int) -> str:
    try:
        return re.sub(r"\\(.)", lambda escape: ESCAPES[escape[1]], quoted)
    except KeyError as unknown:
        raise Unreadable(f"{po}:{number}: unknown escape \\{unknown.args[0]}") from None


def compiled(found: dict[str, str]) -> bytes:
    """The bytes of a .mo: a head, where each original lies, where each translation lies, and then the texts."""
    pairs = sorted((key.encode(), text.encode()) for key, text in found.items())
    originals, texts = [key for key, _ in pairs], [text for _, text in pairs]
    head = struct.calcsize("<7I")
    place = head + 2 * 8 * len(pairs)
    tables = b""
    for each in [*originals, *texts]:
        tables += struct.pack("<2I", len(each), place)
        place += len(each) + 1
    start = struct.pack("<7I", 0x950412DE, 0, len(pairs), head, head + 8 * len(pairs), 0, 0)
    return start + tables + b"".join(each + b"\0" for each in [*originals, *texts])
