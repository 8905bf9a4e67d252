"""The workspace's addresses. Each is a thing; what is done to it is a POST. Each lets in agents only."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from tuki.doors.workspace.entrance import agents_only
from tuki.doors.workspace.guide import from_answer
from tuki.doors.workspace.guide.urls import ADDRESSES
from tuki.doors.workspace.views import (
    bulk,
    companies,
    creating,
    facts,
    hiding,
    lists,
    merging,
    own,
    people,
    presence,
    sight,
    spam,
    tickets,
    undelivered,
    writing,
)


def _path(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return path(route, agents_only(view), name=name)


app_name = "workspace"
urlpatterns = [
    _path("", lists.start, "start"),
    _path("views/<slug:key>/", lists.view, "view"),
    _path("views/<slug:key>/changes", bulk.changes, "changes"),
    _path("changes/undo", bulk.undo, "undo"),
    _path("search", lists.search, "search"),
    _path("drafts", lists.drafts, "drafts"),
    _path("undelivered", undelivered.mails, "undelivered"),
    _path("undelivered/<int:pk>", undelivered.mail, "undelivered_mail"),
    _path("settings", own.settings, "settings"),
    _path("tickets/new", creating.new, "new"),
    _path("tickets/<int:number>", tickets.ticket, "ticket"),
    _path("tickets/<int:number>/messages", writing.messages, "messages"),
    _path("tickets/<int:number>/draft", writing.draft, "draft"),
    _path("tickets/<int:number>/leaving/<int:pk>", writing.leaving, "leaving"),
    _path("tickets/<int:number>/presence", presence.presence, "presence"),
    _path("tickets/<int:number>/requester", facts.requester, "requester"),
    _path("tickets/<int:number>/sight", sight.ticket, "sight_of_ticket"),
    _path("tickets/<int:number>/facts/<slug:name>", facts.fact, "fact"),
    _path("messages/<int:pk>/redaction", hiding.redact_message, "redact_message"),
    _path("messages/<int:pk>/mail", hiding.raw_mail, "raw_mail"),
    _path("messages/<int:pk>/article", from_answer.from_answer, "article_from_answer"),
    _path("files/<int:pk>/redaction", hiding.redact_file, "redact_file"),
    _path("spam/rules", spam.rules, "spam_rules"),
    _path("spam/rules/<int:pk>/removal", spam.removal, "spam_rule_removal"),
    _path("people/", people.search, "people"),
    _path("people/<int:pk>", people.person, "person"),
    _path("people/<int:pk>/sight", sight.person, "sight_of_person"),
    _path("people/<int:pk>/invitation", people.invitation, "invitation"),
    _path("people/<int:pk>/two-step-reset", people.two_step_reset, "two_step_reset"),
    _path("people/<int:pk>/suppression", people.suppression, "suppression"),
    _path("people/<int:pk>/merge", merging.persons, "merge_person"),
    _path("organizations/<int:pk>", companies.organization, "organization"),
    _path("organizations/<int:pk>/history", companies.history, "organization_history"),
    _path("organizations/<int:pk>/facts/<slug:name>", companies.fact, "organization_fact"),
    _path("organizations/<int:pk>/invitations", companies.invitations, "organization_invitations"),
    _path("organizations/<int:pk>/places/<int:place>/<slug:name>", companies.place, "place"),
    _path("organizations/<int:pk>/seat", companies.seat, "seat"),
    _path("organizations/<int:pk>/merge", merging.organizations, "merge_organization"),
    *(_path(f"guide/{route}", view, name) for route, view, name in ADDRESSES),
]
