"""Bytes from strangers as text: what they say they are, what they turn out to be, and never a refusal."""

import codecs
import re

# What senders write, and what they mean by it. ISO 8859-1 is windows-1252 in practice, and so on for its neighbours.
_MEANT = {
    "": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "7bit": "utf-8",
    "8bit": "utf-8",
    "binary": "utf-8",
    "default": "utf-8",
    "unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode": "utf-16",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "x-euc-jp": "euc_jp",
    "big5": "big5hkscs",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
}
# Codecs of Python that are no character sets, or take quadratic time.
_NEVER = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_BOMS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]


def decode(data: bytes, charset: str = "") -> str:
    """The text that these bytes most likely are. Never raises; what can't be read shows as �.

    charset: what the sender says, in whatever spelling.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _kept(data.decode(name, "replace"))
    meant = _codec(charset)
    if meant in {"utf-8", "cp1252"}:
        # The commonest lie is no word at all, or Latin-1 said of UTF-8; by accident nothing reads as UTF-8.
        if b"\x1b$" in data and data.isascii():
            return _kept(data.decode("iso2022_jp_ext", "replace"))
        try:
            return _kept(data.decode("utf-8"))
        except UnicodeDecodeError:
            # One broken letter in a long text that says it is UTF-8 does not make it another charset.
            broken_utf8 = meant == "utf-8" and not data.decode("utf-8", "ignore").isascii()
            return _kept(data.decode("utf-8" if broken_utf8 else "cp1252", "replace"))
    try:
        return _kept(data.decode(meant))
    except (UnicodeError, ValueError):
        pass
    try:
        return _kept(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _kept(data.decode(meant, "replace"))


def encode(text: str, charset: str) -> bytes:
    """The bytes that `decode` makes this text of."""
    try:
        return text.encode(_codec(charset))
    except UnicodeError:
        return text.encode("utf-8", "replace")


def _codec(charset: str) -> str:
    """The codec of Python's for a charset's name, UTF-8 where there is none."""
    name = re.sub(r"[^a-z0-9_.\-]", "", charset.lower().strip(" \"';"))
    name = re.sub(r"^(x-)?(?:windows|cp|ibm|ms)[-_ ]?(\d{3,5})$", r"cp\2", name)
    name = _MEANT.get(name, name)
    try:
        codec = codecs.lookup(name).name
        b"a".decode(codec)  # raises for those that make no text, such as base64
    except (LookupError, ValueError):
        return "utf-8"
    if codec.replace("-", "_") in _NEVER:
        return "utf-8"
    return codec


def _kept(text: str) -> str:
    """Without what no database and no page can hold."""
    return text.replace("\0", "").removeprefix("\ufeff").encode("utf-8", "replace").decode()
