"""One change to many tickets, told as it runs, and taken back while it stands.

The tickets are worked through some at a time: each answer tells how far it is and carries the rest, signed, and the
page asks for more. Without script one answer does it all.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tuki.doors.workspace.entrance import AgentRequest
from tuki.lib.refusal import Denied, Refused
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import actions, queries

if TYPE_CHECKING:
    from tuki.tickets.models import Ticket

MOST = 200
AT_ONCE = 10
UNDO_FOR = 15 * 60  # seconds
_SALT = "tuki.workspace.bulk"
_SESSION = "workspace_bulk"

# Ids of status, team and assignee, and whether it is spam: all that a bulk change may touch.
State = tuple[int, int | None, int | None, bool]


@dataclass(frozen=True)
class Run:
    """How far a change has come. done: number, before, after; failed: number, why."""

    person: int
    view: str
    change: str
    value: str
    rest: list[int]
    done: list[tuple[int, State, State]] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.rest) + len(self.done) + len(self.failed)

    @property
    def changed(self) -> bool:
        return any(before != after for _number, before, after in self.done)

    @property
    def token(self) -> str:
        return signing.dumps(asdict(self), salt=_SALT, compress=True)


def _read(token: str, person: int) -> Run | None:
    try:
        run = Run(**signing.loads(token, salt=_SALT, max_age=UNDO_FOR))
    except (signing.BadSignature, TypeError):
        return None
    return run if run.person == person else None


@require_POST
def changes(request: AgentRequest, key: str) -> HttpResponse:
    """Assign the chosen tickets, hand them over, set their status, or put them away as spam."""
    if key not in queries.VIEWS:
        raise Http404
    run = _read(request.POST.get("run", ""), request.agent.pk) or _asked(request, key)
    change = _change(request, run)
    if change is None or not run.total:
        return _answer(request, replace(run, rest=[]), _("Choose requests, and what to set."))
    now, rest = run.rest[: AT_ONCE if request.htmx else MOST], run.rest[AT_ONCE if request.htmx else MOST :]
    done, failed = list(run.done), list(run.failed)
    for number in now:
        ticket = queries.ticket_by_number(request.actor, number)
        try:
            if ticket is None:
                raise Refused(_("not there any more"))
            after = change(ticket, request.actor)
            done.append((number, _state(ticket), _state(after)))
        except (Denied, Refused) as refusal:
            failed.append((number, str(refusal)))
    return _answer(request, replace(run, rest=rest, done=done, failed=failed))


def _asked(request: AgentRequest, key: str) -> Run:
    change = request.POST.get("change", "")
    numbers = [int(number) for number in request.POST.getlist("ticket") if number.isdecimal() and len(number) < 10]
    return Run(request.agent.pk, key, change, request.POST.get(change, ""), list(dict.fromkeys(numbers))[:MOST])


def _change(request: AgentRequest, run: Run) -> "Callable[[Ticket, Actor], Ticket] | None":
    """The action that was asked for, with its value found; None where there is no such thing to set."""
    if run.change == "status":
        status = queries.statuses().filter(key=run.value).first()
        return (lambda ticket, by: actions.set_status(ticket, status, by=by)) if status else None
    if run.change == "team":
        team = people.teams().filter(key=run.value).first()
        return (lambda ticket, by: actions.hand_over(ticket, team, by=by)) if team else None
    if run.change == "spam":
        if run.value == "no":
            return lambda ticket, by: actions.mark_as_no_spam(ticket, by=by)
        return lambda ticket, by: actions.mark_as_spam(ticket, by=by)
    if run.change == "assignee":
        if run.value == "nobody":
            return lambda ticket, by: actions.assign(ticket, None, by=by)
        is_id = run.value.isdecimal() and len(run.value) < 18
        wanted = request.agent.pk if run.value == "me" else int(run.value) if is_id else 0
        agent = people.agents().filter(pk=wanted).first()
        return (lambda ticket, by: actions.assign(ticket, agent, by=by)) if agent else None
    return None


def _state(ticket: "Ticket") -> State:
    return ticket.status_id, ticket.team_id, ticket.assignee_id, ticket.spam


def _answer(request: AgentRequest, run: Run, words: str = "") -> HttpResponse:
    """How it went, on the page that asked; without script, on the list it leads back to."""
    if request.htmx:
        return render(request, "workspace/parts/result.html", {"result": _told(run, words)})
    request.session[_SESSION] = [run.token, words]
    return redirect("workspace:view", run.view)


def told(request: AgentRequest) -> dict[str, Any] | None:
    """The result that waits for its list, once."""
    token, words = request.session.pop(_SESSION, ("", ""))
    run = _read(token, request.agent.pk)
    return _told(run, words) if run else None


def _told(run: Run, words: str = "") -> dict[str, Any]:
    return {"run": run, "words": words, "nothing": not run.total, "so_far": len(run.done) + len(run.failed)}


@require_POST
def undo(request: AgentRequest) -> HttpResponse:
    """Set back what still stands as the change set it. What somebody changed since is left to them."""
    run = _read(request.POST.get("run", ""), request.agent.pk)
    if run is None:
        raise Refused(_("Too late: this can't be taken back any more."))
    back, left = [], []
    for number, before, after in run.done:
        ticket = queries.ticket_by_number(request.actor, number)
        try:
            if ticket is None or _state(ticket) != tuple(after):
                raise Refused(_("changed since"))
            _set_back(ticket, before, by=request.actor)
            back.append((number, before, before))
        except (Denied, Refused) as refusal:
            left.append((number, str(refusal)))
    words = _("Taken back: %(back)s of %(total)s.") % {"back": len(back), "total": len(run.done)}
    return _answer(request, replace(run, rest=[], done=back, failed=left), words)


def _set_back(ticket: "Ticket", before: State, *, by: Actor) -> None:
    status, team, assignee, spam = before
    if ticket.spam != spam:
        ticket = (actions.mark_as_spam if spam else actions.mark_as_no_spam)(ticket, by=by)
    if ticket.team_id != team:
        ticket = actions.hand_over(ticket, people.teams().filter(pk=team or 0).first(), by=by)
    if ticket.assignee_id != assignee:
        ticket = actions.assign(ticket, people.agents().filter(pk=assignee or 0).first(), by=by)
    earlier = queries.statuses().filter(pk=status).first()
    # A ticket that an agent has touched is new no longer: that can't be taken back, and need not be.
    if earlier is not None and earlier.pk != ticket.status_id and earlier.state != "new":
        actions.set_status(ticket, earlier, by=by)
