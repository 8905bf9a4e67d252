"""What a blueprint's files are written in: strict rows, texts in every language, mistakes told with their place.

One file is one part, and belongs to the app whose rows it describes: `statuses.toml` to tickets. That app's `blueprint`
room holds its models and makes the tables like it; `tuki.blueprint` puts the parts together.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, get_args

from django.db.models import Model, QuerySet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

Raw = Mapping[str, Any]  # a file as TOML has it


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a blueprint, and where. A warning is a mistake that one may live with."""

    file: str
    place: str  # "statuses[waiting].labels.sv"; empty for the file itself
    words: str
    warning: bool = False

    def __str__(self) -> str:
        told = ": ".join(part for part in (self.file, self.place, self.words) if part)
        return f"warning: {told}" if self.warning else told


class Row(BaseModel):
    """A table of a file: no key that we don't know, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Part(Row):
    """A file of a blueprint."""

    file: ClassVar[str]
    needed: ClassVar[bool] = True

    @classmethod
    def mistakes(cls, raw: Raw) -> Iterator[Mistake]:
        """What is wrong between the keys of this file. It is asked of what was written, right or wrong in itself."""
        yield from ()

    def apply(self, changes: list[str]) -> None:
        """Make the tables like this file, inside the caller's transaction, and tell what that changed."""
        raise NotImplementedError


def _in_every_language(texts: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    languages: list[str] | None = (info.context or {}).get("languages")
    if languages is None:  # the desk's own file could not be read: that is told once, there
        return texts
    wrong = {language: "missing" for language in languages if not texts.get(language, "").strip()}
    wrong |= {language: "the desk does not speak this language" for language in texts if language not in languages}
    if wrong:
        raise PydanticCustomError("texts", "wrong", {"wrong": wrong})
    return {language: texts[language].strip() for language in languages}


# A text for each language that the desk speaks.
PerLanguage = Annotated[dict[str, str], AfterValidator(_in_every_language)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=50)]
Position = Annotated[int, Field(ge=0, le=32767)]


def rows(raw: Raw, name: str) -> list[tuple[str, Raw]]:
    """The rows of a list in a file, each with its place, as far as there is such a list."""
    found = raw.get(name)
    found = found if isinstance(found, list) else []
    return [(f"{name}[{_called(row, n)}]", row) for n, row in enumerate(found) if isinstance(row, dict)]


def _called(row: Any, n: int) -> str:
    """What people call a row: by its key, or else which one it is."""
    if isinstance(row, dict):
        for name in ("key", "address", "value"):
            if isinstance(row.get(name), str | int) and row[name] != "":
                return str(row[name])
    return f"#{n + 1}"


def twice(part: type[Part], raw: Raw, name: str, by: str = "key") -> Iterator[Mistake]:
    """A mistake for each row of a list that is called like one before it."""
    seen = set()
    for place, row in rows(raw, name):
        value = row.get(by)
        if isinstance(value, str | int):
            if value in seen:
                yield Mistake(part.file, place, f"there are two rows with this {by}")
            seen.add(value)


def unknown(value: object, known: Iterable[object], what: str) -> str:
    """That there is no such thing, and which one may be meant."""
    return f"no {what} is called “{value}”{meant(str(value), [str(one) for one in known])}"


def meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean “{close[0]}”?" if close else ""


def read(part: type[Part], raw: Raw, languages: list[str] | None) -> tuple[Part | None, list[Mistake]]:
    """The part that a file describes, or none, and every mistake in the file.

    languages: those the desk speaks; None where that is not known, and texts are not held against it.
    """
    mistakes: list[Mistake] = []
    made = None
    try:
        made = part.model_validate(raw, context={"languages": languages})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            mistakes += _told(part, raw, detail)
    mistakes += part.mistakes(raw)
    return made, mistakes


def _told(part: type[Part], raw: Raw, detail: ErrorDetails) -> Iterator[Mistake]:
    place = _place(raw, detail["loc"])
    if detail["type"] == "texts":
        for language, words in detail["ctx"]["wrong"].items():
            yield Mistake(part.file, f"{place}.{language}", words)
    else:
        yield Mistake(part.file, place, _words(part, detail))


