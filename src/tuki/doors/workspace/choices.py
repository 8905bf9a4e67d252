"""What can be chosen for a ticket, in words: the same for all agents, until people or the desk change."""

from typing import NamedTuple

from django.utils.translation import get_language

from tuki.desk import queries as desk
from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.live import topics
from tuki.live.known import KNOWN
from tuki.people import queries as people
from tuki.tickets import queries


class Choice(NamedTuple):
    """One of a list. kind: of a status its state; of a module "retired", where it is no longer offered."""

    value: str
    words: str
    kind: str = ""

    def __str__(self) -> str:
        return self.words


class Choices(NamedTuple):
    """All lists that there are."""

    agents: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    abouts: tuple[Choice, ...]  # products and their modules: "3", "3.17"
    priorities: tuple[Choice, ...]
    severities: tuple[Choice, ...]


def choices() -> Choices:
    """In the reader's language."""
    return KNOWN.get(("choices", get_language()), [topics.AROUND], _find)


def _find() -> Choices:
    return Choices(
        agents=tuple(Choice(str(agent.pk), str(agent)) for agent in people.agents()),
        statuses=tuple(Choice(status.key, str(status), status.state) for status in queries.statuses()),
        teams=tuple(Choice(team.key, str(team)) for team in people.teams()),
        abouts=tuple(_abouts()),
        priorities=tuple(Choice(str(row["value"]), label(row["labels"])) for row in the_desk().priorities),
        severities=tuple(Choice(row["key"], label(row["labels"])) for row in the_desk().severities),
    )


def _abouts() -> list[Choice]:
    found = []
    for product in desk.products():
        found.append(Choice(str(product.pk), str(product)))
        found += [
            Choice(f"{product.pk}.{module.pk}", f"{product} – {module}", "retired" if module.retired else "")
            for module in product.modules.all()
        ]
    return found
