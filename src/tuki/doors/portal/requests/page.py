"""One request: what was said and done, and all that its people do with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.desk.queries import the_desk
from tuki.doors import once
from tuki.doors.arrivals import Request
from tuki.doors.portal.kept import sign_in_first, typed_before
from tuki.doors.portal.requests.attached import attached, is_unfinished, kept
from tuki.doors.portal.requests.forms import CopyForm, FactsForm, ReplyForm
from tuki.doors.portal.requests.shown import by_whom, queue
from tuki.lib.refusal import Refused
from tuki.live import topics
from tuki.look.kept import Until, later
from tuki.people.actor import Actor
from tuki.tickets import actions, marks, policy, queries

if TYPE_CHECKING:
    from tuki.files.models import File
    from tuki.tickets.models import Attachment, Message, Status, Ticket


@dataclass(frozen=True)
class Item:
    """One line of what happened: a message, or something that was done."""

    at: datetime
    message: "Message | None" = None
    attachments: "list[Attachment]" = field(default_factory=list)
    line: queries.Line | None = None


@require_safe
def request_page(request: Request, language: str, number: int) -> HttpResponse:
    """A request, its thread and its facts. Opening it marks it read."""
    if request.actor.person is None:
        return sign_in_first(request, request.path)
    ticket = _ticket(request, number)
    marks.mark_read(request.actor.person, ticket.pk, ticket.shown_updated_at)
    typed = typed_before(request, request.path)
    if typed is None:
        return _show(request, ticket)
    return _show(
        request,
        ticket,
        reply=ReplyForm.unchecked(typed, number=number),
        facts=_facts_form(ticket, {name: typed.get(name) for name in ("subject", "severity")}),
        uploads=kept(request, typed.getlist("file")),
    )


def _ticket(request: Request, number: int) -> "Ticket":
    ticket = queries.ticket_by_number(request.actor, number)
    if ticket is None:
        raise Http404
    return ticket


@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: Request, language: str, number: int) -> HttpResponse:
    """Answer, with files, a better subject or another severity; or answer and say that the matter is solved."""
    page = reverse("portal:request", args=[language, number])
    if request.method != "POST":
        return redirect(page)
    if request.actor.person is None:
        return sign_in_first(request, page)
    ticket = _ticket(request, number)
    if place := once.came_of(request):
        return redirect(f"{page}{place}")
    found = attached(request)
    if is_unfinished(request):
        reply = ReplyForm.unchecked(request.POST, number=number)
        return _show(request, ticket, reply=reply, uploads=found.files, wrong=found.wrong)
    reply = ReplyForm(request.POST, number=number)
    facts = _facts_form(ticket, request.POST)
    for why in found.wrong:
        reply.add_error("files", why)
    if reply.is_valid() and (facts is None or facts.is_valid()):
        try:
            place = once.once(request, lambda: _answer(request, ticket, reply, facts, found.files))
        except Refused as refusal:
            (facts if facts is not None and refusal.field in facts.fields else reply).refuse(refusal)
        else:
            messages.success(request, _("Your message has been sent."), extra_tags=f"reply-{number}")
            return redirect(f"{page}{place}")
    return _show(request, ticket, reply=reply, facts=facts, uploads=found.files, status=422)


def _facts_form(ticket: "Ticket", typed: Any) -> FactsForm | None:
    """The facts that a reply changes with it, where it names any."""
    if typed.get("subject") is None:
        return None
    return FactsForm(
        {"subject": typed.get("subject"), "severity": typed.get("severity") or ticket.severity},
        severity=ticket.severity,
    )


def _answer(request: Request, ticket: "Ticket", reply: ReplyForm, facts: FactsForm | None, files: "list[File]") -> str:
    """Do all that a reply says, and tell where on the page it stands."""
    if facts is not None:
        _change_facts(request, ticket, facts)
    solved = _solved() if "solve" in request.POST else None
    message = actions.reply(ticket, reply.cleaned_data["body"], files=files, status=solved, by=request.actor)
    return f"#message-{message.pk}"


def _change_facts(request: Request, ticket: "Ticket", facts: FactsForm) -> bool:
    """Whether anything was another than before."""
    subject, severity = facts.cleaned_data["subject"], facts.cleaned_data.get("severity", "")
    if renamed := subject != ticket.subject:
        actions.change_subject(ticket, subject, by=request.actor)
    if regraded := bool(severity) and severity != ticket.severity:
        actions.change_severity(ticket, severity, by=request.actor)
    return renamed or regraded


def _solved() -> "Status":
    """The status in which a customer leaves what is solved."""
    return next(status for status in queries.statuses() if status.state == "solved")


@require_POST
def facts(request: Request, language: str, number: int) -> HttpResponse:
    """Change subject and severity, by themselves."""
    page = reverse("portal:request", args=[language, number])
    if request.actor.person is None:
        return sign_in_first(request, page)
    ticket = _ticket(request, number)
    form = FactsForm(request.POST, severity=ticket.severity, prefix="facts")
    if form.is_valid():
        try:
            with transaction.atomic():
                changed = _change_facts(request, ticket, form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if changed:
                messages.success(request, _("Saved."))
            return redirect(page)
    return _show(request, ticket, edit=form, status=422)


@require_POST
def closure(request: Request, language: str, number: int) -> HttpResponse:
    """The requester says that the matter is solved (H12)."""
    page = reverse("portal:request", args=[language, number])
    if request.actor.person is None:
        return sign_in_first(request, page)
    actions.solve(_ticket(request, number), by=request.actor)
    messages.success(request, _("Marked as solved. If it comes back, just write again."))
    return redirect(page)


@require_POST
def copies(request: Request, language: str, number: int) -> HttpResponse:
    """Put people in copy."""
    page = reverse("portal:request", args=[language, number])
    if request.actor.person is None:
        return sign_in_first(request, page)
    ticket = _ticket(request, number)
    form = CopyForm(request.POST, prefix="copy")
    if form.is_valid():
        try:
            actions.add_copies(ticket, form.cleaned_data["copies"], by=request.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect(f"{page}#copies")
    return _show(request, ticket, copy=form, status=422)


@require_POST
def copy_removal(request: Request, language: str, number: int, pk: int) -> HttpResponse:
    """Take somebody, or oneself, out of the copies."""
    page = reverse("portal:request", args=[language, number])
    if request.actor.person is None:
        return sign_in_first(request, page)
    ticket = _ticket(request, number)
    copy = ticket.copies.select_related("person").filter(person=pk).first()
    if copy is not None:
        actions.remove_copy(ticket, copy.person, by=request.actor)
    if not policy.may_see(request.actor, ticket):
        messages.success(request, _("You are no longer in copy of request #%(number)d.") % {"number": number})
        return redirect("portal:requests", language)
    return redirect(f"{page}#copies")


def _show(
    request: Request,
    ticket: "Ticket",
    *,
    reply: Any = None,
    facts: FactsForm | None = None,
    edit: FactsForm | None = None,
    copy: CopyForm | None = None,
    uploads: "list[File] | None" = None,
    wrong: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. Forms that are given carry what was typed, and what is wrong with it."""
    viewer = request.actor
    # The same for all who may see it; an agent reads longer names. Asked again by an open page, it has changed.
    of = (ticket.pk, ticket.version, viewer.is_agent)
    about = (topics.ticket(ticket.number), topics.AROUND)
    may_edit = policy.may_edit(viewer, ticket)
    initial = {"subject": ticket.subject, "severity": ticket.severity}
    return render(
        request,
        "portal/request.html",
        {
            "here": "requests",
            "ticket": ticket,
            **later(lambda: _said_and_done(viewer, ticket), "items", "files"),
            "standing": {part: Until((part, *of), about, anew=request.htmx) for part in ("said", "files")},
            "copies": [copy.person for copy in ticket.copies.select_related("person").order_by("pk")],
            "known": _known(ticket),
            "updated_by": by_whom(ticket.shown_updated_by),
            "follow_up_of": _visible(request, ticket.follow_up_of),
            "may_edit": may_edit,
            "may_reply": policy.may_reply(viewer, ticket),
            "is_closed": policy.is_closed_to(viewer, ticket),
            "may_submit": policy.may_submit(viewer),
            "typed": [text] if reply is not None and (text := reply["body"].value()) else [],
            "reply": reply or ReplyForm(number=ticket.number),
            "facts": facts or FactsForm(initial=initial, severity=ticket.severity),
            "edit": edit or FactsForm(initial=initial, severity=ticket.severity, prefix="facts"),
            "copy": copy or CopyForm(prefix="copy"),
            "uploads": uploads or [],
            "wrong": wrong or [],
            "once": once.new_token(viewer),
            "is_wrong": status == 422,
        },
        status=status,
    )


