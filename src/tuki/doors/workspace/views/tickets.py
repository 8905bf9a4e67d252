"""A ticket's page: its facts, what was said and done, what is being written, and whose matter it is."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors import once
from tuki.doors.workspace import frame
from tuki.doors.workspace.choices import Choice, choices
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import Composer
from tuki.doors.workspace.views.people import suppressed
from tuki.knowledge.queries import reading
from tuki.live import presence, topics
from tuki.live.known import KNOWN
from tuki.look import moments
from tuki.look.kept import Until, later
from tuki.mail import queries as mail
from tuki.people import queries as people
from tuki.tickets import marks, queries
from tuki.tickets.queries import beside
from tuki.tickets.queries.leaving import drafts_left

if TYPE_CHECKING:
    from tuki.knowledge.models import Showing
    from tuki.mail.models import Delivery
    from tuki.people.models import Person
    from tuki.tickets.models import Attachment, Message, Ticket
    from tuki.tickets.queries import Line


@require_safe
def ticket(request: AgentRequest, number: int) -> HttpResponse:
    """The page; or only what others change of it, for a page that is open already."""
    glance = queries.glance(request.actor, number)
    if glance is None:
        raise Http404
    if glance.read_at is None or glance.read_at < glance.updated_at:
        marks.mark_read(request.agent, glance.pk, glance.updated_at)
    # What was drawn before may stand there again; only what is drawn anew asks for the ticket itself.
    found = cast("Ticket", SimpleLazyObject(lambda: find(request, number)))
    refreshing = "X-Refresh" in request.headers
    standing = _standing(request, glance, anew=refreshing)
    if refreshing:
        return _render_moving(request, found, glance, standing)
    return _render(request, found, glance, standing)


def find(request: AgentRequest, number: int) -> "Ticket":
    found = queries.ticket_by_number(request.actor, number)
    if found is None:
        raise Http404
    return found


def came_from(request: AgentRequest) -> str:
    """The view in whose order the agent goes through tickets."""
    key = request.POST.get("view") or request.GET.get("view") or request.COOKIES.get(frame.LAST_VIEW, "")
    return key if key in queries.VIEWS else "unassigned"


def show(
    request: AgentRequest,
    ticket: "Ticket",
    composer: Composer,
    *,
    mistakes: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, with what was being written. mistakes: what could not be set, by the fact's name."""
    return _render(request, ticket, ticket, {}, composer, mistakes, status)


