"""Writing down what a customer told us by phone, or in another way that leaves no trace by itself (F6)."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuki.doors import once
from tuki.doors.workspace import forms, frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import NewForm
from tuki.lib.html import from_text
from tuki.lib.refusal import Refused
from tuki.people import actions as people_actions
from tuki.people import queries as people
from tuki.tickets import actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuki.files.models import File
    from tuki.people.models import Person
    from tuki.tickets.models import Ticket


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AgentRequest) -> HttpResponse:
    """The form; sent, the ticket it made."""
    if request.method != "POST":
        return _show(request, NewForm(initial={"requester": request.GET.get("requester", "")}))
    if number := once.came_of(request):
        return redirect("workspace:ticket", number)
    form = NewForm(request.POST)
    files, wrong = forms.attached(request)
    candidates: list[Person] = []
    if wrong:
        form.add_error(None, wrong)
    if form.is_valid():
        try:
            requester = _requester(request, form.cleaned_data["requester"], form.cleaned_data["name"])
            if isinstance(requester, list):
                candidates = requester
                form.add_error("requester", _("Several people are called that. Which of them is it?"))
            else:
                number = once.once(request, lambda: str(_submit(request, form, requester, files).number))
                return redirect("workspace:ticket", number)
        except Refused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
    return _show(request, form, candidates, files, status=422)


def _show(
    request: AgentRequest,
    form: NewForm,
    candidates: "Sequence[Person]" = (),
    files: "Sequence[File]" = (),
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "candidates": candidates, "files": files, "once": once.new_token(request.actor)}
    return frame.show(request, "workspace/new.html", context, at="new", status=status)


def _requester(request: AgentRequest, words: str, name: str) -> "Person | list[Person]":
    """The person an agent means: by address, known or new, or by name; several where a name is not enough."""
    address = words.strip().strip("<>")
    if "@" in address:
        try:
            return people_actions.meet(address, name=name, by=request.actor)
        except Refused as refusal:
            raise Refused(str(refusal), field="requester") from None
    found = list(people.find_persons(words).prefetch_related("memberships__organization")[:10])
    if not found:
        raise Refused(_("Nobody is known by that name. Give an address to make a new person."), field="requester")
    return found[0] if len(found) == 1 else found


def _submit(request: AgentRequest, form: NewForm, requester: "Person", files: "Sequence[File]") -> "Ticket":
    given = form.cleaned_data
    by = request.actor.through(given["via"])
    product, module = forms.about(given["about"])
    ticket = actions.submit(
        given["subject"],
        from_text(given["body"]),
        requester=requester,
        product=product,
        module=module,
        severity=given.get("severity", ""),
        priority=given["priority"],
        team=people.teams().filter(key=given["team"]).first() if given["team"] else None,
        files=files,
        by=by,
    )
    return actions.assign(ticket, request.agent, by=by) if given["mine"] else ticket
