"""Ids as somebody sends them, who may send anything."""


def sent_id(words: str) -> int:
    """The id that these words are; 0, which no row has, where they are none."""
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 18 else 0
