"""What a blueprint says of people: the teams there are, and the packages that companies buy."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from tuki.desk.parts import Key, Mistake, Part, PerLanguage, Raw, Row, make_like, twice
from tuki.lib.refusal import Refused
from tuki.people.models import Package, Team
from tuki.people.queries import overfull


class TeamRow(Row):
    """Agents with a queue; who they are is not written here."""

    key: Key
    labels: PerLanguage
    signatures: PerLanguage | None = None
    private: bool = False


class TeamsPart(Part):
    """The desk's queues."""

    file: ClassVar[str] = "teams.toml"

    teams: Annotated[list[TeamRow], Field(min_length=1)]

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        yield from twice(cls, raw, "teams")

    def apply(self, changes: list[str]) -> None:
        wanted = {
            row.key: {"labels": row.labels, "signatures": row.signatures or {}, "private": row.private}
            for row in self.teams
        }
        make_like(Team.objects.all(), wanted, changes, called="team")


class PackageRow(Row):
    """What a company may buy. No number of seats: as many as are asked for. note: for agents."""

    key: Key
    labels: PerLanguage
    seats: Annotated[int, Field(ge=0, le=32767)] | None = None
    note: str = ""


class PackagesPart(Part):
    """The vendor's offers."""

    file: ClassVar[str] = "packages.toml"
    needed: ClassVar[bool] = False

    packages: list[PackageRow] = []

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        yield from twice(cls, raw, "packages")

    def apply(self, changes: list[str]) -> None:
        """Raises Refused where a company uses more seats than its package is to have."""
        wanted = {row.key: {"labels": row.labels, "seats": row.seats, "note": row.note} for row in self.packages}
        for row in self.packages:
            _require_room(row)
        make_like(Package.objects.all(), wanted, changes, called="package")


def _require_room(row: PackageRow) -> None:
    crowded = list(overfull(row.key, row.seats))
    if crowded:
        named = ", ".join(f"{company} ({used})" for company, used in crowded)
        raise Refused(f"packages.toml: packages[{row.key}].seats: more are in use: {named}")
