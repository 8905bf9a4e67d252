"""How a mail ends that becomes no message."""

from tuki.doors.email.reports import Report


class Aside(Exception):
    """This mail ends here: in quarantine, where somebody looks at it, unless it says otherwise.

    ignored: nothing is lost by that. refused: the sender is told how to get the right to write. tells: the agent who
    sent it is told that nothing came of it. report: what it says of a mail of ours.
    """

    def __init__(
        self,
        reason: str,
        *,
        ignored: bool = False,
        refused: bool = False,
        tells: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason, self.ignored, self.refused, self.tells, self.report = reason, ignored, refused, tells, report