def show_moving(
    request: AgentRequest, ticket: "Ticket", mistakes: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """What moves while a page is open, as parts that the page puts in their places. Never what is being written."""
    return _render_moving(request, ticket, ticket, {}, mistakes, status)


def _render(
    request: AgentRequest,
    ticket: "Ticket",
    glance: "Ticket | queries.Glance",
    standing: dict[str, Until],
    composer: Composer | None = None,
    mistakes: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page from its parts; those in `standing` need not be drawn anew."""
    at = came_from(request)
    around = frame.frame(request, at)
    if composer is None and glance.pk in around["unsent"]:
        composer = Composer.kept(queries.draft_of(request.actor, ticket))
    above, below = _neighbours(request, at, glance)
    afterwards = frame.afterwards(request)
    if composer is None:
        composer = Composer()
        standing = standing | {"composer": standing["facts"].also("composer", below, afterwards)}
    context = {
        **around,
        **_moving(request, ticket, glance, mistakes),
        **later(lambda: _context(request, ticket), *_CONTEXT),
        **later(lambda: {"after_reply": _after_reply(ticket, composer)}, "after_reply"),
        "composer": composer,
        "once": once.new_token(request.actor),
        "above": above,
        "below": below,
        "afterwards": afterwards,
        "standing": standing,
    }
    return render(request, "workspace/ticket.html", context, status=status)


def _render_moving(
    request: AgentRequest,
    ticket: "Ticket",
    glance: "Ticket | queries.Glance",
    standing: dict[str, Until],
    mistakes: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {**_moving(request, ticket, glance, mistakes), "standing": standing}
    return frame.show(request, "workspace/ticket_refreshed.html", context, at=came_from(request), status=status)


def _standing(request: AgentRequest, glance: queries.Glance, *, anew: bool) -> dict[str, Until]:
    """What each part of the page is kept by. The thread is the same for all agents; other parts have forms, and mark
    what is the viewer's own."""
    of_ticket = (glance.pk, glance.version)
    theirs = (*of_ticket, request.agent.pk, came_from(request))
    here = (topics.desk_ticket(glance.number), topics.AROUND)
    mails = (mail.states_of_deliveries(glance.pk), tuple(mail.addresses_of_thread(glance.pk).items()))
    return {
        "thread": Until(("thread", *of_ticket, mails), here, anew),
        "facts": Until(("facts", *theirs), here, anew),
        "context": Until(("context", *theirs), (topics.DESK, *here), anew),
    }


def _neighbours(
    request: AgentRequest, at: str, ticket: "Ticket | queries.Glance"
) -> tuple[queries.Neighbour | None, queries.Neighbour | None]:
    def find() -> tuple[queries.Neighbour | None, queries.Neighbour | None]:
        return queries.neighbours(request.actor, at, ticket)

    by = ("neighbours", request.agent.pk, at, ticket.pk)
    return KNOWN.get(by, (topics.DESK, topics.AROUND), find)


def _after_reply(ticket: "Ticket", composer: Composer) -> Choice:
    """The status that goes with a reply unless another is chosen: the customer's turn, where it is ours now."""
    statuses = choices().statuses
    chosen = [status for status in statuses if composer.status and status.value == composer.status]
    turn = [status for status in statuses if status.kind == "pending" and ticket.state in {"new", "open"}]
    return next(iter(chosen + turn), Choice(ticket.status.key, str(ticket.status), ticket.status.state))


@dataclass(frozen=True)
class Said:
    """A message in the thread, with its files and what became of its mails.

    came_to: at which of our addresses, where that says anything.
    """

    message: "Message"
    attachments: "list[Attachment]"
    deliveries: "list[Delivery]"
    came_to: tuple[str, ...] = ()

    @property
    def waiting(self) -> bool:
        return any(not delivery.is_over for delivery in self.deliveries)

    @property
    def late(self) -> bool:
        return any(delivery.is_late for delivery in self.deliveries)

    @property
    def lost(self) -> bool:
        states = {"bounced", "failed"}
        return any(delivery.state in states or delivery.held_because for delivery in self.deliveries)


@dataclass(frozen=True)
class Done:
    """What one person did in one go, between two messages."""

    lines: "list[Line]" = field(default_factory=list)


_FACTS = ("choices", "chosen", "tags", "copies", "followers", "signature", "unreached")
_CONTEXT = (
    "requester",
    "addresses",
    "suppressed",
    "membership",
    "requester_time",
    "requester_language",
    "requester_page",
    "company_page",
    "requests_of_requester",
    "requests_of_company",
    "read",
    "follows",
    "mentions",
    "following",
    "mentioning",
)


def _moving(
    request: AgentRequest, ticket: "Ticket", glance: "Ticket | queries.Glance", mistakes: dict[str, str] | None
) -> dict[str, Any]:
    leaving = list(queries.leaving_drafts(request.actor, ticket)) if queries.has_leaving_drafts(glance.pk) else []
    return {
        "ticket": ticket,
        "glance": glance,
        "leaving_here": leaving,
        "words_left": drafts_left(glance.pk),
        "others": presence.who_has_open(request.actor, [glance.pk]).get(glance.pk, []),
        "mistakes": mistakes or {},
        **later(lambda: _said(request, ticket), "thread", "newest"),
        **later(lambda: _facts(ticket), *_FACTS),
    }


def _facts(ticket: "Ticket") -> dict[str, Any]:
    about = [str(pk) for pk in (ticket.product_id, ticket.module_id) if pk is not None]
    copies = queries.people_in_copy(ticket)
    return {
        "choices": choices(),
        "chosen": {
            "status": ticket.status.key,
            "assignee": str(ticket.assignee_id or ""),
            "team": ticket.team.key if ticket.team else "",
            "priority": str(ticket.priority or ""),
            "severity": ticket.severity,
            "about": ".".join(about),
        },
        "tags": queries.tags_of(ticket),
        "copies": copies,
        # A complaint stops no answer that an agent writes.
        "unreached": [
            row for row in suppressed(*(one.email for one in (ticket.requester, *copies))) if row.stops_answers
        ],
        "followers": queries.people_who_follow(ticket),
        "signature": queries.signature_of(ticket, ticket.language),
    }


def _said(request: AgentRequest, ticket: "Ticket") -> dict[str, Any]:
    thread = _thread(request, ticket)
    return {
        "thread": thread,
        "newest": max((item.message.pk for item in thread if isinstance(item, Said)), default=0),
    }


def _thread(request: AgentRequest, ticket: "Ticket") -> list[Said | Done]:
    """Messages and what was done, in the order of time; what one person did at one moment stands together."""
    messages = queries.thread_for_agent(request.actor, ticket.pk)
    deliveries, addresses = mail.deliveries_of_thread(ticket.pk), mail.addresses_of_thread(ticket.pk)
    # At one moment the message comes first: what it changed follows from it. Only the first follows its submission.
    events: list[tuple[Any, Any]] = [
        (
            (message.sent_at, 1, message.pk),
            Said(message, files, deliveries.get(message.pk, []), _worth_telling(addresses.get(message.pk, ()))),
        )
        for message, files in messages
    ]
    events += [
        ((line.at, 0 if line.event == "ticket.submitted" else 2, line.entry), line)
        for line in queries.history(request.actor, ticket)
    ]
    thread: list[Said | Done] = []
    ordered = [item for _key, item in sorted(events, key=lambda event: event[0])]
    for together, items in groupby(ordered, key=_together):
        if together is None:
            thread += items
        else:
            thread.append(Done(list(items)))
    return thread


def _worth_telling(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Mail to the desk's own address is what everybody expects."""
    return () if addresses == (the_desk().address.lower(),) else addresses


def _together(item: Any) -> object:
    """What one person did within a minute is told in one line; a message stands alone."""
    return None if isinstance(item, Said) else (item.who, item.at.replace(second=0, microsecond=0), item.via)


def _context(request: AgentRequest, ticket: "Ticket") -> dict[str, Any]:
    """Whose matter it is, and their other matters."""
    requester, company = ticket.requester, ticket.organization_id
    follows, mentions = beside.named_by(request.actor, ticket)
    addresses = people.addresses_of(requester.pk)
    return {
        "requester": requester,
        "addresses": addresses,
        "suppressed": suppressed(requester.email, *(address.email for address in addresses)),
        "membership": people.membership_of(requester.pk, company) if company else None,
        "requester_time": _time_of_day(requester),
        "requester_language": dict(settings.LANGUAGES).get(requester.language, requester.language),
        "requester_page": reverse("workspace:person", args=[requester.pk]),
        "company_page": reverse("workspace:organization", args=[company]) if company else "",
        "requests_of_requester": beside.others_of_requester(request.actor, ticket),
        "requests_of_company": beside.others_of_company(request.actor, ticket),
        "read": _read_before(request, ticket),
        "follows": follows,
        "mentions": mentions,
        "following": beside.following(request.actor, ticket),
        "mentioning": beside.mentioning(request.actor, ticket),
    }


def _read_before(request: AgentRequest, ticket: "Ticket") -> "Showing | None":
    """The article that its requester came from, in their language, where this agent may know of it."""
    if ticket.after_reading_id is None:
        return None
    return reading.article(request.actor, ticket.after_reading_id, ticket.language or the_desk().language)


def _time_of_day(person: "Person") -> str:
    """Where that person is."""
    try:
        with timezone.override(ZoneInfo(person.time_zone)):
            return moments.time(timezone.now())
    except (ZoneInfoNotFoundError, ValueError):
        return moments.time(timezone.now())
