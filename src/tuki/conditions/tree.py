"""The tree, its two readings, and how it is written down.

    seated_in_acme = All(Among("seated", [True]), Among("organizations", [1]))
    seated_in_acme.holds({"seated": True, "organizations": {1, 2}})
    Person.objects.filter(seated_in_acme.as_q({"seated": "is_seated", "organizations": in_one_of}))

A fact is one value, or a set of them where a thing may have several. Who knows the facts, and which columns they lie
in, is for those who ask: nothing here knows a model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

Value = str | int | bool | None
Facts = Mapping[str, "Value | Set[Value]"]
# Where a fact lies: a column of the table itself, or a function that says in SQL that the thing has one of these
# values. What lies in another table is asked for by an Exists: a join would see a thing twice, and lose it under "or".
Column = str | Callable[[Set[Value]], Q]
Columns = Mapping[str, Column]
Data = dict[str, Any]  # as JSON holds it

ALWAYS = Q()
NEVER = Q(pk__in=[])


class Condition(ABC):
    """Something that holds of a thing, or doesn't."""

    @abstractmethod
    def holds(self, facts: Facts) -> bool:
        """Whether it holds of these facts. A fact that is not among them is a mistake: KeyError."""

    @abstractmethod
    def as_q(self, columns: Columns) -> Q:
        """The rows of which it holds."""

    @abstractmethod
    def fields(self) -> frozenset[str]:
        """Which facts it asks for."""

    @abstractmethod
    def data(self) -> Data:
        """What `read` makes this condition of again; the same for equal conditions."""


@dataclass(frozen=True)
class Among(Condition):
    """A fact is one of these values; a fact that is a set has at least one of them."""

    field: str
    values: frozenset[Value]

    def __init__(self, field: str, values: Iterable[Value]) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", frozenset(values))

    def holds(self, facts: Facts) -> bool:
        fact = facts[self.field]
        return bool(self.values & fact) if isinstance(fact, Set) else fact in self.values

    def as_q(self, columns: Columns) -> Q:
        column = columns[self.field]
        if not isinstance(column, str):
            return column(self.values)
        named = Q(**{f"{column}__in": sorted(self.values - {None}, key=_order)})
        return named | Q(**{f"{column}__isnull": True}) if None in self.values else named

    def fields(self) -> frozenset[str]:
        return frozenset({self.field})

    def data(self) -> Data:
        return {"field": self.field, "among": sorted(self.values, key=_order)}


@dataclass(frozen=True)
class _Several(Condition):
    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", parts)

    def fields(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.fields() for part in self.parts))


@dataclass(frozen=True, init=False)
class All(_Several):
    """Every part holds; without parts, it always does."""

    def holds(self, facts: Facts) -> bool:
        return all(part.holds(facts) for part in self.parts)

    def as_q(self, columns: Columns) -> Q:
        whole = ALWAYS
        for part in self.parts:
            whole &= part.as_q(columns)
        return whole

    def data(self) -> Data:
        return {"all": [part.data() for part in self.parts]}


@dataclass(frozen=True, init=False)
class Some(_Several):
    """At least one part holds; without parts, it never does."""

    def holds(self, facts: Facts) -> bool:
        return any(part.holds(facts) for part in self.parts)

    def as_q(self, columns: Columns) -> Q:
        whole = NEVER
        for part in self.parts:
            found = part.as_q(columns)
            if found == ALWAYS:  # to Django an empty Q beside another is no condition, not one that always holds
                return ALWAYS
            whole |= found
        return whole

    def data(self) -> Data:
        return {"some": [part.data() for part in self.parts]}


@dataclass(frozen=True)
class Not(Condition):
    """The part doesn't hold."""

    part: Condition

    def holds(self, facts: Facts) -> bool:
        return not self.part.holds(facts)

    def as_q(self, columns: Columns) -> Q:
        found = self.part.as_q(columns)
        return NEVER if found == ALWAYS else ~found

    def fields(self) -> frozenset[str]:
        return self.part.fields()

    def data(self) -> Data:
        return {"not": self.part.data()}


def read(data: Data) -> Condition:
    """The condition that `data` was made of. Raises ValueError for what is none."""
    match data:
        case {"field": str(field), "among": list(values), **rest} if not rest:
            return Among(field, values)
        case {"all": list(parts), **rest} if not rest:
            return All(*(read(part) for part in parts))
        case {"some": list(parts), **rest} if not rest:
            return Some(*(read(part) for part in parts))
        case {"not": dict(part), **rest} if not rest:
            return Not(read(part))
    raise ValueError(f"no condition: {data!r}")


def _order(value: Value) -> tuple[str, str, int]:
    """One order for values of any kind: the same set is always written the same."""
    return type(value).__name__, value if isinstance(value, str) else "", value if isinstance(value, int) else 0
