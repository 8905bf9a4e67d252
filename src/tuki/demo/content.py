"""What the demo's people say: the cast of a desk and its stories, as content/ has them (see its README).

A thread there, and each of its variants, is one Story.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS

CONTENT = Path(__file__).parent / "content"
FILES = CONTENT / "files"


@dataclass(frozen=True)
class Agent:
    """Somebody who answers. role: of tuki.people.models.Role."""

    key: str
    name: str
    display_name: str
    email: str
    teams: list[str]
    role: str
    language: str


@dataclass(frozen=True)
class Company:
    """A customer. package: a key of the blueprint's. main_contact, account_manager: who of its people, and of ours."""

    key: str
    name: str
    code: str
    domains: list[str]
    who_sees: str
    package: str
    main_contact: str
    account_manager: str
    note: str = ""


@dataclass(frozen=True)
class Customer:
    """Somebody of a company who asks. organization: the company's key; also: those of others they belong to.

    suspended_days: since when their company shuts them out; seat_ends_in_days: when their seat does; 0 for never.
    """

    key: str
    name: str
    email: str
    organization: str
    manager: bool
    seat: bool
    language: str
    time_zone: str
    phone: str
    title: str
    also: tuple[str, ...] = ()
    suspended_days: int = 0
    seat_ends_in_days: int = 0

    @property
    def first(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True)
class Invited:
    """Somebody whom the main contact of a company has asked to join, and who has not come yet."""

    name: str
    email: str
    organization: str
    seat: bool
    language: str
    age_days: int


@dataclass(frozen=True)
class Line:
    """A message of a story. by: a person's key. after: since the message before."""

    by: str
    after: timedelta
    via: str
    text: str
    internal: bool = False
    files: tuple[str, ...] = ()
    solve: bool = False  # whoever says this solves the request with it
    hand_over: str = ""  # the team that gets the request with it
    redact: bool = False  # somebody wrote what they should not have
    new_subject: str = ""


@dataclass(frozen=True)
class Story:
    """A ticket to be.

    age: since its first message. team: at its beginning. assignee ("" for nobody) and status (a key of the blueprint's,
    or a state): at its end.
    """

    key: str
    subject: str
    requester: str
    language: str
    product: str
    module: str
    severity: str
    priority: int
    team: str
    assignee: str
    status: str
    via: str
    tags: tuple[str, ...]
    copies: tuple[str, ...]
    confidential: bool
    age: timedelta
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Cast:
    """Everybody of a desk, by key."""

    agents: dict[str, Agent]
    companies: dict[str, Company]
    customers: dict[str, Customer]
    invited: tuple[Invited, ...]

    @property
    def administrator(self) -> Agent:
        return next(agent for agent in self.agents.values() if agent.role == "administrator")


def cast(desk: str) -> Cast:
    raw = tomllib.loads((CONTENT / desk / "people.toml").read_text(encoding="utf-8"))
    return Cast(
        {row["key"]: Agent(**row) for row in raw["agents"]},
        {row["key"]: Company(**row) for row in raw["organizations"]},
        {row["key"]: Customer(**row) for row in raw["people"]},
        tuple(Invited(**row) for row in raw.get("invited", [])),
    )


def stories(desk: str) -> list[Story]:
    """All stories of a desk, the oldest first."""
    threads = [
        thread
        for path in sorted((CONTENT / desk / "threads").glob("*.toml"))
        for thread in tomllib.loads(path.read_text(encoding="utf-8"))["threads"]
    ]
    told = [
        _story({**thread, "cc": _copies(thread, variant), **variant}, _lines(thread, variant))
        for thread in threads
        for variant in ({}, *thread.get("variants", []))
    ]
    return sorted(told, key=lambda story: -story.age)


def _story(row: Mapping[str, Any], lines: tuple[Line, ...]) -> Story:
    return Story(
        key=row["key"],
        subject=row["subject"],
        requester=row["from"],
        language=row["language"],
        product=row["product"],
        module=row["module"],
        severity=row["severity"],
        priority=row["priority"],
        team=row["team"],
        assignee=row["assignee"],
        status=row["status"],
        via=row["via"],
        tags=tuple(row["tags"]),
        copies=tuple(row["cc"]),
        confidential=row.get("confidential", False),
        age=timedelta(days=row["age_days"]),
        lines=lines,
    )


def _copies(thread: Mapping[str, Any], variant: Mapping[str, Any]) -> list[str]:
    """Another's request is not copied to the first one's colleagues."""
    return [] if variant.get("from", thread["from"]) != thread["from"] else list(thread["cc"])


