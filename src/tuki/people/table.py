"""A table of people and companies as somebody saved it: bytes to lines. Pure; what a line asks for is not judged here.

Columns are found by their heads, whatever their order: see COLUMNS. Only `email` has to be there.
"""

import csv
import io
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from tuki.lib.refusal import Refused

COLUMNS = {
    "company": ("company", "organization", "yritys", "företag", "bedrijf"),
    "code": ("code", "customer number", "asiakasnumero", "kundnummer", "klantnummer"),
    "domains": ("domains", "mail domains", "verkkotunnukset", "domäner", "domeinen"),
    "package": ("package", "paketti", "paket", "pakket"),
    "email": ("email", "e-mail", "address", "sähköposti", "e-post", "e-mailadres"),
    "name": ("name", "nimi", "namn", "naam"),
    "language": ("language", "kieli", "språk", "taal"),
    "role": ("role", "rooli", "roll", "rol"),
    "seat": ("seat", "tukioikeus", "supportplats", "supportplaats"),
    "phones": ("phones", "phone", "puhelin", "telefon", "telefoon"),
}
_YES = {"yes", "y", "x", "1", "true", "kyllä", "ja"}
_NO = {"", "no", "n", "0", "false", "ei", "nej", "nee"}
MOST = 10_000  # lines of a file


@dataclass(frozen=True)
class Line:
    """What one line asks for. The company's facts are those that all of its lines together give.

    number: as a table program counts it, the heads being line 1. wrong: what can't be meant, in words.
    """

    number: int
    email: str = ""
    name: str = ""
    language: str = ""
    role: str = ""
    seat: bool = False
    phones: list[str] = field(default_factory=list)
    company: str = ""
    code: str = ""
    domains: list[str] = field(default_factory=list)
    package: str = ""
    wrong: str = ""

    @property
    def of_company(self) -> str:
        """By what lines of one company are known to be: its number, else its name."""
        return self.code or self.company.casefold()

    def data(self) -> dict[str, Any]:
        return asdict(self)


def read(content: bytes) -> list[Line]:
    """The lines of a file in UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs between.

    Raises Refused where it has no column of addresses, too many lines, or one that can't be read.
    """
    rows = _rows(_text(content))
    places = _places(rows[0] if rows else [])
    if "email" not in places:
        raise Refused(_("The first line names no column “email”: there is nobody in this file."), field="file")
    if len(rows) > MOST + 1:
        raise Refused(_("A file has at most %(number)s lines.") % {"number": MOST}, field="file")
    lines = [
        _line(number, {key: row[at].strip() for key, at in places.items() if at < len(row)})
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    return _told_apart(_with_companies(lines))


def _text(content: bytes) -> str:
    """Its characters, but for null bytes, which PostgreSQL refuses."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")


def _rows(text: str) -> list[list[str]]:
    """The cells of each line. Raises Refused, naming the line, where quotation marks or a cell's length can't be."""
    head = text.partition("\n")[0]
    rows: list[list[str]] = []
    try:
        # Strict: a quotation mark that nobody closes would make one cell of all the lines after it.
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=head.count), strict=True):
            rows.append(row)  # noqa: PERF402 - those before the fault are counted
    except csv.Error:
        words = _("Line %(line)s can’t be read: look at its quotation marks, and whether a cell is far too long.")
        raise Refused(words % {"line": len(rows) + 1}, field="file") from None
    return rows


def _places(heads: list[str]) -> dict[str, int]:
    """In which column what stands."""
    names = {name: key for key, names in COLUMNS.items() for name in names}
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        key = names.get(head.strip().lower())
        if key is not None:
            found.setdefault(key, at)
    return found


def _line(number: int, said: dict[str, str]) -> Line:
    seat = said.get("seat", "").lower()
    wrong = "" if seat in _YES | _NO else _("“%(word)s” is neither yes nor no.") % {"word": seat[:50]}
    return Line(
        number,
        email=said.get("email", "").lower(),
        name=said.get("name", "")[:120],
        language=said.get("language", "").lower(),
        role=said.get("role", "").lower(),
        seat=seat in _YES,
        phones=_several(said.get("phones", "")),
        company=said.get("company", "")[:200],
        code=said.get("code", "")[:64],
        domains=[domain.lower() for domain in _several(said.get("domains", ""))],
        package=said.get("package", ""),
        wrong=wrong,
    )


def _several(cell: str) -> list[str]:
    parts = cell.replace(";", ",").replace("|", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def _with_companies(lines: list[Line]) -> list[Line]:
    """Give each line all that the file says of its company, and mark lines that contradict an earlier one."""
    known: dict[str, Line] = {}
    made = []
    for line in lines:
        before = known.setdefault(line.of_company, line)
        for there, here in ((before.company, line.company), (before.package, line.package)):
            if line.of_company and there and here and there != here:
                words = _("Line %(line)s says “%(there)s” of the same company, this one “%(here)s”.")
                line = replace(line, wrong=words % {"line": before.number, "there": there, "here": here})
        before = replace(
            before,
            company=before.company or line.company,
            package=before.package or line.package,
            domains=list(dict.fromkeys([*before.domains, *line.domains])),
        )
        known[line.of_company] = before
        made.append(line)
    facts = [known[line.of_company] for line in made]
    return [
        replace(line, company=of.company, package=of.package, domains=of.domains) if line.of_company else line
        for line, of in zip(made, facts, strict=True)
    ]


def _told_apart(lines: list[Line]) -> list[Line]:
    """Mark lines that ask for what an earlier line asked for: the same person, or another company's domain."""
    persons: dict[tuple[str, str], int] = {}
    domains: dict[str, Line] = {}
    made = []
    for line in lines:
        first = persons.setdefault((line.of_company, line.email), line.number)
        if first != line.number and not line.wrong:
            line = replace(line, wrong=_("Line %(line)s names the same person.") % {"line": first})
        for domain in line.domains:
            holder = domains.setdefault(domain, line)
            if holder.of_company != line.of_company and not line.wrong:
                words = _("Line %(line)s gives “%(domain)s” to another company.")
                line = replace(line, wrong=words % {"line": holder.number, "domain": domain})
        made.append(line)
    return made
