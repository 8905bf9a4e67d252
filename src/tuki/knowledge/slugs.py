"""The words in an address: behind a number that stays they follow what a thing is called; only people read them."""

from django.utils.text import slugify


def slug(words: str) -> str:
    return slugify(words)[:80].strip("-")


def numbered(pk: int, words: str) -> str:
    """How the address of a thing ends: "123-laskun-hyvaksyminen"; "123" where nothing of its name can stand there."""
    return f"{pk}-{slug(words)}".rstrip("-")
