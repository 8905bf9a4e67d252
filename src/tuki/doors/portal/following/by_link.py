"""What the links in mails to followers do: no sign-in, and nothing else to be learnt or done by them."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tuki.doors.arrivals import Request
from tuki.doors.portal.following.forms import PACES
from tuki.knowledge import actions, links
from tuki.knowledge.queries import following
from tuki.people.actor import Actor

_METHODS = ["GET", "HEAD", "POST"]


# The links are the secret: a mail program posts here by itself when its reader presses its button (RFC 8058), without
# cookies, and must not be redirected. And they ask first: links in mails are followed by machines.
@csrf_exempt
@never_cache
@require_http_methods(_METHODS)
def unfollow(request: Request, language: str, token: str) -> HttpResponse:
    """Cease to follow the thing that a mail was about."""
    if not links.is_ours(token, links.LEAVE):
        return _does_not_work(request)
    row = following.by_link(token, links.LEAVE)
    context = {"called": following.name_of(row, language) if row else "", "follows": row is not None}
    if request.method == "POST":
        actions.leave(token, by=request.actor)
        context["follows"] = False
    return render(request, "portal/following/leave.html", context)


@csrf_exempt
@never_cache
@require_http_methods(_METHODS)
def unfollow_digests(request: Request, language: str, token: str) -> HttpResponse:
    """Get no daily and weekly mails any more: all that is told in them is followed no more."""
    if links.reader_of(token) is None:
        return _does_not_work(request)
    if request.method == "POST":
        actions.leave_digests(token, by=request.actor)
    context = {"follows": following.in_digests(token).exists(), "digests": True}
    return render(request, "portal/following/leave.html", context)


def _does_not_work(request: Request) -> HttpResponse:
    """Nothing was ended: whoever thinks so would go on getting mails."""
    return render(request, "portal/following/dead.html", status=404)


@csrf_exempt
@never_cache
@require_http_methods(_METHODS)
def confirmation(request: Request, language: str, token: str) -> HttpResponse:
    """Whoever got this mail wants to follow."""
    row = following.by_link(token, links.CONFIRM)
    if row is None:
        return render(request, "portal/following/over.html", status=410)
    if request.method == "POST":
        row = actions.confirm(token, by=request.actor)
    context = {
        "called": following.name_of(row, language),
        "address": row.address,
        "confirmed": row.confirmed_at is not None,
        "all": links.token_of_reader(row),
    }
    return render(request, "portal/following/confirmation.html", context)


@csrf_exempt
@never_cache
@require_http_methods(_METHODS)
def followed(request: Request, language: str, token: str) -> HttpResponse:
    """What an address follows. Each row is changed by its own link."""
    _person, address = links.reader_of(token) or (None, "")
    if not address:
        raise Http404
    if request.method == "POST":
        row, pace = request.POST.get("row", ""), request.POST.get("pace", "")
        if "unfollow" in request.POST:
            actions.leave(row, by=request.actor)
        elif pace in dict(PACES):
            actions.set_pace(row, following.Pace(pace), by=request.actor)
        return redirect("portal:following_by_link", language, token)
    rows = following.listed(following.of_reader(token), Actor(None), language)
    return render(request, "portal/following/list.html", {"rows": rows, "address": address, "paces": PACES})