def _place(raw: Any, path: tuple[int | str, ...]) -> str:
    place = ""
    for step in path:
        if isinstance(step, int):
            raw = raw[step] if isinstance(raw, list) and step < len(raw) else None
            place += f"[{_called(raw, step)}]"
        else:
            raw = raw.get(step) if isinstance(raw, dict) else None
            place += f".{step}" if place else step
    return place


def _words(part: type[Part], detail: ErrorDetails) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    match kind:
        case "missing":
            return "missing"
        case "extra_forbidden":
            *path, key = detail["loc"]
            return f"unknown key{meant(str(key), _keys(part, path))}"
        case "enum":
            allowed = str(context["expected"]).replace("'", "")
            return f"must be {allowed}, not {_shown(given)}"
        case "string_type":
            return f"must be a text, not {_shown(given)}"
        case "int_type":
            return f"must be a whole number, not {_shown(given)}"
        case "bool_type":
            return f"must be true or false, not {_shown(given)}"
        case "list_type":
            return f"must be a list, not {_shown(given)}"
        case "dict_type" | "model_type":
            return f"must be a table, not {_shown(given)}"
        case "string_pattern_mismatch":
            return f"must be small letters, digits, - and _, not {_shown(given)}"
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "string_too_short" | "too_short":
            return "must not be empty"
        case "greater_than_equal":
            return f"must be at least {context['ge']}, not {_shown(given)}"
        case "less_than_equal":
            return f"must be at most {context['le']}, not {_shown(given)}"
    return detail["msg"]


def _shown(value: Any) -> str:
    """A value as its file has it, shortened."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"“{value if len(value) <= 40 else value[:39] + '…'}”"
        case list():
            return "a list"
        case dict():
            return "a table"
    return str(value)


def _keys(model: type[BaseModel], path: list[int | str]) -> list[str]:
    """The keys that a table at this place may have."""
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            model = next(_models_in(model.model_fields[step].annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def make_like(
    existing: QuerySet[Any],
    wanted: Mapping[str, Mapping[str, object]],
    changes: list[str],
    *,
    called: str,
    by: str = "key",
    **fixed: object,
) -> dict[str, Any]:
    """Make rows of a table what a file's list says, in its order. Gives them by key.

    existing: all rows there are. fixed: fields that all of them share. What vanished from the list is retired where
    the model knows that, since old tickets and the journal go on naming it; else it is deleted.
    """
    before: dict[str, Model] = {getattr(row, by): row for row in existing}
    order = [key for key, row in before.items() if key in wanted and not getattr(row, "retired", False)]
    made: dict[str, Any] = {}
    for position, (key, fields) in enumerate(wanted.items()):
        values = {**fields, "position": position}
        if hasattr(existing.model, "retired"):
            values["retired"] = False
        row = before.get(key)
        if row is None:
            row = existing.model(**{by: key}, **fixed, **values)
            row.save()
            changes.append(f"+ {called} {key}")
        else:
            changed = [name for name, value in values.items() if getattr(row, name) != value]
            for name in changed:
                setattr(row, name, values[name])
            if changed:
                row.save(update_fields=changed)
            if "retired" in changed:
                changes.append(f"+ {called} {key}")
            elif shown := [name for name in changed if name != "position"]:
                changes.append(f"~ {called} {key}: {', '.join(shown)}")
        made[key] = row
    if order != [key for key in wanted if key in order]:
        changes.append(f"~ {called}: order")
    for key, row in before.items():
        if key not in wanted:
            _let_go(row, f"{called} {key}", changes)
    return made


def _let_go(row: Any, called: str, changes: list[str]) -> None:
    if not hasattr(row, "retired"):
        row.delete()
        changes.append(f"- {called}")
    elif not row.retired:
        row.retired = True
        row.save(update_fields=["retired"])
        changes.append(f"- {called}: retired")
