"""Who works in which queue."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, policy
from tuki.people.actor import Actor
from tuki.people.models import Person, Team


def set_teams(person: Person, teams: Iterable[Team], *, by: Actor) -> None:
    """Choose the queues an agent works in."""
    require(policy.may_give_roles(by))
    with transaction.atomic():
        wanted = {team.pk: team for team in teams}
        before = {team.pk: team for team in person.teams.all()}
        for pk, team in (wanted | before).items():
            if (pk in wanted) != (pk in before):
                _turn(team, joins=[person] if pk in wanted else [], leaves=[] if pk in wanted else [person], by=by)


def set_members(team: Team, members: Iterable[Person], *, by: Actor) -> None:
    """Choose the agents who work in a queue. Raises Refused for somebody who is no agent."""
    require(policy.may_give_roles(by))
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=team.pk)
        wanted = {person.pk: person for person in members}
        before = {person.pk: person for person in team.members.all()}
        joins = [person for pk, person in wanted.items() if pk not in before]
        for person in joins:
            if not person.is_agent:
                raise Refused(_("%(person)s is no agent.") % {"person": person}, field="members")
        _turn(team, joins=joins, leaves=[person for pk, person in before.items() if pk not in wanted], by=by)


def _turn(team: Team, *, joins: list[Person], leaves: list[Person], by: Actor) -> None:
    """Change who works in a team, and say so of the team and of each person. Checks nothing: its callers have."""
    if not joins and not leaves:
        return
    team.members.add(*joins)
    team.members.remove(*leaves)
    record(events.TeamChanged([one.pk for one in joins], [one.pk for one in leaves]), on=team, by=by)
    for person in (*joins, *leaves):
        record(events.ProfileChanged(["teams"]), on=person, by=by)
