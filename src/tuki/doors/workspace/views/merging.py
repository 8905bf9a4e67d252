"""Two rows that are one person, or one company: found, laid side by side, and made one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.lib.ids import sent_id
from tuki.lib.paging import capped_count
from tuki.lib.refusal import Refused
from tuki.people import actions
from tuki.people import queries as people
from tuki.tickets import queries
from tuki.tickets.queries import beside


@require_http_methods(["GET", "HEAD", "POST"])
def persons(request: AgentRequest, pk: int) -> HttpResponse:
    """Merge a person with another: the one that is kept gets the other's addresses, companies and requests."""
    person = get_object_or_404(people.persons(), pk=pk, merged_into=None)
    words, other_id = _asked(request)
    other = get_object_or_404(people.persons(), pk=other_id, merged_into=None) if other_id else None
    context: dict[str, Any] = {"person": person, "other": other, "words": words, "mistake": ""}
    status = 200
    if request.method == "POST" and other is not None:
        kept, duplicate = (other, person) if request.POST.get("keep") == str(other.pk) else (person, other)
        try:
            actions.merge_persons(kept, duplicate, by=request.actor)
        except Refused as refusal:
            context["mistake"], status = str(refusal), 409
        else:
            messages.success(request, _("Merged. All that was %(duplicate)s’s is here now.") % {"duplicate": duplicate})
            return redirect("workspace:person", kept.pk)
    if other is not None:
        context["both"] = [(one, capped_count(queries.requests_of(request.actor, one))) for one in (person, other)]
    elif words:
        context["found"] = people.find_persons(words).exclude(pk=pk).prefetch_related("memberships__organization")[:20]
    return frame.show(request, "workspace/merge_persons.html", context, at="people", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def organizations(request: AgentRequest, pk: int) -> HttpResponse:
    """Merge a company with another: the one that is kept gets the other's people, mail domains and requests."""
    organization = get_object_or_404(people.organizations(), pk=pk)
    words, other_id = _asked(request)
    other = get_object_or_404(people.organizations(), pk=other_id) if other_id else None
    context: dict[str, Any] = {"organization": organization, "other": other, "words": words, "mistake": ""}
    status = 200
    if request.method == "POST" and other is not None:
        kept, duplicate = (other, organization) if request.POST.get("keep") == str(other.pk) else (organization, other)
        try:
            actions.merge_organizations(kept, duplicate, by=request.actor)
        except Refused as refusal:
            context["mistake"], status = str(refusal), 409
        else:
            messages.success(request, _("Merged. All that was %(duplicate)s’s is here now.") % {"duplicate": duplicate})
            return redirect("workspace:organization", kept.pk)
    if other is not None:
        context["both"] = [
            (
                one,
                list(one.domains.all()),
                capped_count(one.memberships.all()),
                capped_count(beside.requests_of_organization(request.actor, one)),
            )
            for one in (organization, other)
        ]
    elif words:
        context["found"] = people.find_organizations(words).exclude(pk=pk)[:20]
    return frame.show(request, "workspace/merge_organizations.html", context, at="people", status=status)


def _asked(request: AgentRequest) -> tuple[str, int]:
    """The words looked for, and whom or what was chosen of what they found."""
    chosen = request.POST.get("other") or request.GET.get("other") or ""
    return request.GET.get("q", "").strip()[:100], sent_id(chosen)
