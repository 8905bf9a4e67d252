"""The desk's own files of a blueprint: its rules, its long texts, its products."""

import re
import zoneinfo
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tuki.desk.models import (
    AgentsByMail,
    Desk,
    NewsPlace,
    Product,
    TwoStepFor,
    WhoGivesSeats,
    WhoIsCopied,
    WhoSees,
    WhoSubmits,
)
from tuki.desk.parts import Key, Mistake, Part, PerLanguage, Raw, Row, make_like, rows, twice, unknown
from tuki.lib.refusal import Refused


def _address(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        raise PydanticCustomError("address", "“{given}” is not an e-mail address", {"given": address}) from None
    if address != address.lower():
        raise PydanticCustomError("address", "must be in small letters")
    return address


def _spoken(language: str) -> str:
    known = dict(settings.LANGUAGES)
    if language not in known:
        context = {"given": language, "known": ", ".join(known)}
        raise PydanticCustomError("language", "Tuki has no texts in “{given}”; it speaks {known}", context)
    return language


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        words = unknown(name, sorted(zoneinfo.available_timezones()), "time zone")
        raise PydanticCustomError("zone", "{words}", {"words": words})
    return name


def _colour(colour: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise PydanticCustomError("colour", "must be a colour such as #2f5d50, not “{given}”", {"given": colour})
    return colour.lower()


def _tag(tag: str) -> str:
    if re.search(r"[\[\]#\d]", tag):
        raise PydanticCustomError("tag", "must be a word without brackets, # and digits")
    return tag.strip()


def _mailbox(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9._-]{1,64}", name):
        words = "must be what stands before the @ of an address, in small letters, not “{given}”"
        raise PydanticCustomError("mailbox", words, {"given": name})
    return name


Address = Annotated[str, AfterValidator(_address)]
Language = Annotated[str, AfterValidator(_spoken)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
# TOML has no enumerations: a text that is one of the words will do.
_Word = Field(strict=False)


class Severity(Row):
    """The customer's own word on how grave it is, and the priority that support begins from."""

    key: Key
    labels: PerLanguage
    hints: PerLanguage | None = None  # what it means, for whoever chooses
    priority: int | None = None


class Priority(Row):
    """A step of support's scale; 1 is the most urgent."""

    value: Annotated[int, Field(ge=1, le=9)]
    labels: PerLanguage


class DeskPart(Part):
    """Who the desk is, and what it has decided of DESIGN's questions."""

    file: ClassVar[str] = "desk.toml"

    key: Key
    name: Line
    languages: Annotated[list[Language], Field(min_length=1)]
    time_zone: Annotated[str, AfterValidator(_zone)]
    accent: Annotated[str, AfterValidator(_colour)]
    address: Address
    subject_tag: Annotated[str, StringConstraints(max_length=40), AfterValidator(_tag)] = ""
    who_submits: Annotated[WhoSubmits, _Word]
    who_submits_by_mail: Annotated[WhoSubmits, _Word] | Literal[""] = ""
    who_sees: Annotated[WhoSees, _Word]
    colleagues_take_part: bool = True
    who_gives_seats: Annotated[WhoGivesSeats, _Word] = WhoGivesSeats.SUPPORT
    seat_labels: PerLanguage = {}
    shared_mailboxes: list[Mailbox] = []
    who_is_copied: Annotated[WhoIsCopied, _Word]
    copies_from_first_answer: bool = False
    agents_by_mail: Annotated[AgentsByMail, _Word] = AgentsByMail.SIGNED
    reopen_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    invites_writers: bool = False
    readers_sign_up: bool = False
    two_step_for: list[Annotated[TwoStepFor, _Word]] = []
    acknowledgements_each: Annotated[int, Field(ge=0, le=1000)] = 5
    acknowledgements_to_strangers: Annotated[int, Field(ge=0, le=10000)] = 200
    news_place: Annotated[NewsPlace, _Word] = NewsPlace.BESIDE
    shows_authors: bool = False
    offers_sharing: bool = True
    severities: list[Severity] = []
    priorities: list[Priority]

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        languages = raw.get("languages")
        if isinstance(languages, list) and len({str(one) for one in languages}) < len(languages):
            yield Mistake(cls.file, "languages", "a language stands there twice")
        roles = raw.get("two_step_for")
        if isinstance(roles, list) and len({str(one) for one in roles}) < len(roles):
            yield Mistake(cls.file, "two_step_for", "a role stands there twice")
        yield from twice(cls, raw, "severities")
        yield from twice(cls, raw, "priorities", by="value")
        known = [row.get("value") for _place, row in rows(raw, "priorities")]
        for place, row in rows(raw, "severities"):
            if isinstance(row.get("priority"), int) and row["priority"] not in known:
                yield Mistake(cls.file, f"{place}.priority", f"there is no priority {row['priority']}")

    def apply(self, changes: list[str]) -> None:
        desk = Desk.objects.select_for_update().first()
        if desk is not None and desk.key != self.key:
            raise Refused(f"desk.toml: key: this data is of the desk “{desk.key}”, not of “{self.key}”")
        change_desk(self.model_dump(mode="json"), changes)


def change_desk(values: dict[str, object], changes: list[str]) -> None:
    """Make the one desk what it shall be."""
    desk = Desk.objects.first() or Desk()
    changed = [name for name, value in values.items() if getattr(desk, name) != value]
    for name in changed:
        setattr(desk, name, values[name])
    new = desk.pk is None
    if changed:
        desk.save()
        changes.append(f"+ desk {desk.key}" if new else f"~ desk: {', '.join(changed)}")


class TextsPart(Part):
    """What the desk says at length: plain text, an empty line between paragraphs."""

    file: ClassVar[str] = "texts.toml"

    how_to_get_access: PerLanguage
    privacy_notice: PerLanguage
    accessibility_statement: PerLanguage

    def apply(self, changes: list[str]) -> None:
        change_desk(self.model_dump(), changes)


class ModuleRow(Row):
    """A part of a product."""

    key: Key
    labels: PerLanguage


class ProductRow(Row):
    """Something the vendor sells and supports."""

    key: Key
    labels: PerLanguage
    modules: list[ModuleRow] = []


class ProductsPart(Part):
    """What customers ask about."""

    file: ClassVar[str] = "products.toml"
    needed: ClassVar[bool] = False

    products: list[ProductRow] = []

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        yield from twice(cls, raw, "products")
        for place, product in rows(raw, "products"):
            for mistake in twice(cls, product, "modules"):
                yield Mistake(cls.file, f"{place}.{mistake.place}", mistake.words)

    def apply(self, changes: list[str]) -> None:
        products = make_like(
            Product.objects.all(),
            {row.key: {"labels": row.labels} for row in self.products},
            changes,
            called="product",
        )
        for row in self.products:
            product = products[row.key]
            make_like(
                product.modules.all(),
                {module.key: {"labels": module.labels} for module in row.modules},
                changes,
                called=f"module {row.key}",
                product=product,
            )
