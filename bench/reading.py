"""Pages that are read, ours and the yardsticks', visited in turn over several rounds."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench import guide
from bench.desk import Cast
from bench.node import Node
from bench.signed_in import cookies
from bench.visitors import Visitor, get, in_turn, visit
from bench.writing import drained
from tuki.desk.models import WhoSees
from tuki.doors.workspace.frame import LAST_VIEW
from tuki.lib import paging
from tuki.people.models import Membership, MembershipRole, Organization, Team
from tuki.tickets.models import Ticket

CONNECTIONS = 4
HOT_TICKETS = 40
COLD_PAGES = 400


@dataclass
class Page:
    """One kind of page. visitors: of a round, made anew for each; rates, costs: what each round gave."""

    name: str
    node: Node
    visitors: Callable[[], list[Visitor]]
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # CPU-ms a page
    times: list[float] = field(default_factory=list)  # ms, the median of each round
    size: int = 0

    def round(self, seconds: float) -> None:
        before: list[float] = []
        seen = visit(self.node.port, self.visitors(), seconds=seconds, ready=lambda: before.append(self.node.cpu()))
        self.costs.append(1000 * (self.node.cpu() - before[0]) / len(seen.times))
        self.rates.append(seen.rate)
        self.times.append(seen.percentile(0.5))
        self.size = seen.bytes // len(seen.times)

    def told(self) -> dict[str, Any]:
        return {
            "rate": round(median(self.rates), 1),
            "cpu_ms": round(median(self.costs), 3),
            "p50_ms": round(median(self.times), 2),
            "bytes": self.size,
        }


def read(ours: Node, yard: Node, cast: Cast, *, rounds: int, seconds: float) -> dict[str, Any]:
    """Each kind of page once a round, so that whatever else the machine does meets all of them alike."""
    pages = [*_yardsticks(yard, cast), *_guide(ours, cast, rounds), *_workspace(ours, cast, rounds)]
    pages += _portal(ours, cast)
    drained()  # publishing gave the worker something to do
    for page in pages:  # what is loaded at the first visit is not measured
        visit(page.node.port, page.visitors(), seconds=0.3)
    for _ in range(rounds):
        for page in pages:
            page.round(seconds)
    return {page.name: page.told() for page in pages}


def _yardsticks(node: Node, cast: Cast) -> list[Page]:
    def visitors(path: str) -> Callable[[], list[Visitor]]:
        return lambda: [Visitor(in_turn([get(f"{path}?person={agent}")])) for agent in cast.agents[:CONNECTIONS]]

    return [Page(name, node, visitors(f"/{name}")) for name in ("L1", "L2", "L3")]


def _guide(node: Node, cast: Cast, rounds: int) -> list[Page]:
    """Articles, read by nobody we know."""
    articles = guide.fill(cast.agents[0])
    hot = [get(path) for path in articles[: guide.HOT]]
    cold = _dealt(articles[guide.HOT :], rounds)

    def read_again() -> list[Visitor]:
        return [Visitor(in_turn(hot), first=hot) for _ in range(CONNECTIONS)]

    def read_once() -> list[Visitor]:
        paths = cold.pop()
        return [Visitor(iter([get(path) for path in paths[place::CONNECTIONS]])) for place in range(CONNECTIONS)]

    return [Page("article, anonymous, hot", node, read_again), Page("article, anonymous, cold", node, read_once)]


def _workspace(node: Node, cast: Cast, rounds: int) -> list[Page]:
    # A browser also remembers the list it was in last.
    agents = [f"{cookies(agent)}; {LAST_VIEW}=open" for agent in cast.agents[:CONNECTIONS]]
    open_to_all = Ticket.objects.filter(confidential=False).exclude(team__in=Team.objects.filter(private=True))
    hot = open_to_all.filter(solved_at=None).order_by("-updated_at")[:HOT_TICKETS]
    hot_tickets = [f"/workspace/tickets/{number}?view=open" for number in hot.values_list("number", flat=True)]
    numbers = list(open_to_all.filter(solved_at__isnull=False).order_by("pk").values_list("number", flat=True))
    # Never shown before, and never twice: the rounds share them out.
    cold_tickets = _dealt([f"/workspace/tickets/{number}?view=solved" for number in numbers], rounds)
    cold_lists = _dealt(_list_pages(), rounds)

    def hot_visitors(paths: list[str]) -> Callable[[], list[Visitor]]:
        asks = [[get(path, agent) for path in paths] for agent in agents]
        return lambda: [Visitor(in_turn(each), first=each) for each in asks]

    def cold_visitors(dealt: list[list[str]]) -> Callable[[], list[Visitor]]:
        def visitors() -> list[Visitor]:
            paths = dealt.pop()
            return [
                Visitor(iter([get(path, agent) for path in paths[place::CONNECTIONS]]))
                for place, agent in enumerate(agents)
            ]

        return visitors

    return [
        Page("list, hot", node, hot_visitors(["/workspace/views/open/"])),
        Page("list, cold", node, cold_visitors(cold_lists)),
        Page("ticket, hot", node, hot_visitors(hot_tickets)),
        Page("ticket, cold", node, cold_visitors(cold_tickets)),
    ]


def _list_pages() -> list[str]:
    """All pages of the list of solved tickets but the first."""
    rows = Ticket.objects.filter(solved_at__isnull=False, trashed_at=None)
    cursors: list[str] = []
    cursor = ""
    while (cursor := paging.page(rows, "solved_at", cursor).older) and len(cursors) < COLD_PAGES:
        cursors.append(cursor)
    return [f"/workspace/views/solved/?at={cursor}" for cursor in cursors]


def _dealt(paths: list[str], rounds: int) -> list[list[str]]:
    """Some for each round, and for the first visit, in which what they need is loaded."""
    random.Random(1).shuffle(paths)
    return [paths[place :: rounds + 1] for place in range(rounds + 1)]


def _portal(node: Node, cast: Cast) -> list[Page]:
    customers = [(customer, cookies(customer)) for customer in cast.customers[:CONNECTIONS]]

    def requests() -> list[Visitor]:
        return [Visitor(in_turn([get("/hc/en/requests?status=all", who)])) for _, who in customers]

    def request() -> list[Visitor]:
        return [Visitor(in_turn([get(path, who) for path in _requests_of(customer)])) for customer, who in customers]

    return [Page("portal list", node, requests), Page("portal request", node, request), *_lists_by_rule(node, cast)]


def _lists_by_rule(node: Node, cast: Cast) -> list[Page]:
    """A customer's lists under each rule of who sees colleagues' tickets: as some companies asked for it each."""
    pages = []
    seated = cast.customers[CONNECTIONS * 2 :: 2]
    for place, rule in enumerate(WhoSees):
        some = seated[place * CONNECTIONS : (place + 1) * CONNECTIONS]
        Membership.objects.filter(person__in=some).update(role=MembershipRole.MANAGER)
        Organization.objects.filter(memberships__person__in=some).update(who_sees=rule)
        who = [cookies(customer) for customer in some]
        tabs = ("mine", "copied") if rule == WhoSees.NOBODY else ("mine", "copied", "organization")
        pages += [Page(f"portal {tab}, seen by {rule}", node, _visitors_of(tab, who)) for tab in tabs]
    return pages


def _visitors_of(tab: str, who: list[str]) -> Callable[[], list[Visitor]]:
    path = f"/hc/en/requests?tab={tab}&status=any"
    return lambda: [Visitor(in_turn([get(path, customer)])) for customer in who]


def _requests_of(customer: int) -> list[str]:
    theirs = Ticket.objects.filter(requester=customer).order_by("-shown_updated_at")[:HOT_TICKETS]
    return [f"/hc/en/requests/{number}" for number in theirs.values_list("number", flat=True)]
