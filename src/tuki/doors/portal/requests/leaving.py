"""Leaving a conversation by the link in its mails: no sign-in, and nothing else to be learnt or done by it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tuki.doors.arrivals import Request
from tuki.people.actor import Actor
from tuki.tickets import actions, leave_links, policy, queries


# The link is the secret: a mail program posts here by itself when its reader presses its button (RFC 8058), without
# cookies, and must not be redirected.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, language: str, token: str) -> HttpResponse:
    """Ask first: links in mails are followed by machines. Only a POST leaves, or comes back."""
    found = leave_links.read(token)
    if found is None:
        raise Http404
    ticket, person = found
    by = Actor(person, request.actor.via, request.actor.at)
    if request.method == "POST":
        if "back" in request.POST:
            actions.come_back(ticket, by=by)
        else:
            actions.leave(ticket, by=by)
    context = {
        "number": ticket.number,
        "address": person.email,
        "is_in_copy": person in queries.people_in_copy(ticket),
        "may_come_back": policy.may_come_back(by, ticket),
    }
    return render(request, "portal/leave.html", context)
