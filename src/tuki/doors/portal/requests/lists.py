"""My requests, those I am copied on, and my company's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.kept import sign_in_first
from tuki.doors.portal.requests.shown import by_whom, is_news, queue
from tuki.lib import paging
from tuki.people import queries as people
from tuki.people.standing import place
from tuki.tickets import policy, queries

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tuki.people.models import Organization, Person
    from tuki.tickets.models import Ticket

_ROWS = 30
_UNSOLVED, _ANY = "unsolved", "any"  # beside the desk's own statuses


@dataclass(frozen=True)
class Tab:
    key: str
    name: str


@dataclass(frozen=True)
class Choice:
    """A status that a customer can ask for. keys: of the statuses it stands for: several may read the same to them."""

    key: str
    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A request in the list. about: product and team; severity, priority: as the desk calls them."""

    ticket: "Ticket"
    about: str
    severity: str
    priority: str
    updated_by: str
    unread: bool


@require_safe
def requests(request: Request, language: str) -> HttpResponse:
    """A list of requests: ?tab, ?organization, ?status, ?q (a number or words of the subject), ?at (where in it)."""
    person = request.actor.person
    if person is None:
        return sign_in_first(request, request.get_full_path())
    companies = list(people.organizations().filter(pk__in=policy.organizations_seen(person)))
    tabs = _tabs(companies)
    statuses = _statuses()
    asked = Asked.read(request.GET, tabs, companies, statuses)
    rows = asked.rows(request).select_related("shown_updated_by", "team")
    several = companies if asked.tab.key == "organization" and asked.company is None else []
    page = paging.page_of_several(
        queries.by_company(rows, [company.pk for company in several]),
        "shown_updated_at",
        request.GET.get("at", ""),
        _ROWS,
    )
    desk = the_desk()
    return render(
        request,
        "portal/requests.html",
        {
            "here": "requests",
            "tabs": tabs,
            "companies": companies if asked.tab.key == "organization" and len(companies) > 1 else [],
            "follows": _follows(person, companies) if asked.tab.key == "organization" else [],
            "managed": [company for company in companies if company.pk in place(person).managed],
            "statuses": statuses,
            "asked": asked,
            "page": page,
            "rows": [_row(ticket, person) for ticket in page.rows],
            "shows_severity": bool(desk.severities),
            "shows_priority": bool(desk.priorities),
            "may_submit": policy.may_submit(request.actor),
        },
    )


def _tabs(companies: "list[Organization]") -> list[Tab]:
    """A company's is there for those who may see all of its requests."""
    tabs = [Tab("mine", _("My requests")), Tab("copied", _("Requests I'm copied on"))]
    if companies:
        tabs.append(Tab("organization", companies[0].name if len(companies) == 1 else _("My companies")))
    return tabs


def _follows(person: "Person", companies: "list[Organization]") -> "list[tuple[Organization, bool]]":
    """Each company whose new requests one may hear of by mail, and whether one does."""
    followed = queries.companies_followed(person)
    return [(company, company.pk in followed) for company in companies]


def _statuses() -> list[Choice]:
    named: dict[str, list[str]] = {}
    for status in queries.statuses():
        named.setdefault(status.for_customers, []).append(status.key)
    return [
        Choice(_UNSOLVED, pgettext("requests", "Open")),
        Choice(_ANY, pgettext("requests", "All")),
        *(Choice(keys[0], name, tuple(keys)) for name, keys in named.items()),
    ]


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what it can't ask for counts as not said."""

    tab: Tab
    status: Choice
    words: str
    company: int | None

    @classmethod
    def read(
        cls, query: QueryDict, tabs: list[Tab], companies: "list[Organization]", statuses: list[Choice]
    ) -> "Asked":
        words = query.get("q", "").strip()[:200]
        usual = statuses[1] if words else statuses[0]
        return cls(
            tab=next((tab for tab in tabs if tab.key == query.get("tab")), tabs[0]),
            status=next((choice for choice in statuses if choice.key == query.get("status")), usual),
            words=words,
            company=next((row.pk for row in companies if str(row.pk) == query.get("organization")), None),
        )

    def rows(self, request: Request) -> "QuerySet[Ticket]":
        rows = queries.customer_requests(
            request.actor,
            tab=self.tab.key,
            organization=self.company,
            status="open" if self.status.key == _UNSOLVED else "all",
            words=self.words,
        )
        return rows.filter(status__key__in=self.status.keys) if self.status.keys else rows


def _row(ticket: "Ticket", reader: "Person") -> Row:
    desk = the_desk()
    return Row(
        ticket=ticket,
        about=" · ".join(filter(None, (str(ticket.product or ""), queue(ticket)))),
        severity=desk.severity_label(ticket.severity) if ticket.severity else "",
        priority=desk.priority_label(ticket.priority),
        updated_by=by_whom(ticket.shown_updated_by),
        unread=is_news(ticket, reader),
    )
