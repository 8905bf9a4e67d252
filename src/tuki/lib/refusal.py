"""The two ways of saying no, and how a rule asks for one.

What a viewer may not know of is a third way, and needs no exception: the query does not find it (404).
"""

from django.utils.translation import gettext_lazy as _


class Denied(Exception):
    """May know of it, may not do it (403). Its words are shown to the person."""

    def __init__(self, words: object = _("You do not have the right to do this.")) -> None:
        super().__init__(words)

    def __str__(self) -> str:
        return str(self.args[0])


class Refused(Exception):
    """Can't be done now, whoever asks (409). Its words are shown to the person.

    field: the name of the input that the words belong beside, where there is one.
    """

    def __init__(self, words: object, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])


def require(allowed: bool, words: object = None) -> None:
    """Raise Denied unless allowed."""
    if not allowed:
        raise Denied(words) if words else Denied()
