"""How what was found is held against what the oracle says."""

from collections.abc import Iterable

from tests.sight import oracle
from tests.sight.oracle import Matter, Rules, Someone
from tests.sight.world import NOTE, World


def differences(found: Iterable[object], expected: Iterable[object], *where: object) -> list[str]:
    found, expected = set(found), set(expected)
    return [f"{where}: too much: {one}" for one in found - expected] + [
        f"{where}: too little: {one}" for one in expected - found
    ]


def named(world: World, numbers: Iterable[int]) -> set[str]:
    return {world.matters[number - 1].name for number in numbers}


def seen(world: World, rules: Rules, who: Someone) -> set[str]:
    return {matter.name for matter in world.matters if oracle.sees(rules, who, matter)}


def in_turn(some: list, n: int, at: int) -> list:
    """A part of some, another one each time: all together over n times."""
    return some[at % n :: n]


def foreign(world: World, known: set[Matter], text: str, *where: object, notes: bool = False) -> list[str]:
    """The words in it of matters that its reader may not know of, and of notes unless those are for them."""
    told = [world.word(matter) for matter in world.matters if matter not in known]
    return [f"{where} reads {word}" for word in [*told, *([] if notes else [NOTE])] if word in text]
