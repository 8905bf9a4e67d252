"""Who of a company sees all of its tickets: by which rule, and whom that lets in. Each rule is said here alone."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Exists, Q

from tuki.desk.models import WhoSees
from tuki.desk.queries import the_desk
from tuki.lib.questions import Slot
from tuki.people.models import MembershipRole
from tuki.people.standing import Place, own_seat


class Sight(NamedTuple):
    """Who of a company sees its tickets. wished: because the company asked for it; else as the desk has it."""

    rule: WhoSees
    wished: bool


def sight(wish: str) -> Sight:
    """wish: the company's, empty where it has none."""
    return Sight(WhoSees(wish or the_desk().who_sees), bool(wish))


class _LetIn(NamedTuple):
    """Whom a rule lets in. companies: of those in which somebody stands. memberships: of those that give a right."""

    companies: Callable[[Place], Collection[int]]
    memberships: Callable[[datetime | Slot | None], Q]


_LET_IN = {
    WhoSees.NOBODY: _LetIn(lambda place: (), lambda at: Q(pk__in=[])),
    WhoSees.MANAGERS: _LetIn(lambda place: place.managed, lambda at: Q(role=MembershipRole.MANAGER)),
    WhoSees.SEATS: _LetIn(lambda place: place.seated, lambda at: Q(Exists(own_seat(at)))),
    WhoSees.EVERYONE: _LetIn(lambda place: place.organizations, lambda at: Q()),
}


def companies_seen(place: Place) -> frozenset[int]:
    """Of the companies in which somebody stands those all of whose tickets they see."""
    rules = {company: sight(wish).rule for company, (wish, _answer) in place.wishes.items()}
    return frozenset(company for company, rule in rules.items() if company in _LET_IN[rule].companies(place))


def let_in(rule: WhoSees, at: datetime | Slot | None = None) -> Q:
    """Whom a rule lets in at a moment, unset: now; for a query about memberships."""
    return Q(suspended_at=None, pending=False) & _LET_IN[rule].memberships(at)


def let_in_by_their_rule(at: datetime | Slot | None = None) -> Q:
    """As `let_in`, for memberships of companies with different rules, each annotated with its own as `rule`."""
    return reduce(or_, (Q(rule=rule) & let_in(rule, at) for rule in WhoSees))
