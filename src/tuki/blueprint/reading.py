"""A folder of files as a blueprint, with every mistake in it told at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tuki.desk.blueprint import DeskPart, ProductsPart, TextsPart
from tuki.desk.parts import Mistake, Part, Raw, meant, read, rows, unknown
from tuki.knowledge.blueprint import KnowledgePart, references
from tuki.look.colour import contrast
from tuki.mail.blueprint import MailboxesPart
from tuki.people.blueprint import PackagesPart, TeamsPart
from tuki.tickets.blueprint import StatusesPart

# In the order in which they are applied: what others refer to comes first.
PARTS: tuple[type[Part], ...] = (
    DeskPart,
    TextsPart,
    ProductsPart,
    TeamsPart,
    PackagesPart,
    StatusesPart,
    MailboxesPart,
    KnowledgePart,
)
SHIPPED = Path(__file__).resolve().parent.parent / "blueprints"


@dataclass(frozen=True)
class Blueprint:
    """A desk that could be."""

    parts: tuple[Part, ...]
    warnings: tuple[Mistake, ...]


class Mistaken(Exception):
    """A folder is no blueprint yet."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


def read_folder(folder: Path) -> Blueprint:
    """The blueprint in a folder. Raises Mistaken with every mistake, warnings among them."""
    raws, mistakes = _raws(folder)
    languages = _languages(raws)
    parts = []
    for part in PARTS:
        if part.file in raws:
            made, wrong = read(part, raws[part.file], languages)
            mistakes += wrong
            parts += [made] if made else []
    mistakes += _across(raws)
    if any(not mistake.warning for mistake in mistakes):
        raise Mistaken(_in_order(mistakes))
    return Blueprint(tuple(parts), tuple(mistakes))


def _raws(folder: Path) -> tuple[dict[str, Raw], list[Mistake]]:
    """Each file as TOML has it. One that is not needed and not there is an empty one."""
    raws: dict[str, Raw] = {}
    mistakes = []
    for part in PARTS:
        try:
            raws[part.file] = tomllib.loads((folder / part.file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            if part.needed:
                mistakes.append(Mistake(part.file, "", "missing"))
            else:
                raws[part.file] = {}
        except tomllib.TOMLDecodeError as error:
            mistakes.append(_syntax(part.file, str(error)))
        except UnicodeDecodeError as error:
            mistakes.append(Mistake(part.file, "", f"byte {error.start} is not UTF-8"))
        except OSError as error:
            mistakes.append(Mistake(part.file, "", f"can't be read: {error.strerror}"))
    known = [part.file for part in PARTS]
    others = sorted(path.name for path in folder.glob("*.toml") if path.name not in known)
    mistakes += [Mistake(name, "", f"unknown file{meant(name, known)}") for name in others]
    return raws, mistakes


def _syntax(file: str, words: str) -> Mistake:
    found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", words, re.DOTALL)
    if found:
        return Mistake(file, f"line {found[2]}", found[1][:1].lower() + found[1][1:])
    return Mistake(file, "", words[:1].lower() + words[1:])


def _languages(raws: dict[str, Raw]) -> list[str] | None:
    """What the desk speaks, as far as its own file says so and Tuki can."""
    written = raws.get(DeskPart.file, {}).get("languages")
    known = dict(settings.LANGUAGES)
    spoken = [one for one in written if isinstance(one, str) and one in known] if isinstance(written, list) else []
    return list(dict.fromkeys(spoken)) or None


def _across(raws: dict[str, Raw]) -> Iterator[Mistake]:
    """What one file says of another. Where that other can't be read, there is nothing to say."""
    desk = raws.get(DeskPart.file, {})
    yield from _accent(desk.get("accent"))
    mailboxes = rows(raws.get(MailboxesPart.file, {}), "mailboxes")
    if TeamsPart.file in raws:
        teams = [row.get("key") for _place, row in rows(raws[TeamsPart.file], "teams")]
        for place, row in mailboxes:
            if isinstance(row.get("team"), str) and row["team"] not in teams:
                yield Mistake(MailboxesPart.file, f"{place}.team", unknown(row["team"], teams, "team"))
    languages = _languages(raws)
    for place, row in mailboxes:
        if languages and isinstance(row.get("language"), str) and row["language"] not in languages:
            yield Mistake(MailboxesPart.file, f"{place}.language", "the desk does not speak this language")
    yield from _of_knowledge(raws)
    address, known = desk.get("address"), [str(row.get("address")) for _place, row in mailboxes]
    if isinstance(address, str) and known and all("@" in one for one in (address, *known)) and address not in known:
        yield Mistake(DeskPart.file, "address", f"answers come from {address}, but no mailbox takes mail there")


def _of_knowledge(raws: dict[str, Raw]) -> Iterator[Mistake]:
    """Whether the help center is about products, packages and teams that there are."""
    known = {
        "product": (ProductsPart.file, "products"),
        "package": (PackagesPart.file, "packages"),
        "team": (TeamsPart.file, "teams"),
    }
    for place, what, key in references(raws.get(KnowledgePart.file, {})):
        file, name = known[what]
        keys = [row.get("key") for _place, row in rows(raws.get(file, {}), name)]
        if file in raws and key not in keys:
            yield Mistake(KnowledgePart.file, place, unknown(key, keys, what))


# Of the accent with white, as WCAG counts it. Below the first it is shown darker than it is written, wherever it stands
# as text; below the second that would be another colour.
_AS_WRITTEN = 4.5
_AT_LEAST = 3.0


def _accent(colour: object) -> Iterator[Mistake]:
    """Whether links and buttons of this colour can be read."""
    if not isinstance(colour, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return
    ratio = contrast(colour, "#ffffff")
    told = f"{colour} has a contrast of {ratio:.1f} with white"
    if ratio < _AT_LEAST:
        yield Mistake(DeskPart.file, "accent", f"{told}, which nobody can read; at least {_AT_LEAST:.0f} is needed")
    elif ratio < _AS_WRITTEN:
        words = f"{told}; below {_AS_WRITTEN} links and buttons are shown in a darker shade"
        yield Mistake(DeskPart.file, "accent", words, warning=True)


def _in_order(mistakes: list[Mistake]) -> list[Mistake]:
    """File by file, each once: the same words may come from a key and from what refers to it."""
    files = [part.file for part in PARTS]
    place = {file: n for n, file in enumerate(files)}
    return sorted(dict.fromkeys(mistakes), key=lambda mistake: place.get(mistake.file, len(files)))