def _lines(thread: Mapping[str, Any], variant: Mapping[str, Any]) -> tuple[Line, ...]:
    """The thread's messages as a variant has them.

    keep: how many of them; texts: by number, what is said instead; replace: words in what is not; recast: who speaks
    another's lines.
    """
    recast = {thread["from"]: variant.get("from", thread["from"]), **variant.get("recast", {})}

    def replaced(text: str) -> str:
        for old, new in variant.get("replace", {}).items():
            text = text.replace(old, new)
        return text

    texts: Mapping[str, str] = variant.get("texts", {})
    messages: list[Mapping[str, Any]] = thread["messages"][: variant.get("keep")]
    return tuple(
        Line(
            by=recast.get(row["by"], row["by"]),
            after=timedelta(hours=row["after_hours"]),
            via=row["via"] if n > 1 else variant.get("via", row["via"]),
            text=texts.get(str(n)) or replaced(row["text"]),
            internal=row["internal"],
            files=tuple(row.get("files", ())),
            solve=row.get("solve", False),
            hand_over=row.get("hand_over", ""),
            redact=row.get("redact", False),
            new_subject=replaced(row.get("new_subject", "")),
        )
        for n, row in enumerate(messages, 1)
    )


_BRACES = re.compile(r"\{(first|name|title|phone|organization|(?:[Ll]ast_|[Nn]ext_)?[Mm]onth|day|iso)([+-]\d+)?\}")


def filled(text: str, story: Story, people: Cast, began: date) -> str:
    """A text with its braces filled in. began: the ticket's first day, from which dates are counted."""
    requester = people.customers[story.requester]

    def fill(found: re.Match[str]) -> str:
        name, day = found[1], began + timedelta(days=int(found[2] or 0))
        if name in {"first", "name", "title", "phone"}:
            return str(getattr(requester, name))
        if name == "organization":
            return people.companies[requester.organization].name
        return _date(name, day, story.language)

    return _without_two_stops(_BRACES.sub(fill, text)).strip()


def dated(text: str, language: str, began: date) -> str:
    """A text whose braces hold dates only, counted from a day."""

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name in {"first", "name", "title", "phone", "organization"}:
            return found[0]
        return _date(name, began + timedelta(days=int(found[2] or 0)), language)

    return _without_two_stops(_BRACES.sub(fill, text)).strip()


def _without_two_stops(text: str) -> str:
    """A Finnish date ends with a full stop of its own."""
    return re.sub(r"(\d\.\d{1,2}\.)\.(?!\d)", r"\1", text)


def _date(name: str, day: date, language: str) -> str:
    if name == "iso":
        return day.isoformat()
    if name == "day":
        return _day(day, language)
    ahead = {"last_": -1, "next_": 1}.get(name.lower().removesuffix("month"), 0)
    with translation.override(language):
        word = str(MONTHS[(day.month - 1 + ahead) % 12 + 1])
    return word[:1].upper() + word[1:] if name[0].isupper() else word


def _day(day: date, language: str) -> str:
    """A date as one writes it in the middle of a sentence."""
    if language == "fi":
        return f"{day.day}.{day.month}."
    if language == "sv":
        return f"{day.day}.{day.month}"
    with translation.override(language):
        return f"{day.day} {MONTHS[day.month]}"


@dataclass(frozen=True)
class SignIn:
    """Somebody to look at the desk as."""

    role: str
    name: str
    email: str


def sign_ins(desk: str) -> list[SignIn]:
    """One for each role that the desk has: of customers, those who ask most. The same at every start."""
    people = cast(desk)
    asked = [story.requester for story in stories(desk)]
    languages = [customer.language for customer in people.customers.values()]
    # Who speaks as most do: they have the most to be seen.
    busiest = sorted(
        people.customers.values(),
        key=lambda one: (-languages.count(one.language), -asked.count(one.key)),
    )
    managers = [one for one in busiest if one.manager]
    seated = [one for one in busiest if one.seat and not one.manager]
    others = [one for one in busiest if not one.seat and not one.manager]
    agents = [one for one in people.agents.values() if one.role == "agent"]
    roles: dict[str, Sequence[Agent | Customer]] = {
        "customer with a seat": seated,
        "customer without a seat" if seated else "customer": others,
        "customer, manager": managers,
        "agent": agents,
        "administrator": [people.administrator],
    }
    return [SignIn(role, found[0].name, found[0].email) for role, found in roles.items() if found]
