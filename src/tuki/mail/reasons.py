"""Why a mail ended as it did: kept in English, with places for what it names, and said in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext

from tuki.mail.storable import storable


def written(about: Mapping[str, object]) -> dict[str, str]:
    """What stands in a reason's places, as a row keeps it."""
    return {name: storable(str(value)) for name, value in about.items()}


def in_words(reason: str, about: Mapping[str, object]) -> str:
    """A reason in the active language.

    reason: marked by gettext_noop() where it is written; what others said, such as a server, stays as it is.
    about: what stands in its places.
    """
    words = gettext(reason) if reason else ""
    return words % about if about else words
