"""Saying something on a ticket: kept while it is written, read over once more, sent, and taken back."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tuki.doors import once
from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import NOTE, Composer
from tuki.doors.workspace.views import tickets
from tuki.lib.refusal import Refused
from tuki.tickets import actions, marks, queries
from tuki.tickets.actions.talking import Overtaken

if TYPE_CHECKING:
    from tuki.tickets.models import Draft, Message, Status, Ticket


@require_POST
def messages(request: AgentRequest, number: int) -> HttpResponse:
    """A note stands at once. A reply is kept as a draft that leaves in ten seconds, so that it can be taken back."""
    ticket = tickets.find(request, number)
    if said := once.came_of(request):
        return _onward(request, ticket, said)
    kept = queries.draft_of(request.actor, ticket)
    composer = Composer.typed(request, kept)
    try:
        if composer.mistake:
            raise Refused(composer.mistake, field="files")
        if composer.is_empty:
            raise Refused(_("Please write something first."), field="body")
        if composer.kind == NOTE:
            said = once.once(request, lambda: f"#message-{_note(request, ticket, composer).pk}")
        elif composer.begun_as == NOTE and not request.POST.get("confirmed"):
            _keep(request, ticket, composer, internal=True)
            return _shown_again(request, ticket, composer.saying(warning="was_note", kept_at=request.actor.at), 409)
        else:
            # Kept before, so that it is kept whether or not it may go.
            draft = _keep_reply(request, ticket, composer)
            said = once.once(request, lambda: f"#leaving-{_send(request, draft, composer).pk}")
    except Overtaken:
        newer = tuple(queries.newer_messages(request.actor, ticket, composer.seen or 0))
        composer = composer.saying(warning="overtaken", newer=newer, begun_as="", kept_at=request.actor.at)
        return _shown_again(request, ticket, composer, 409)
    except Refused as refusal:
        status = 422 if refusal.field in {"body", "files"} else 409
        return _shown_again(request, ticket, composer.saying(mistake=str(refusal)), status)
    return _onward(request, ticket, said)


def _note(request: AgentRequest, ticket: "Ticket", composer: Composer) -> "Message":
    status = _status(composer)
    note = actions.note(ticket, composer.html, files=composer.files, status=status, by=request.actor)
    marks.discard_draft(request.agent, ticket)
    return note


def _keep_reply(request: AgentRequest, ticket: "Ticket", composer: Composer) -> "Draft":
    draft = _keep(request, ticket, composer, internal=False)
    if draft is None:  # of what was written nothing is left that can be said
        raise Refused(_("Please write something first."), field="body")
    return draft


def _send(request: AgentRequest, draft: "Draft", composer: Composer) -> "Draft":
    return actions.send_soon(draft, seen=composer.seen, by=request.actor)


def _keep(request: AgentRequest, ticket: "Ticket", composer: Composer, *, internal: bool) -> "Draft | None":
    return marks.save_draft(
        request.agent,
        ticket,
        composer.html,
        internal=internal,
        status=_status(composer),
        files=composer.files,
        at=request.actor.at,
    )


def _status(composer: Composer) -> "Status | None":
    """The status that goes along; a note's is left alone unless one is chosen."""
    return queries.status_called(composer.status) if composer.status else None


def _shown_again(request: AgentRequest, ticket: "Ticket", composer: Composer, status: int) -> HttpResponse:
    return tickets.show(request, ticket, composer, status=status)


def _onward(request: AgentRequest, ticket: "Ticket", said: str) -> HttpResponse:
    """Where the agent wants to be after a message: here, at the list, or at the next ticket of it."""
    view = tickets.came_from(request)
    then = request.POST.get("afterwards", "")
    then = then if then in {"stay", "list", "next"} else frame.afterwards(request)
    following = request.POST.get("next", "")
    if then == "next" and following.isdecimal() and len(following) < 10:
        to = reverse("workspace:ticket", args=[int(following)]) + f"?view={view}"
    elif then == "stay":
        to = reverse("workspace:ticket", args=[ticket.number]) + f"?view={view}{said}"
    else:
        to = reverse("workspace:view", args=[view])
    response = redirect(to)
    if then != frame.afterwards(request):
        frame.remember(response, frame.AFTERWARDS, then)
    return response


@require_POST
def draft(request: AgentRequest, number: int) -> HttpResponse:
    """Keep what is being written; asked by the page every few seconds. Or let go of it, asked by a person."""
    ticket = tickets.find(request, number)
    if request.POST.get("discard"):
        marks.discard_draft(request.agent, ticket)
        return redirect(reverse("workspace:ticket", args=[number]) + "#composer")
    composer = Composer.typed(request, queries.draft_of(request.actor, ticket))
    # What was begun as a note comes back as one, whatever it was about to become.
    kept = _keep(request, ticket, composer, internal=NOTE in {composer.kind, composer.begun_as})
    if request.POST.get("leave"):
        return redirect("workspace:drafts")
    return render(request, "workspace/parts/kept.html", {"kept": kept})


@require_POST
def leaving(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Take a reply back before it leaves; it stands in the composer again."""
    ticket = tickets.find(request, number)
    back = reverse("workspace:ticket", args=[number]) + "#composer"
    one = queries.leaving_drafts(request.actor, ticket).filter(pk=pk, person=request.agent).first()
    if one is None:
        raise Refused(_("Too late: the reply has been sent."))
    actions.take_back(one, by=request.actor)
    return redirect(back)
