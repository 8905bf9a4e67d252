"""Whom a thing may be for, as conditions on who reads.

A condition stands on a category, a section and an article, and each must let the reader in. The facts they ask for are
gathered by `policy`: one list, here.
"""

from collections.abc import Iterable

from tuki.conditions.tree import All, Among, Condition

SIGNED_IN = "signed_in"  # true or false
SEATED = "seated"  # true or false: has a seat somewhere
AGENT = "agent"  # true or false
ORGANIZATIONS = "organizations"  # ids
PACKAGES = "packages"  # ids: what their companies have bought
LANGUAGES = "languages"  # codes: the one they read in
TEAMS = "teams"  # ids
FACTS = (SIGNED_IN, SEATED, AGENT, ORGANIZATIONS, PACKAGES, LANGUAGES, TEAMS)

EVERYONE = All()


def signed_in() -> Condition:
    return Among(SIGNED_IN, [True])


def seats() -> Condition:
    """People with a seat: trained main users."""
    return Among(SEATED, [True])


def agents() -> Condition:
    return Among(AGENT, [True])


def organizations(ids: Iterable[int]) -> Condition:
    """People of these companies."""
    return Among(ORGANIZATIONS, ids)


def packages(ids: Iterable[int]) -> Condition:
    """People of companies with one of these packages."""
    return Among(PACKAGES, ids)


def languages(codes: Iterable[str]) -> Condition:
    """Who reads in one of these languages."""
    return Among(LANGUAGES, codes)


def teams(ids: Iterable[int]) -> Condition:
    """Members of these teams, and no other agent."""
    return Among(TEAMS, ids)


def both(*conditions: Condition) -> Condition:
    """Who is in each of these."""
    parts = tuple(one for one in conditions if one != EVERYONE)
    return parts[0] if len(parts) == 1 else All(*parts)


def is_a_teams_own(condition: Condition) -> bool:
    """Whether it is kept for teams. Nothing else is kept from agents: they see to what customers read."""
    return TEAMS in condition.fields()
