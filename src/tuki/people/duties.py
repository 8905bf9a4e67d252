"""What an agent can't leave behind: a private team with nobody in it, and work in hand.

Who hands out work is an app above, which names itself here.
"""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from tuki.lib.refusal import Refused
from tuki.people import queries
from tuki.people.models import Person

Asker = Callable[[Person], bool]
_askers: list[Asker] = []


def gives_work(asker: Asker) -> Asker:
    """Have this function asked of whoever is to be no agent any more."""
    if asker not in _askers:
        _askers.append(asker)
    return asker


def has_work(agent: Person) -> bool:
    """Whether something is theirs that would wait for nobody if they were no agent."""
    return any(asker(agent) for asker in _askers)


def require_another_in_private_teams(agent: Person) -> None:
    """Raise Refused where a private team's tickets would be seen by nobody any more without this agent."""
    lonely = ", ".join(str(team) for team in queries.private_teams_of_nobody_else(agent))
    if lonely:
        words = _("Nobody else works in %(teams)s, and its requests would be seen by nobody. Add somebody first.")
        raise Refused(words % {"teams": lonely})
