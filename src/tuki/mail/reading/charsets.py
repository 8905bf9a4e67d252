"""Bytes from strangers as text: what they say they are, what they turn out to be, and never a refusal."""

import codecs
import re

# What senders write, and what they mean by it. ISO 8859-9 is windows-1254 in practice, and so on for its neighbours.
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
    "mac": "mac_roman",
    "x-mac-ce": "mac_latin2",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-10646-ucs-2": "utf-16",
    "ucs-2": "utf-16",
    "utf-8-mac": "utf-8",
    "x-utf-8": "utf-8",
    "utf-7-imap": "utf-7",
    "koi8": "koi8-r",
    "win-1251": "cp1251",
    "cn-gb": "gb18030",
    "cn-big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "big5-eten": "big5hkscs",
    "ksc_5601": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "x-windows-949": "cp949",
    "uhc": "cp949",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "cswindows31j": "cp932",
    "x-ms-cp932": "cp932",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "eucjp": "euc_jp",
    "tis-620": "cp874",
    "dos-874": "cp874",
}
# Codecs of Python that are no character sets, or take quadratic time.
_NEVER = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_BOMS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]


def decode(data: bytes, charset: str = "") -> str:
    """The text that these bytes most likely are. Never raises; what can't be read shows as �.

    charset: what the sender says, in whatever spelling.
    """
    return read(data, charset)[0]


def read(data: bytes, charset: str = "") -> tuple[str, bool]:
    """The text that these bytes most likely are, and whether every one of them was read for certain."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _read_as(data, name)
    known = _codec(charset)
    meant = known or "utf-8"
    if meant.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        meant = "utf-8"  # in the one that is said, every blank and line end has a null byte
    elif meant == "utf-16":
        meant = "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
    if b"\x1b$" in data and data.isascii() and meant in {"utf-8", "cp1252", "shift_jis", "cp932", "euc_jp"}:
        return _read_as(data, "iso2022_jp_ext")
    try:
        text = data.decode("utf-8")
        # The commonest lie is no word at all, or another charset said of UTF-8; by accident nothing reads as it.
        if meant in {"utf-8", "cp1252"} or len(data) - len(text) > 3:
            return _kept(text), True
    except UnicodeDecodeError:
        pass
    if meant in {"utf-8", "cp1252"}:
        letters, broken = _letters(data)
        # A few broken letters do not make it another charset.
        if letters > 2 * broken:
            return _read_as(data, "utf-8")
        guess = _guessed(data)
        # Nor does one, such as the last that was cut, where others are whole.
        if not guess and meant == "utf-8" and letters >= broken:
            return _read_as(data, "utf-8")
        text, whole = _read_as(data, guess or "cp1252")
        return text, whole and bool(known) and not guess
    guess = _guessed(data) if meant in _COMMON else ""
    if guess and guess != meant and _score(data, meant) < 0.5:
        return _read_as(data, guess)[0], False
    return _read_as(data, meant)


def _letters(data: bytes) -> tuple[int, int]:
    """How many letters beyond ASCII are whole in UTF-8, and how many are broken."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(letter > "\x7f" for letter in text) - broken, broken


def _read_as(data: bytes, codec: str) -> tuple[str, bool]:
    try:
        return _kept(data.decode(codec)), True
    except (UnicodeError, ValueError):
        return _kept(data.decode(codec, "replace")), False


# What texts in a charset are mostly made of, and how large a part of them it is at the least.
_COMMON = {
    "gb18030": (
        "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心请您谢问题发"
        "系统公司电话邮件客户产品",
        0.25,
    ),
    "big5hkscs": (
        "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可里後小麼心請您謝問題發"
        "系統公司電話郵件客戶產品",
        0.25,
    ),
    "cp932": ("".join(map(chr, range(0x3041, 0x30F7))), 0.3),
    "euc_jp": ("".join(map(chr, range(0x3041, 0x30F7))), 0.3),
    "cp949": ("".join(map(chr, range(0xAC00, 0xD7A4))), 0.8),
    "cp1251": ("оеаинтсрвлкмдпуяыьгзбчйх", 0.7),
    "koi8-r": ("оеаинтсрвлкмдпуяыьгзбчйх", 0.7),
}
_STRICTER = {"cp949": "euc_kr"}  # Windows' has letters everywhere; what people write lies in the old one
_SAMPLE = 5000


def _guessed(data: bytes) -> str:
    """The charset that bytes without a true word on it show to be in; empty where none plainly is.

    Western letters stand alone between plain ones. Those of the East and of Russian come in rows, and the rows make
    common letters.
    """
    sample = data[:_SAMPLE]
    if sum(byte > 0x7F for byte in sample) < 8 or not re.search(
        rb"[\x81-\xfe]{6}|(?:[\x81-\xfe][\x40-\xfe]){4}", sample
    ):
        return ""
    score, best = max((_score(data, codec), codec) for codec in _COMMON)
    return best if score > 1 else ""


def _score(data: bytes, codec: str) -> float:
    """How much a text looks like one in this charset: over 1 where it does."""
    try:
        text = codecs.getincrementaldecoder(_STRICTER.get(codec, codec))().decode(data[:_SAMPLE])
    except UnicodeError:
        return 0
    common, least = _COMMON[codec]
    letters = [letter for letter in text if letter > "\x7f"]
    return sum(letter in common for letter in letters) / max(1, len(letters)) / least


def encode(text: str, charset: str) -> bytes:
    """The bytes that `decode` makes this text of."""
    if text.isascii():
        return text.encode()
    try:
        return text.encode(_codec(charset) or "utf-8")
    except UnicodeError:
        return text.encode("utf-8", "replace")


def _codec(charset: str) -> str:
    """The codec of Python's for a charset's name; empty where there is none."""
    name = re.sub(r"[^a-z0-9_.\-]", "", charset.lower().strip(" \"';"))
    name = re.sub(r"^(x-)?(?:windows|cp|ibm|ms)[-_ ]?(\d{3,5})$", r"cp\2", name)
    name = _MEANT.get(name, name)
    try:
        codec = codecs.lookup(name).name
        "a".encode(codec)  # raises for those that make no text, such as base64
    except (LookupError, ValueError):
        return ""
    if codec.replace("-", "_") in _NEVER:
        return ""
    return "cp1252" if codec == "iso8859-1" else codec  # by whichever of its names


def _kept(text: str) -> str:
    """Without what no database and no page can hold."""
    return text.replace("\0", "").removeprefix("\ufeff").encode("utf-8", "replace").decode()
