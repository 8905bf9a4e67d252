"""Following as somebody who is signed in, and as a visitor with an address."""

from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.following.forms import PACES, AddressForm, PaceForm
from tuki.knowledge import actions, marks
from tuki.knowledge.queries import following
from tuki.lib.refusal import Refused

if TYPE_CHECKING:
    from tuki.knowledge.actions.answering import Thing


@never_cache
@login_required
@require_safe
def followed(request: Request, language: str) -> HttpResponse:
    """What I follow, and how soon I hear."""
    rows = following.listed(following.followed(request.actor), request.actor, language)
    return render(request, "portal/following/list.html", {"rows": rows, "paces": PACES})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Request, language: str, kind: str, pk: int) -> HttpResponse:
    """Begin to follow something, hear of it sooner or later, or cease to. Its button posts here; a visitor chooses."""
    thing = following.thing(request.actor, kind, pk, language)
    if thing is None:
        raise Http404
    if request.actor.person is None:
        return _by_address(request, language, thing)
    mine = following.following(request.actor, thing)
    posted = request.POST if "pace" in request.POST else None
    form = PaceForm(posted, initial={"pace": mine.pace if mine else "at_once"})
    if request.method == "POST" and "unfollow" in request.POST:
        actions.unfollow(thing, by=request.actor)
        return redirect(_back(request))
    if request.method == "POST" and (posted is None or form.is_valid()):
        pace = form.cleaned_data["pace"] if posted is not None else "at_once"
        actions.follow(thing, pace=following.Pace(pace), by=request.actor)
        return redirect(_back(request))
    context = {
        "form": form,
        "mine": mine,
        "kind": kind,
        "pk": pk,
        "called": following.name(request.actor, thing, language),
        "next": _back(request, ""),
    }
    return render(request, "portal/following/follow.html", context, status=422 if form.errors else 200)


def _by_address(request: Request, language: str, thing: "Thing") -> HttpResponse:
    """The answer is the same whoever's address it is, and whether it follows already."""
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"pace": "at_once"})
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"].lower()
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="follow", key=address)
        if limited:
            return limited
        try:
            actions.follow_by_address(
                thing, address, language=language, pace=following.Pace(form.cleaned_data["pace"]), by=request.actor
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return redirect("portal:follow_sent", language)
    context = {"form": form, "called": following.name(request.actor, thing, language)}
    return render(request, "portal/following/visitor.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def offer(request: Request, language: str) -> HttpResponse:
    """What somebody says to the offer on the first page. They are not asked again."""
    person = request.actor.person
    if request.POST.get("follow") == "yes":
        for section in following.offered(request.actor, language):
            actions.follow(section, by=request.actor)
    if person is not None:
        marks.answered_offer(person, request.actor.at)
    return redirect("portal:home", language)


@require_safe
def sent(request: Request, language: str) -> HttpResponse:
    """Look in your mail."""
    return render(request, "portal/following/sent.html")


def _back(request: Request, otherwise: str | None = None) -> str:
    """The page on which the button stood."""
    there = (request.POST if request.method == "POST" else request.GET).get("next", "")
    if there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        return there
    return request.path if otherwise is None else otherwise
