"""What a blueprint says of tickets: the statuses they have."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from tuki.desk.parts import Key, Mistake, Part, PerLanguage, Raw, Row, make_like, rows, twice
from tuki.tickets.models import State, Status

# A desk on which nothing is ever over for good has no status for it.
_NEEDED = [state for state in State if state != State.CLOSED]


class StatusRow(Row):
    """The desk's name for where a ticket stands, for agents and, where they read another one, for customers."""

    key: Key
    state: Annotated[State, Field(strict=False)]
    labels: PerLanguage
    customer_labels: PerLanguage | None = None


class StatusesPart(Part):
    """Where tickets can stand. The first of each state is what the machine sets by itself."""

    file: ClassVar[str] = "statuses.toml"

    statuses: Annotated[list[StatusRow], Field(min_length=1)]

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        yield from twice(cls, raw, "statuses")
        used = {row.get("state") for _place, row in rows(raw, "statuses")}
        if used and used <= set(State.values):  # a slip in one is told there
            for state in _NEEDED:
                if state.value not in used:
                    yield Mistake(cls.file, "statuses", f"no status has the state {state.value}")

    def apply(self, changes: list[str]) -> None:
        wanted = {
            row.key: {
                "state": row.state.value,
                "labels": row.labels,
                "customer_labels": row.customer_labels or {},
            }
            for row in self.statuses
        }
        make_like(Status.objects.all(), wanted, changes, called="status")
