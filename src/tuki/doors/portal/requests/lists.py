"""My requests, those I am copied on, and my company's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.arrivals import Request
from tuki.doors.portal.kept import sign_in_first
from tuki.doors.portal.requests.shown import by_whom, queue
from tuki.lib import paging
from tuki.people import queries as people
from tuki.tickets import policy, queries

if TYPE_CHECKING:
    from tuki.tickets.models import Ticket

_ROWS = 30


@dataclass(frozen=True)
class Tab:
    key: str
    name: str
    organization: int | None = None


@dataclass(frozen=True)
class Row:
    """A request in the list. about: product and team; severity, priority: as the desk calls them."""

    ticket: "Ticket"
    about: str
    severity: str
    priority: str
    updated_by: str


@require_safe
def requests(request: Request, language: str) -> HttpResponse:
    """A list of requests: ?tab, ?organization, ?status, ?q (a number or words of the subject), ?at (where in it)."""
    person = request.actor.person
    if person is None:
        return sign_in_first(request, request.get_full_path())
    companies = list(people.organizations().filter(pk__in=policy.organizations_seen(person)))
    tabs = [
        Tab("mine", _("My requests")),
        Tab("copied", _("Requests I'm copied on")),
        *([Tab("organization", companies[0].name if len(companies) == 1 else _("My companies"))] if companies else []),
    ]
    tab = next((tab for tab in tabs if tab.key == request.GET.get("tab")), tabs[0])
    words = request.GET.get("q", "").strip()[:200]
    statuses = _statuses()
    status = next(
        (key for key, _name, _keys in statuses if key == request.GET.get("status")), "all" if words else "open"
    )
    company = next((row.pk for row in companies if str(row.pk) == request.GET.get("organization")), None)

    rows = queries.customer_requests(
        request.actor, tab=tab.key, organization=company, status="open" if status == "open" else "all", words=words
    )
    if status not in {"open", "all"}:
        rows = rows.filter(status__key__in=next(keys for key, _name, keys in statuses if key == status))
    desk = the_desk()
    page = paging.page(
        rows.select_related("shown_updated_by", "team"), "shown_updated_at", request.GET.get("at", ""), _ROWS
    )
    return render(
        request,
        "portal/requests.html",
        {
            "here": "requests",
            "tabs": tabs,
            "tab": tab,
            "companies": companies if tab.key == "organization" and len(companies) > 1 else [],
            "company": company,
            "statuses": statuses,
            "status": status,
            "words": words,
            "page": page,
            "rows": [_row(ticket) for ticket in page.rows],
            "shows_severity": bool(desk.severities),
            "shows_priority": bool(desk.priorities),
            "shows_requester": tab.key != "mine",
            "may_submit": policy.may_submit(request.actor),
        },
    )


def _row(ticket: "Ticket") -> Row:
    desk = the_desk()
    return Row(
        ticket=ticket,
        about=" · ".join(filter(None, (str(ticket.product or ""), queue(ticket)))),
        severity=desk.severity_label(ticket.severity) if ticket.severity else "",
        priority=desk.priority_label(ticket.priority),
        updated_by=by_whom(ticket.shown_updated_by),
    )


def _statuses() -> list[tuple[str, str, list[str]]]:
    """What a customer can ask for: key, name, and keys of the statuses that it stands for.

    Several statuses may read the same to customers: to them they are one.
    """
    named: dict[str, list[str]] = {}
    for status in queries.statuses():
        named.setdefault(status.for_customers, []).append(status.key)
    return [
        ("open", pgettext("requests", "Open"), []),
        ("all", pgettext("requests", "All"), []),
        *((keys[0], name, keys) for name, keys in named.items()),
    ]
