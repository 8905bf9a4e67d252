"""Who can see a request, and why; and what a customer sees, looked at through their eyes."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.views import tickets
from tuki.lib import paging
from tuki.people import queries as people
from tuki.tickets import policy, queries
from tuki.tickets.queries import sight


@require_safe
def ticket(request: AgentRequest, number: int) -> HttpResponse:
    """Why people may know of a ticket: those concerned, and whoever the agent names (?q)."""
    found = tickets.find(request, number)
    words = request.GET.get("q", "").strip()[:100]
    named = people.find_persons(words).prefetch_related("memberships__organization")[:8] if words else []
    context = {
        "ticket": found,
        "words": words,
        "asked": sight.told_of(list(named), found),
        "concerned": sight.concerned(request.actor, found),
        "colleagues": sight.colleagues_who_see(found),
    }
    return frame.show(request, "workspace/sight_of_ticket.html", context, at=tickets.came_from(request))


@require_safe
def person(request: AgentRequest, pk: int) -> HttpResponse:
    """What a customer sees: their lists (?tab) as they have them, marked as a look through their eyes."""
    found = get_object_or_404(people.persons(), pk=pk)
    if found.merged_into_id:
        return redirect("workspace:sight_of_person", found.merged_into_id)
    if found.is_agent:  # what agents see are the workspace's own lists
        raise Http404
    companies = list(people.organizations().filter(pk__in=policy.organizations_seen(found)))
    tabs = ["mine", "copied", *(["organization"] if companies else [])]
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else tabs[0]
    rows = sight.through_eyes_of(request.actor, found, tab)
    several = [company.pk for company in companies] if tab == "organization" else []
    context = {
        "person": found,
        "tabs": tabs,
        "tab": tab,
        "companies": companies,
        "page": paging.page_of_several(
            queries.by_company(rows, several), "shown_updated_at", request.GET.get("at", ""), 30
        ),
    }
    return frame.show(request, "workspace/sight_of_person.html", context, at="people")
