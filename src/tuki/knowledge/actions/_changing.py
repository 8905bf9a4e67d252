"""Which of the wanted changes are any."""

from collections.abc import Mapping
from typing import Any

from tuki.conditions.tree import Condition
from tuki.knowledge.actions._audiences import audience_of


def changed(row: Any, wanted: Mapping[str, Any]) -> list[str]:
    """Set the fields of a row that differ, without saving it; their names, in order. Checks nothing."""
    names = []
    for name, value in wanted.items():
        if isinstance(value, Condition):
            value = audience_of(value)
        if getattr(row, name) != value:
            setattr(row, name, value)
            names.append(name)
    return sorted(names)
