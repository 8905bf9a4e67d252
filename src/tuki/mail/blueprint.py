"""What a blueprint says of mail: the addresses at which the desk is written to."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from tuki.desk.blueprint import Address, Language
from tuki.desk.parts import Key, Mistake, Part, PerLanguage, Raw, Row, make_like, twice
from tuki.mail.models import Mailbox
from tuki.people.models import Team


class MailboxRow(Row):
    """An address, the team whose queue its mail goes to, and the name that answers carry.

    signatures: under mails of tickets that came in by it, where their team has none.
    """

    address: Address
    labels: PerLanguage
    team: Key | None = None
    language: Language | None = None
    signatures: PerLanguage | None = None


class MailboxesPart(Part):
    """Where mail comes in."""

    file: ClassVar[str] = "mailboxes.toml"

    mailboxes: Annotated[list[MailboxRow], Field(min_length=1)]

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        yield from twice(cls, raw, "mailboxes", by="address")

    def apply(self, changes: list[str]) -> None:
        teams = {team.key: team.pk for team in Team.objects.all()}
        wanted = {
            row.address: {
                "labels": row.labels,
                "team_id": teams[row.team] if row.team else None,
                "language": row.language or "",
                "signatures": row.signatures or {},
            }
            for row in self.mailboxes
        }
        make_like(Mailbox.objects.all(), wanted, changes, called="mailbox", by="address")
