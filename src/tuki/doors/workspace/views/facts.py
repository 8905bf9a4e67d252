"""A ticket's facts, each changed in its place by a small form of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tuki.doors.workspace import forms, frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import Composer
from tuki.doors.workspace.views import tickets
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import actions, queries

if TYPE_CHECKING:
    from tuki.people.models import Person
    from tuki.tickets.models import Ticket


@require_POST
def fact(request: AgentRequest, number: int, name: str) -> HttpResponse:
    """Change one. Where that can't be, the words stand beside it on the page."""
    if name not in FACTS:
        raise Http404
    ticket = tickets.find(request, number)
    mistakes = {}
    try:
        FACTS[name](ticket, request.POST, request.actor)
    except Refused as refusal:
        mistakes = {name: str(refusal)}
    status = 409 if mistakes else 200
    changed = queries.ticket_by_number(request.actor, number)
    if changed is None:  # handed over to a team whose tickets are its own
        return _away(request)
    if request.htmx:
        return tickets.show_moving(request, changed, mistakes, status)
    if mistakes:
        composer = Composer.kept(queries.draft_of(request.actor, changed))
        return tickets.show(request, changed, composer, mistakes=mistakes, status=status)
    return redirect(reverse("workspace:ticket", args=[number]) + f"?view={tickets.came_from(request)}")


def _away(request: AgentRequest) -> HttpResponse:
    to = reverse("workspace:view", args=[tickets.came_from(request)])
    return HttpResponse(status=204, headers={"HX-Redirect": to}) if request.htmx else redirect(to)


def _status(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    status = queries.statuses().filter(key=data.get("value", "")).first()
    if status is None:
        raise Refused(_("Please choose a status from the list."))
    actions.set_status(ticket, status, by=by)


def _priority(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    value = data.get("value", "")
    actions.set_priority(ticket, int(value) if value.isdecimal() and len(value) < 5 else None, by=by)


def _severity(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    actions.change_severity(ticket, data.get("value", ""), by=by)


def _team(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    key = data.get("value", "")
    team = people.teams().filter(key=key).first()
    if key and team is None:
        raise Refused(_("Please choose a team from the list."))
    actions.hand_over(ticket, team, by=by)


def _assignee(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    value = data.get("value", "")
    wanted = by.person_id or 0 if value == "me" else sent_id(value)
    agent = people.agents().filter(pk=wanted).first()
    if value and agent is None:
        raise Refused(_("Please choose an agent from the list."))
    actions.assign(ticket, agent, by=by)


def _about(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    product, module = forms.about(data.get("value", ""))
    actions.change_product(ticket, product, module, by=by)


def _subject(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    actions.change_subject(ticket, data.get("value", ""), by=by)


def _tags(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    actions.tag(ticket, add=data.get("value", "").split(","), remove=data.getlist("remove"), by=by)


def _copies(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    leaving, coming = data.get("remove", ""), data.get("value", "")
    if leaving:
        actions.remove_copy(ticket, _person(leaving), by=by)
    else:
        actions.add_copies(ticket, coming.replace(";", ",").split(","), by=by)


def _following(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    (actions.follow if data.get("value") == "yes" else actions.unfollow)(ticket, by=by)


def _confidential(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    actions.set_confidential(ticket, data.get("value") == "yes", by=by)


def _trash(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    (actions.trash if data.get("value") == "yes" else actions.restore)(ticket, by=by)


def _spam(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    if data.get("value") == "no":
        actions.mark_as_no_spam(ticket, by=by)
    else:
        actions.mark_as_spam(ticket, block=data.get("value") == "block", by=by)


def _requester(ticket: "Ticket", data: QueryDict, by: Actor) -> None:
    actions.change_requester(ticket, _person(data.get("value", "")), by=by)


def _person(pk: str) -> "Person":
    found = people.persons().filter(pk=sent_id(pk)).first()
    if found is None:
        raise Refused(_("There is no such person."))
    return found


FACTS: "dict[str, Callable[[Ticket, QueryDict, Actor], None]]" = {
    "status": _status,
    "priority": _priority,
    "severity": _severity,
    "team": _team,
    "assignee": _assignee,
    "about": _about,
    "subject": _subject,
    "tags": _tags,
    "copies": _copies,
    "following": _following,
    "confidential": _confidential,
    "trash": _trash,
    "spam": _spam,
    "requester": _requester,
}


@require_http_methods(["GET", "HEAD"])
def requester(request: AgentRequest, number: int) -> HttpResponse:
    """Find the person whose matter this really is."""
    ticket = tickets.find(request, number)
    words = request.GET.get("q", "").strip()[:100]
    found = people.find_persons(words).prefetch_related("memberships__organization")[:20] if words else []
    return frame.show(request, "workspace/requester.html", {"ticket": ticket, "words": words, "found": found})