def _said_and_done(viewer: Actor, ticket: "Ticket") -> dict[str, Any]:
    """The thread with what was done, and the files in it. It is the customers' page: an agent who opens it sees what
    they see, and mistakes no note for a message."""
    thread = queries.public_thread(viewer, ticket)
    history = [line for line in queries.history(viewer, ticket) if not line.internal]
    items = [Item(message.sent_at, message, files) for message, files in thread]
    items += [Item(line.at, line=line) for line in history if line.event != "ticket.submitted"]
    return {
        "items": sorted(items, key=lambda item: item.at),
        "files": [attachment.file for _message, files in thread for attachment in files],
    }


def _known(ticket: "Ticket") -> list[tuple[str, str]]:
    """A ticket's facts as its customers may know them, those that it has."""
    desk = the_desk()
    facts = [
        (pgettext("of a request", "Number"), f"#{ticket.number}"),
        (_("Requester"), ticket.requester.shown_name),
        (_("Company"), ticket.organization.name if ticket.organization else ""),
        (_("Product"), " – ".join(str(part) for part in (ticket.product, ticket.module) if part)),
        (_("Severity"), desk.severity_label(ticket.severity) if ticket.severity else ""),
        (_("Priority"), desk.priority_label(ticket.priority)),
        (_("Team"), queue(ticket)),
    ]
    return [(name, value) for name, value in facts if value]


def _visible(request: Request, other: "Ticket | None") -> "Ticket | None":
    """The request that this one follows up, where the viewer may know of it."""
    return other if other is not None and policy.may_see(request.actor, other) else None
