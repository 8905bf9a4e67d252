"""How a mail ends that becomes no message."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuki.mail.reasons import in_words

if TYPE_CHECKING:
    from tuki.doors.email.reports import Report


class Aside(Exception):
    """This mail ends here: in quarantine, where somebody looks at it, unless it says otherwise.

    reason, about: as `mail.reasons` has them. ignored: nothing is lost by that. refused: the sender is told how to get
    the right to write. tells: the agent who sent it is told that nothing came of it. report: what it says of a mail of
    ours.
    """

    def __init__(
        self,
        reason: str,
        *,
        about: Mapping[str, object] | None = None,
        ignored: bool = False,
        refused: bool = False,
        tells: bool = False,
        report: "Report | None" = None,
    ) -> None:
        super().__init__(reason)
        self.reason, self.about = reason, dict(about or {})
        self.ignored, self.refused, self.tells, self.report = ignored, refused, tells, report

    @property
    def words(self) -> str:
        """Why, in the active language."""
        return in_words(self.reason, self.about)
