"""Who may know of what, said a second time: plain Python over plain data, knowing nothing of the code that is asked.

Whoever changes a rule of visibility changes it here too, from the requirement and not from the policy.
"""

from dataclasses import dataclass, field
from itertools import product


@dataclass(frozen=True)
class Rules:
    """The desk's."""

    who_sees: str = "nobody"
    take_part: bool = True
    from_first_answer: bool = False
    who_is_copied: str = "company"
    who_submits: str = "seats"
    by_mail: str = ""


SIGHT = [
    Rules(who_sees, take_part, first)
    for who_sees, take_part, first in product(("nobody", "managers", "seats", "everyone"), (True, False), (False, True))
]
SEEING = [rules for rules in SIGHT if rules.take_part]  # those that differ in who sees
ALL = [
    Rules(sight.who_sees, sight.take_part, sight.from_first_answer, copied, submits, by_mail)
    for sight in SIGHT
    for copied, submits, by_mail in product(
        ("company", "company_seats", "anyone"), ("seats", "members", "anyone"), ("", "seats", "members", "anyone")
    )
]


@dataclass(frozen=True, eq=False)  # each is only itself: compared and looked up a million times
class Company:
    """wish, answers: what it asked for; empty and None: as the desk has it. word: stands in all that is its."""

    name: str
    word: str
    wish: str = ""
    answers: bool | None = None


@dataclass(frozen=True, eq=False)
class Place:
    """seat: "live", "out" (its time is over, and nobody came by to end it), "ended", or none."""

    company: Company
    manager: bool = False
    seat: str = ""
    suspended: bool = False
    pending: bool = False

    @property
    def counts(self) -> bool:
        return not self.suspended and not self.pending


@dataclass(frozen=True, eq=False)
class Someone:
    name: str
    kind: str = "customer"
    places: tuple[Place, ...] = ()
    closed: bool = False
    teams: frozenset[str] = frozenset()

    def place(self, company: Company | None) -> Place | None:
        return next((place for place in self.places if place.company == company and place.counts), None)

    def shut_out_of(self, company: Company | None) -> bool:
        return any(place.company == company and place.suspended and not place.pending for place in self.places)


@dataclass(frozen=True, eq=False)
class Matter:
    """A ticket."""

    name: str
    requester: Someone
    company: Company | None
    copies: frozenset[Someone] = field(default_factory=frozenset)
    confidential: bool = False
    team: str = ""
    assignee: Someone | None = None
    followers: frozenset[Someone] = field(default_factory=frozenset)
    trashed: bool = False
    spam: bool = False
    solved: bool = False
    answered: bool = True
    waits: bool = False  # for somebody else than the desk


PRIVATE = "payroll"


def lets_see(rules: Rules, place: Place) -> bool:
    """Whether somebody in this place sees what their colleagues asked for."""
    rule = place.company.wish or rules.who_sees
    if rule == "everyone":
        return True
    if rule == "seats":
        return place.seat == "live"
    return rule == "managers" and place.manager


def sees(rules: Rules, who: Someone, matter: Matter) -> bool:
    if who.closed:
        return False
    if who.kind == "system":
        return True
    if who.kind == "agent":
        if matter.team == PRIVATE and PRIVATE not in who.teams:
            return False
        theirs = who == matter.assignee or who in matter.followers or (matter.team != "" and matter.team in who.teams)
        return theirs or not matter.confidential
    if matter.trashed or matter.spam or who.shut_out_of(matter.company):
        return False
    if who == matter.requester:
        return True
    if who in matter.copies and (matter.answered or not rules.from_first_answer):
        return True
    place = who.place(matter.company)
    return place is not None and not matter.confidential and lets_see(rules, place)


def said_of(who: Someone, matter: Matter) -> set[str]:
    """What must be named where a ticket is kept from them: that they are suspended, or have accepted no invitation."""
    if who.closed or who.kind != "customer":
        return set()
    if who.shut_out_of(matter.company):
        return {"suspended"}
    invited = any(place.company == matter.company and place.pending for place in who.places)
    return {"pending"} if invited and not matter.trashed else set()


def of_company(rules: Rules, who: Someone, matter: Matter) -> bool:
    """Whether it stands in the list of what their companies asked for."""
    place = who.place(matter.company)
    return sees(rules, who, matter) and place is not None and lets_see(rules, place)


def takes_part(rules: Rules, who: Someone, matter: Matter) -> bool:
    """Whether they may answer. Who is in copy may answer the mail that reached them before the page shows it."""
    if who.closed:
        return False
    if (who.kind in {"agent", "system"} or who == matter.requester) and sees(rules, who, matter):
        return True
    hidden = matter.trashed or matter.spam or who.shut_out_of(matter.company)
    if who in matter.copies and not hidden:
        return True
    if who.kind != "customer" or not sees(rules, who, matter):
        return False
    place = who.place(matter.company)
    if place is None or not lets_see(rules, place):
        return False
    return rules.take_part if place.company.answers is None else place.company.answers


def hears(rules: Rules, who: Someone, matter: Matter) -> bool:
    """Whether a mail goes to them when support answers: to copies from the first answer on, where the desk says so."""
    if not sees(rules, who, matter) or matter.trashed or matter.spam:
        return False
    return who == matter.requester or (who in matter.copies and (matter.answered or not rules.from_first_answer))


def may_be_copied(rules: Rules, who: Someone, matter: Matter) -> bool:
    if rules.who_is_copied == "anyone":
        return who.kind != "system"
    place = who.place(matter.company) if matter.company else None
    if place is None:
        return False
    return place.seat == "live" or rules.who_is_copied == "company"


def submits_for(rules: Rules, who: Someone, by_mail: bool) -> set[Company]:
    """The companies on whose behalf they ask for help."""
    rule = (by_mail and rules.by_mail) or rules.who_submits
    return {place.company for place in who.places if place.counts and (rule != "seats" or place.seat == "live")}


def submits(rules: Rules, who: Someone, by_mail: bool) -> bool:
    if who.closed:
        return False
    rule = (by_mail and rules.by_mail) or rules.who_submits
    return who.kind != "customer" or rule == "anyone" or bool(submits_for(rules, who, by_mail))


def reads_by_mail(rules: Rules, who: Someone, matter: Matter) -> bool:
    """Whether a mail that is about to leave still reaches them. The desk writes none to itself."""
    return who.kind != "system" and sees(rules, who, matter)


def follows(rules: Rules, who: Someone, company: Company) -> bool:
    """Whether they may be told of each new ticket of a company's: customers who see them all."""
    place = who.place(company)
    return who.kind == "customer" and not who.closed and place is not None and lets_see(rules, place)


def hears_of_new(rules: Rules, who: Someone, matter: Matter) -> bool:
    """Whether who follows the company is told of it when it comes, and by no other mail already."""
    if matter.company is None or matter.trashed or matter.spam or matter.confidential or who == matter.requester:
        return False
    heard = who in matter.copies and (matter.answered or not rules.from_first_answer) and sees(rules, who, matter)
    return not heard and follows(rules, who, matter.company)


def stands_in(who: Someone, matter: Matter) -> set[str]:
    """The views of the workspace that count it for an agent who sees it."""
    if matter.solved or matter.trashed:
        return set()
    asked = {
        "unassigned": matter.assignee is None,
        "mine": matter.assignee == who,
        "teams": matter.team in who.teams,
        "open": True,
        "waiting": matter.waits,
    }
    return {view for view, holds in asked.items() if holds}


def manages(who: Someone, company: Company) -> bool:
    place = who.place(company)
    return not who.closed and place is not None and place.manager
